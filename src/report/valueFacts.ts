/** How well values are predicted, a fact each. */
import type { ValueReport } from "../training/options.js";
import type { Fact } from "./facts.js";
import { printable } from "./text.js";

/**
 * R², RMSE and MAE of each value; the errors are in its unit.
 *
 * @param note stands beside the first
 * @param prefix of the names, where a single value needs none of its own
 */
export function valueFacts(values: readonly ValueReport[], note: string, prefix = ""): Fact[] {
  return values.map((report, index) => ({
    name: values.length === 1 ? `${prefix}R²` : `R² of ${printable(report.name)}`,
    value: `${report.determination?.toFixed(4) ?? "undefined, as all values are the same"}, RMSE ${significant(report.rootMeanSquareError)}, MAE ${significant(report.meanAbsoluteError)}`,
    ...(index === 0 && { note }),
    highlight: true,
  }));
}

/** Four digits that say something, with no exponent where people would write none. */
function significant(value: number): string {
  return String(Number(value.toPrecision(4)));
}
