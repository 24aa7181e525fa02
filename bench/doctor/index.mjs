/**
 * How well the doctor names the mistakes of programs whose mistakes are known: recall of each
 * identifier, by itself and in pairs, false alarms on healthy programs, and what was named beside.
 *
 *   [WASMLP_DATA_DIR=DIR] node bench/doctor/index.mjs [--only ID] [--kind single|pair|healthy]
 *     [--sample N] [--list] [--stats] [--show NAME] [--json]
 *
 * A mistake counts as named if a finding has its identifier, or one that says the same of the case.
 */
import { parseArgs } from "node:util";
import { planHealthy, planPairs, planSingles } from "./cases.mjs";
import { questionDump } from "./question.mjs";
import { Random } from "./random.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    kind: { type: "string" },
    sample: { type: "string" },
    worst: { type: "string", default: "20" },
    list: { type: "boolean", default: false },
    stats: { type: "boolean", default: false },
    show: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

/** Below these the doctor does not do what it promises. */
const REQUIRED = { single: 0.99, pair: 0.9 };

/** What the question's program ought to be told. The order of its places is the program's. */
const QUESTION = ["softmax-axis", "mean-by-features", "bias-gradient-axis", "accuracy-miscounted"];

const SECONDS = 1000;

async function loadDoctor() {
  const { diagnose } = await import("../../build/doctor/index.js");
  if (diagnose) return diagnose;
  throw new Error(
    "build/doctor/index.js exports no diagnose, expected npm run build to have made it",
  );
}

function selectPlans() {
  const plans = [...planSingles(), ...planPairs(), ...planHealthy()].filter(
    ({ ids, kind }) =>
      (!options.only || ids.includes(options.only)) && (!options.kind || kind === options.kind),
  );
  return options.sample
    ? new Random("sample", options.sample).shuffle(plans).slice(0, Number(options.sample))
    : plans;
}

/** Cases that could be made, and those that could not. */
function countCases() {
  const counts = new Map();
  const reasons = new Map();
  const add = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
  for (const plan of selectPlans()) {
    const result = plan.build();
    if (!("reason" in result)) {
      for (const key of [plan.kind, ...plan.ids.map((id) => `${plan.kind} ${id}`)])
        add(counts, key);
      continue;
    }
    const pair = plan.kind === "pair" ? `${plan.ids.join(" + ")}: ` : "";
    add(reasons, `${plan.kind}: ${pair}${result.reason}`);
  }
  printCounts("cases", counts);
  printCounts("left out", reasons);
}

function printCounts(title, counts) {
  console.log(`${title}:`);
  for (const [key, count] of [...counts].sort())
    console.log(`${String(count).padStart(6)}  ${key}`);
}

/**
 * What the doctor made of a case.
 *
 * @param {import("./cases.mjs").Case} each
 */
function judge(diagnose, each) {
  const started = performance.now();
  let findings = [];
  let error;
  try {
    ({ findings } = diagnose(each.arrays, each.options));
  } catch (thrown) {
    error = String(thrown?.stack ?? thrown);
  }
  const seconds = (performance.now() - started) / SECONDS;
  const found = findings.map(({ id, at }) => ({ id, at }));
  const names = ({ id, accepts }) => [id, ...accepts];
  const missed = each.expected.filter(
    (mistake) => !found.some(({ id }) => names(mistake).includes(id)),
  );
  const misplaced = each.expected.filter(
    (mistake) => !missed.includes(mistake) && !found.some((finding) => isInPlace(finding, mistake)),
  );
  const fair = new Set([...each.allowed, ...each.expected.flatMap(names)]);
  const extra = found.filter(({ id }) => !fair.has(id));
  const { name, kind, expected } = each;
  return { name, kind, expected, found, missed, misplaced, extra, error, seconds };
}

/**
 * Whether a finding names the mistake where it was made. Places are compared where both are arrays;
 * "layer 2" and the like, and what another identifier says, are left to people.
 */
function isInPlace(finding, mistake) {
  if (finding.id !== mistake.id) return mistake.accepts.includes(finding.id);
  // Whether the mean is missing in dZ or in what is made of it, nobody can tell.
  if (mistake.id === "missing-mean" && mistake.at !== "loss") return true;
  const isArray = (place) => /^(d?[AWZb]\d(_new)?|loss|accuracy)$/.test(place);
  // dA is no array of the dump: its mistakes are seen in dZ; those of a broadcast bias in db as well.
  const plain = (place) =>
    mistake.id === "bias-broadcast" ? place.replace(/^d|_new$/g, "") : place.replace(/^dA/, "dZ");
  const [found, made] = [plain(finding.at), plain(mistake.at)];
  return !isArray(made) || !isArray(found) || found === made;
}

async function run() {
  const diagnose = await loadDoctor();
  const results = [];
  let leftOut = 0;
  for (const plan of selectPlans()) {
    const each = plan.build();
    if ("reason" in each) leftOut++;
    else results.push(judge(diagnose, each));
  }
  if (options.json) {
    console.log(JSON.stringify({ leftOut, results }));
    return;
  }
  console.log(`${results.length} cases, ${leftOut} left out`);
  for (const kind of ["single", "pair"]) printRecall(kind, results);
  printAlarms(results);
  printCases("broke off", results, ({ error }) => error);
  printCases("missed", results, ({ missed }) => missed.length > 0);
  printCases("in another place", results, ({ misplaced }) => misplaced.length > 0);
  printCases("named beside", results, ({ extra, kind }) => extra.length > 0 && kind !== "healthy");
  const seconds = results.map((result) => result.seconds).sort((a, b) => a - b);
  const total = seconds.reduce((sum, value) => sum + value, 0);
  console.log(
    `${total.toFixed(1)} s of diagnosis, median ${(1000 * (seconds[seconds.length >> 1] ?? 0)).toFixed(1)} ms`,
  );
}

function printRecall(kind, results) {
  const ofKind = results.filter((result) => result.kind === kind);
  if (ofKind.length === 0) return;
  const whole = ofKind.filter(({ missed }) => missed.length === 0).length;
  const share = whole / ofKind.length;
  const verdict = share >= REQUIRED[kind] ? "" : `, expected at least ${percent(REQUIRED[kind])}`;
  console.log(
    `\n${kind}: everything named in ${whole} of ${ofKind.length}, ${percent(share)}${verdict}`,
  );
  const ids = new Map();
  for (const { expected, missed, misplaced } of ofKind) {
    for (const mistake of expected) {
      const row = ids.get(mistake.id) ?? { cases: 0, named: 0, misplaced: 0 };
      row.cases++;
      if (!missed.includes(mistake)) row.named++;
      if (misplaced.includes(mistake)) row.misplaced++;
      ids.set(mistake.id, row);
    }
  }
  const byRecall = [...ids].sort(([, a], [, b]) => a.named / a.cases - b.named / b.cases);
  for (const [id, { cases, named, misplaced }] of byRecall) {
    const elsewhere = misplaced > 0 ? `, ${misplaced} in another place` : "";
    console.log(
      `  ${percent(named / cases).padStart(8)}  ${String(named).padStart(4)} / ${String(cases).padEnd(4)}  ${id}${elsewhere}`,
    );
  }
}

function printAlarms(results) {
  for (const kind of ["healthy", "single", "pair"]) {
    const ofKind = results.filter((result) => result.kind === kind);
    if (ofKind.length === 0) continue;
    const alarmed = ofKind.filter(({ extra }) => extra.length > 0);
    const title =
      kind === "healthy" ? "false alarms on healthy programs" : `named beside (${kind})`;
    console.log(`\n${title}: in ${alarmed.length} of ${ofKind.length}`);
    const counts = new Map();
    for (const { extra } of alarmed) {
      for (const id of new Set(extra.map((finding) => finding.id))) {
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
    for (const [id, count] of [...counts].sort(([, a], [, b]) => b - a)) {
      console.log(`  ${String(count).padStart(5)}  ${id}`);
    }
    if (kind === "healthy") printCases("healthy, but", ofKind, ({ extra }) => extra.length > 0);
  }
}

function printCases(title, results, isOne) {
  const cases = results.filter(isOne);
  if (cases.length === 0) return;
  console.log(`\n${title}: ${cases.length}`);
  for (const { name, missed, misplaced, extra, found, error } of cases.slice(
    0,
    Number(options.worst),
  )) {
    const list = (items) => items.map(({ id, at }) => `${id}@${at}`).join(" ");
    const parts = [
      missed.length && `missed ${list(missed)}`,
      misplaced.length && `misplaced ${list(misplaced)}`,
      extra.length && `beside ${list(extra)}`,
      (missed.length || misplaced.length) && `found ${list(found) || "nothing"}`,
      error?.split("\n").slice(0, 2).join(" "),
    ];
    console.log(`  ${name}: ${parts.filter(Boolean).join("; ")}`);
  }
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

async function show(name) {
  const each = /^question\/[12]$/.test(name)
    ? {
        name,
        arrays: await questionDump(Number(name.at(-1))),
        options: {},
        expected: QUESTION.map((id) => ({ id, at: "", accepts: [] })),
        allowed: [],
      }
    : findCase(name);
  if ("reason" in each) {
    console.log(`${name} is left out: ${each.reason}`);
    return;
  }
  console.log(each.name);
  console.log("expected:", each.expected.map(({ id, at }) => `${id}@${at}`).join(" ") || "nothing");
  console.log("options:", JSON.stringify(each.options));
  if (each.habits) console.log("habits:", JSON.stringify(each.habits));
  for (const array of each.arrays) console.log(`  ${summarize(array)}`);
  const diagnose = await loadDoctor();
  for (const finding of diagnose(each.arrays, each.options).findings) {
    console.log(`${finding.id} @ ${finding.at}\n  ${finding.evidence}\n  ${finding.cause}`);
  }
}

/** By the name of its plan, or by the name that a pair gets when it is made. */
function findCase(name) {
  const plans = [...planSingles(), ...planPairs(), ...planHealthy()];
  const plan = plans.find((each) => each.name === name);
  if (plan) return plan.build();
  const ids = name
    .split("/")[0]
    .split("+")
    .map((label) => label.split(":")[0]);
  for (const each of plans) {
    if (each.kind !== "pair" || !ids.every((id) => each.ids.includes(id))) continue;
    const result = each.build();
    if (result.name === name) return result;
  }
  throw new Error(`--show is ${name}, expected a name that --list prints`);
}

function summarize({ name, shape, dtype, values }) {
  const numbers = Array.from(values.subarray(0, 4), (value) =>
    typeof value === "bigint" ? String(value) : value.toPrecision(5),
  );
  const all = Array.from(values, Number);
  const [low, high] = all.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return `${name.padEnd(8)} ${dtype} (${shape.join(", ")}) ${low.toPrecision(4)} … ${high.toPrecision(4)}: ${numbers.join(" ")}${values.length > 4 ? " …" : ""}`;
}

if (options.show) await show(options.show);
else if (options.list) for (const { name } of selectPlans()) console.log(name);
else if (options.stats) countCases();
else await run();
