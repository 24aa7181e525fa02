/** How each class fares: precision, recall and F1. */
import type { ClassReport } from "../training/options.js";
import { count, percent } from "./numbers.js";
import { type Column, type Layout, table } from "./table.js";
import { printable, truncate } from "./text.js";

const COLUMNS: readonly Column[] = [
  { title: "class", align: "left" },
  { title: "precision", align: "right", optional: true },
  { title: "recall", align: "right" },
  { title: "F1", align: "right" },
  { title: "samples", align: "right", optional: true },
];

/** Columns of the longest class name that is not cut off. */
const LONGEST_NAME = 24;

export function classTable(classes: readonly ClassReport[], layout: Layout): string {
  const rows = classes.map(({ name, precision, recall, f1, samples }) => [
    truncate(printable(name), LONGEST_NAME),
    percent(precision),
    percent(recall),
    percent(f1),
    count(samples),
  ]);
  return table(COLUMNS, rows, layout);
}
