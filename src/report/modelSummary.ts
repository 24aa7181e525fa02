/** The table that says what a network is made of. */
import type { LayerSummary } from "../model/summary.js";
import { count } from "./numbers.js";
import { type Column, type Layout, table } from "./table.js";

const COLUMNS: readonly Column[] = [
  { title: "layer", align: "left" },
  { title: "shape", align: "left" },
  { title: "activation", align: "left", optional: true },
  { title: "parameters", align: "right" },
];

/** A row for each layer and one for the sum of its parameters. */
export function modelSummary(layers: readonly LayerSummary[], layout: Layout): string {
  const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  const rows = layers.map(({ name, inputs, units, activation, parameters }) => [
    name,
    `${inputs} → ${units}`,
    activation,
    count(parameters),
  ]);
  return table(COLUMNS, [...rows, ["total", "", "", count(total)]], layout);
}
