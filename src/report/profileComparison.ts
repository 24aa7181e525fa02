/** A profile beside an earlier one: a line for each measurement that both have. */
import type { Comparison } from "../profile/index.js";
import { percent } from "./numbers.js";
import { type Layout, table } from "./table.js";
import { wrap } from "./wrap.js";

/** @param threshold as a part, 0.1 for 10 % */
export function profileComparison(
  comparisons: readonly Comparison[],
  threshold: number,
  layout: Layout,
): string {
  const { style, width } = layout;
  const columns = [
    { title: "kernel", align: "left" },
    { title: "shape", align: "left", optional: true },
    { title: "variant", align: "left", optional: true },
    { title: "time", align: "right" },
    { title: "95 % interval", align: "right", optional: true },
    { title: "verdict", align: "left" },
  ] as const;
  const rows = comparisons.map(({ kernel, shape, variant, ratio, interval, verdict }) => [
    kernel,
    shape.join("x"),
    variant,
    change(ratio),
    `${change(interval.low)} to ${change(interval.high)}`,
    verdict,
  ]);
  const count = (verdict: Comparison["verdict"]) =>
    comparisons.filter((one) => one.verdict === verdict).length;
  const summary = `${count("slower")} slower, ${count("faster")} faster and ${count("same")} the same by a threshold of ${percent(threshold, 0)}; of ${count("unclear")} the noise is too much to tell.`;
  return `${table(columns, rows, layout)}\n\n${style.faint(wrap(summary, width))}`;
}

/** 1.034 → "+3.4 %" */
function change(ratio: number): string {
  const value = 100 * (ratio - 1);
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} %`;
}
