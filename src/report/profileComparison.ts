/** A profile beside an earlier one: a line for each measurement that both have. */
import type { Comparison, HostDifference } from "../profile/index.js";
import { percent } from "./numbers.js";
import { digits } from "./profileTable.js";
import { type Layout, table } from "./table.js";
import { wrap } from "./wrap.js";

/** @param threshold as a part, 0.1 for 10 % */
export function profileComparison(
  comparisons: readonly Comparison[],
  threshold: number,
  layout: Layout,
): string {
  const { style, width } = layout;
  if (comparisons.length === 0) {
    return wrap("The two profiles have no kernel with the same shape and variant.", width);
  }
  const columns = [
    { title: "kernel", align: "left" },
    { title: "shape", align: "left", optional: true },
    { title: "variant", align: "left", optional: true },
    { title: "time", align: "right" },
    { title: "95 % interval", align: "right", optional: true },
    { title: "of roof", align: "right", optional: true },
    { title: "verdict", align: "left" },
  ] as const;
  const rows = comparisons.map(({ kernel, shape, variant, ratio, interval, share, verdict }) => [
    kernel,
    shape.join("x"),
    variant,
    change(ratio),
    `${change(interval.low)} to ${change(interval.high)}`,
    `${(100 * share.before).toFixed(0)} → ${percent(share.now, 0)}`,
    verdict,
  ]);
  const count = (verdict: Comparison["verdict"]) =>
    comparisons.filter((one) => one.verdict === verdict).length;
  const summary = `${count("slower")} slower, ${count("faster")} faster and ${count("same")} the same by a threshold of ${percent(threshold, 0)}; of ${count("unclear")} the noise is too much to tell.`;
  return `${table(columns, rows, layout)}\n\n${style.faint(wrap(summary, width))}`;
}

/**
 * What else than the kernels differs, in a sentence; nothing where that is all the same.
 *
 * @param differences as `hostDifferences` orders them
 */
export function hostNote(differences: readonly HostDifference[]): string | undefined {
  if (differences.length === 0) return undefined;
  const names = differences.filter(({ unit }) => unit === undefined);
  const [furthest, ...others] = differences.filter(({ unit }) => unit !== undefined);
  const parts = names.map(({ what, before, now }) => `${what} (${before} before, ${now} now)`);
  if (furthest) {
    const { what, before, now, unit } = furthest;
    const speeds = `${digits(Number(before))} before, ${digits(Number(now))} ${unit} now`;
    parts.push(`the roof ${what} (${speeds})`);
  }
  if (others.length > 0) parts.push(`${others.length} more of the roofs`);
  const list = new Intl.ListFormat("en").format(parts);
  return furthest || names.some(({ what }) => what === "processor")
    ? `The two profiles differ in ${list}: absolute times are not comparable, what is reached of the roof is.`
    : `The two profiles differ in ${list}, so that a difference need not come from the kernels.`;
}

/** 1.034 → "+3.4 %" */
function change(ratio: number): string {
  const value = 100 * (ratio - 1);
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} %`;
}
