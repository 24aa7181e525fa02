/** The published accuracies beside the measured ones. */
import type { ReproductionRow } from "../reproduce/reproduce.js";
import { percent } from "./numbers.js";
import { type Column, type Layout, table } from "./table.js";

const COLUMNS: readonly Column[] = [
  { title: "program", align: "left" },
  { title: "epoch", align: "right", optional: true },
  { title: "published", align: "right" },
  { title: "measured", align: "right" },
  { title: "counted properly", align: "right", optional: true },
];

export function reproductionTable(rows: readonly ReproductionRow[], layout: Layout): string {
  return table(
    COLUMNS,
    rows.map(({ program, epoch, published, measured, countedProperly }) => [
      program,
      String(epoch),
      published,
      percent(measured),
      percent(countedProperly),
    ]),
    layout,
  );
}
