/** The line that an epoch leaves behind. */
import type { EpochReport } from "../training/options.js";
import { fitLine } from "./line.js";
import { duration, loss, percent } from "./numbers.js";
import { epochLabel } from "./progressLine.js";
import type { Layout } from "./table.js";

export function epochLine(
  report: EpochReport,
  epochs: number,
  { width }: Layout,
  validated: "test" | "validation" = "test",
): string {
  const { epoch, accuracy, validationAccuracy, seconds } = report;
  const parts = [
    { text: epochLabel(epoch, epochs), importance: 5 },
    { text: `loss ${loss(report.loss)}`, importance: 3 },
  ];
  if (accuracy !== undefined) {
    parts.push({ text: `accuracy ${percent(accuracy)}`, importance: 1 });
  }
  if (validationAccuracy !== undefined) {
    parts.push({ text: `${validated} ${percent(validationAccuracy)}`, importance: 4 });
  }
  if (validationAccuracy === undefined && report.validationLoss !== undefined) {
    parts.push({ text: `${validated} loss ${loss(report.validationLoss)}`, importance: 4 });
  }
  parts.push({ text: duration(seconds), importance: 2 });
  return fitLine(parts, width);
}
