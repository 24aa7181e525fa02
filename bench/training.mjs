/**
 * Training against the peers: the same work on the same data, in turn, each in a process of its own.
 *
 *   bench/peers/setup.sh && npm run bench [-- --rounds 3] [--data-dir DIR] [--work NAME]
 *
 * Prints a Markdown table of seconds an epoch and of ratios, median (lowest–highest) over the rounds; the rows of each
 * work when it is done, so that what was measured is not lost with a run that is ended. All of it takes ten minutes.
 * A peer that is not installed, or fails in a round, is left out with a word. Every figure is that of the fastest epoch of a
 * run, so that neither start-up nor compilation counts.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadMnist, loadMnistTest } from "../build/node/index.js";
import { PEERS, runPeer } from "./peers.mjs";
import { formatRatio, formatSeconds, median } from "./statistics.mjs";
import { WORK } from "./work.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    "data-dir": { type: "string", default: process.env.WASMLP_DATA_DIR ?? "" },
    work: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  fail(`--rounds is "${values.rounds}", expected a whole number from 1 on`);
}
const chosen = WORK.filter(({ name }) => name.includes(values.work));
if (chosen.length === 0) {
  const names = WORK.map(({ name }) => `"${name}"`).join(", ");
  fail(`--work is "${values.work}", expected a part of one of ${names}`);
}
const source = values["data-dir"] ? { dataDirectory: values["data-dir"] } : {};
const directory = mkdtempSync(join(tmpdir(), "wasmlp-bench-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));

/** @returns {never} */
function fail(sentence, code = 2) {
  console.error(`error: ${sentence}`);
  process.exit(code);
}

/** Files of bytes, as the peers want them. @param {import("../build/index.js").Dataset} dataset */
function writeFiles(dataset, name) {
  const inputs = join(directory, `${name}-inputs`);
  const labels = join(directory, `${name}-labels`);
  writeFileSync(inputs, dataset.inputs);
  writeFileSync(labels, Uint8Array.from(dataset.targets.labels));
  return { inputs, labels, samples: dataset.samples };
}

const files = {
  training: writeFiles((await loadMnist(source)).train, "training"),
  test: writeFiles(await loadMnistTest(source), "test"),
};

/**
 * A contestant's seconds an epoch, one entry a round; none when it is skipped.
 *
 * @typedef {{ name: string, version: string, loss: number, seconds: number[] }} Result
 */

/** @param {import("./work.mjs").Work} work @returns {Result[]} of the contestants that went through all rounds */
function compare(work) {
  const results = new Map();
  for (let round = 1; round <= rounds; round++) {
    for (const { peer, ...settings } of work.contestants) {
      const key = JSON.stringify({ peer, ...settings });
      if (round > 1 && !results.has(key)) continue;
      const samples = work.samplesOf[peer] ?? files[work.data].samples;
      const job = { ...work.job, ...files[work.data], samples, ...settings };
      const { skipped, version, epochs } = runPeer(peer, job);
      if (skipped) {
        console.error(`${work.name}: ${PEERS[peer].name} is left out: ${skipped}`);
        // Ratios are of one round each: what failed in one has no place beside the others.
        results.delete(key);
        continue;
      }
      // An epoch over fewer samples stands for a whole one: the time a step takes does not change.
      const scale = files[work.data].samples / samples;
      const seconds = scale * Math.min(...epochs.map((epoch) => epoch.seconds));
      const { threads, precision } = settings;
      const detail = [threads && `${threads} thread${threads > 1 ? "s" : ""}`, precision];
      const name = [PEERS[peer].name, ...detail].filter(Boolean).join(", ");
      const result = results.get(key) ?? { name, peer, version, settings, seconds: [] };
      result.seconds.push(seconds);
      result.loss = epochs[epochs.length - 1].loss;
      results.set(key, result);
      console.error(`${work.name}, round ${round}: ${name} ${seconds.toFixed(3)} s`);
    }
  }
  return [...results.values()];
}

/** The fastest of the results that `accepts`, by median. */
function fastest(results, accepts) {
  return results.filter(accepts).sort((a, b) => median(a.seconds) - median(b.seconds))[0];
}

const versions = new Set();
const print = (...cells) => console.log(`| ${cells.join(" | ")} |`);
print("work", "against", "seconds an epoch", "times as long", "to reach");
print("---", "---", "---", "---", "---");
for (const work of chosen) {
  const results = compare(work);
  for (const { version } of results) versions.add(version);
  const ours = fastest(results, ({ peer }) => peer === "wasmlp");
  if (!ours) fail(`${work.name}: wasmlp did not go through all rounds, expected it to`, 1);
  print(work.name, ours.name, formatSeconds(ours.seconds), "", "");
  for (const result of results) {
    if (result === ours) continue;
    const ratio = formatRatio(result.seconds, ours.seconds);
    print("", result.name, formatSeconds(result.seconds), ratio, "");
  }
  for (const { text, accepts, atLeast } of work.goals) {
    const peer = fastest(results, ({ peer: id, settings }) => accepts(id, settings));
    if (!peer) continue;
    const ratio = formatRatio(peer.seconds, ours.seconds);
    print("", `**${text}**`, "", `**${ratio}**`, `${atLeast}×`);
  }
  const losses = results.map(({ name, loss }) => `${name} ${loss.toFixed(3)}`);
  console.error(`${work.name}, loss of the last epoch: ${losses.join("; ")}`);
}
console.log(
  `\n${[...versions].join(", ")}; Node ${process.versions.node}, ${cpus().length} cores,`,
);
console.log(
  `${cpus()[0].model.trim()}; ${rounds} ${rounds === 1 ? "round" : "rounds"}, median (lowest–highest)`,
);
