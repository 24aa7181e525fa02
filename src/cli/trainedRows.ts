/** Which rows a model was trained on: it remembers its table or arrays, so that it is not tested on what it knows. */
import { createHash } from "node:crypto";
import {
  type Dataset,
  type LabelledSamples,
  type Mlp,
  splitSamples,
  splitTable,
  type Table,
  type Targets,
  type Task,
} from "../index.js";
import { plural } from "../report/numbers.js";
import type { Terminal } from "./terminal.js";

/** By which the digest is kept among the settings of the training; no setting itself. */
export const TRAINED_ON = "trainedOn";
/** Hexadecimal: 64 bits tell any two of them apart. */
const DIGITS = 16;

/** A data set, and the numbers of its samples in what they were taken from, where they are not all. */
export interface NumberedDataset extends Dataset<Targets> {
  readonly numbers?: Int32Array | undefined;
}

/** What tells a table from others by its cells, whatever its file is called and whether it is compressed. */
export function digestOf({ columns, rows }: Table): string {
  const hash = createHash("sha256").update(String(rows));
  for (const column of columns) {
    const { name, isNumeric, categories } = column;
    hash.update(JSON.stringify(isNumeric ? [name] : [name, categories]));
    const cells = isNumeric ? new Float32Array(rows) : new Int32Array(rows);
    for (let row = 0; row < rows; row++)
      cells[row] = isNumeric ? column.value(row) : column.code(row);
    hash.update(cells);
  }
  return hash.digest("hex").slice(0, DIGITS);
}

/** The same of arrays: their shapes, and the values of each. */
export function digestOfSamples({ inputs, targets }: LabelledSamples): string {
  const hash = createHash("sha256");
  for (const array of [inputs, targets]) {
    hash.update(JSON.stringify([array.shape, array.dtype, "texts" in array ? array.texts : []]));
    hash.update(array.values);
  }
  return hash.digest("hex").slice(0, DIGITS);
}

/** A table or arrays that somebody asks about. */
interface Whole {
  readonly place: string;
  readonly rows: number;
  /** "row" or "sample". */
  readonly unit: string;
  readonly digest: () => string;
}

/** What of the whole was held out when the model was trained on it; undefined where all of it is to be taken. */
function recallSplit(
  { training }: Mlp,
  { place, unit, digest }: Whole,
  terminal: Terminal,
): { readonly fraction: number; readonly seed: number } | "none" | undefined {
  const { [TRAINED_ON]: known, testData, testSplit, seed = 0 } = training ?? {};
  if (known === undefined || known !== digest()) return undefined;
  if (testData === undefined) return { fraction: Number(testSplit), seed: Number(seed) };
  terminal.note(
    `${place}: the model was trained on these ${unit}s, so that this says little of how it does on others.`,
  );
  return "none";
}

function tellHeldOut({ place, rows, unit }: Whole, heldOut: number, terminal: Terminal): void {
  terminal.note(
    `${place}: the model was trained on ${rows - heldOut} of these ${plural(rows, unit)}; it is tested on the ${heldOut} that were held out.`,
  );
}

/**
 * Of the table that the model was trained on the rows that were held out, and all rows of others; it is said which.
 *
 * @returns the rows, what they are called, and their numbers in the table where they are not all
 */
export function rowsToTestOn(
  model: Mlp,
  table: Table,
  task: Task,
  target: string,
  terminal: Terminal,
): { readonly table: Table; readonly name: string; readonly numbers?: Int32Array } {
  const { place, rows } = table;
  const whole: Whole = { place, rows, unit: "row", digest: () => digestOf(table) };
  const split = recallSplit(model, whole, terminal);
  if (split === undefined) return { table, name: place };
  if (split === "none") return { table, name: `${place} (trained on)` };
  const strata =
    task === "classification" ? table.columns.find(({ name }) => name === target) : undefined;
  const { test, heldOut } = splitTable(table, { ...split, strata });
  tellHeldOut(whole, test.rows, terminal);
  return { table: test, name: `${place} (held out)`, numbers: heldOut };
}

/** The same of arrays. */
export function samplesToTestOn(
  model: Mlp,
  samples: LabelledSamples,
  task: Task,
  terminal: Terminal,
): { readonly samples: LabelledSamples; readonly numbers?: Int32Array } {
  const { place } = samples;
  const [rows] = samples.inputs.shape;
  const whole: Whole = { place, rows, unit: "sample", digest: () => digestOfSamples(samples) };
  const split = recallSplit(model, whole, terminal);
  if (split === undefined) return { samples };
  if (split === "none") return { samples: { ...samples, place: `${place} (trained on)` } };
  const strata = task === "classification" ? "targets" : undefined;
  const { test, heldOut } = splitSamples(samples, { ...split, strata });
  tellHeldOut(whole, heldOut.length, terminal);
  return { samples: test, numbers: heldOut };
}
