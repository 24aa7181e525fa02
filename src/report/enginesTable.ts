/** The same profile in several engines, one beside the other. */
import { LEVELS, type Measurement, type Profile, variantName } from "../profile/index.js";
import { caseName, describe, digits, doubtsOf, rateOf, shapeName } from "./profileTable.js";
import { type Column, type Layout, table } from "./table.js";
import { wrap } from "./wrap.js";

/**
 * A line for each kernel and shape, with the fastest variant on one thread; or for each variant of them, in "details".
 *
 * @param profiles one at least
 */
export function enginesTable(
  profiles: readonly Profile[],
  kind: "overview" | "details",
  layout: Layout,
): string {
  const names = shortNames(profiles.map(({ host }) => host.engine));
  const engines = names.map((title) => ({ title, align: "right", optional: true }) as const);
  const heading: Column[] = [
    { title: "kernel", align: "left" },
    { title: "shape", align: "left" },
    { title: kind === "details" ? "variant" : "unit", align: "left", optional: kind !== "details" },
  ];
  const rows = profiles.map((profile) => rowsOf(profile, kind));
  const keys = [...new Set(rows.flatMap((own) => [...own.keys()]))];
  const lines = keys.map((key) => {
    const cells = rows.map((own) => own.get(key));
    const one = cells.find((cell) => cell !== undefined) as Measurement;
    const label = kind === "details" ? variantName(one) : unitOf(one);
    return [
      one.kernel,
      shapeName(one),
      label,
      ...cells.map((cell) => (cell === undefined ? "" : rateOf(cell))),
    ];
  });
  const common = keys.filter((key) => rows.every((own) => own.has(key)));
  const speeds = rows.map((own) =>
    geometricMean(common.map((key) => seconds(rows[0], key) / seconds(own, key))),
  );
  const total = ["all", "", "×", ...speeds.map((speed) => speed.toFixed(2))];
  const notes = [
    kind === "details"
      ? "GFLOP/s, or GB/s of what only moves."
      : "the fastest variant on one thread.",
    `all: the geometric mean of the speeds, as multiples of ${names[0]}'s.`,
    doubtsOf(rows.flatMap((own) => [...own.values()])) ?? "",
  ];
  return [
    profiles.map(({ host }) => wrap(describe(host), layout.width, 2)).join("\n"),
    table([{ title: "roof", align: "left" }, ...engines], roofRows(profiles), layout),
    table([...heading, ...engines], common.length > 0 ? [...lines, total] : lines, layout),
    layout.style.faint(wrap(notes.join(" ").trim(), layout.width)),
  ].join("\n\n");
}

/** What each engine makes of the same machine. */
function roofRows(profiles: readonly Profile[]): string[][] {
  const roofs = profiles.map((profile) => profile.roofs.filter(({ threads }) => threads === 1));
  const ways = [...new Set(roofs.flatMap((own) => own.map(({ way }) => way)))];
  return [
    ...ways.map((way) => [
      `${way} GFLOP/s`,
      ...roofs.map((own) => {
        const roof = own.find((one) => one.way === way);
        return roof ? digits(roof.peak) : "";
      }),
    ]),
    ...LEVELS.map(({ name }) => [
      `${name} GB/s`,
      ...roofs.map((own) => {
        const bandwidth = own[0]?.bandwidth[name];
        return bandwidth ? `${bandwidth.read.toFixed(0)}/${bandwidth.update.toFixed(0)}` : "";
      }),
    ]),
  ];
}

/** What stands in a profile's column, by the name of the row. */
function rowsOf({ measurements }: Profile, kind: "overview" | "details"): Map<string, Measurement> {
  if (kind === "details") {
    return new Map(measurements.map((one) => [`${caseName(one)} ${variantName(one)}`, one]));
  }
  // The fastest variant is the last one, and replaces those before it.
  const alone = measurements.filter(({ threads }) => threads === 1);
  return new Map(alone.map((one) => [caseName(one), one]));
}

function unitOf({ operations }: Measurement): string {
  return operations > 0 ? "GFLOP/s" : "GB/s";
}

function seconds(rows: ReadonlyMap<string, Measurement>, key: string): number {
  return rows.get(key)?.seconds ?? Number.NaN;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** "Node 20" of "Node 20.20.2, V8 11.3", as long as no other engine is called the same. */
function shortNames(engines: readonly string[]): string[] {
  const short = engines.map((engine) => engine.replace(/^(\w+ \d+)\b.*/, "$1"));
  const full = engines.map((engine) => engine.replace(/,.*/, ""));
  return short.map((name, index) =>
    short.filter((other) => other === name).length === 1 ? name : full[index],
  );
}
