/** Which rows of a table a model was trained on: it remembers the table, so that it is not tested on what it knows. */
import { createHash } from "node:crypto";
import { type Mlp, splitTable, type Table, type Task } from "../index.js";
import type { Terminal } from "./terminal.js";

/** By which the digest is kept among the settings of the training; no setting itself. */
export const TRAINED_ON = "trainedOn";
/** Hexadecimal: 64 bits tell any two tables apart. */
const DIGITS = 16;

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

/**
 * Of the table that the model was trained on the rows that were held out, and all rows of others; it is said which.
 *
 * @returns the rows, and what they are called
 */
export function rowsToTestOn(
  { training }: Mlp,
  table: Table,
  task: Task,
  target: string,
  terminal: Terminal,
): { readonly table: Table; readonly name: string } {
  const { place } = table;
  const { [TRAINED_ON]: digest, testData, testSplit, seed = 0 } = training ?? {};
  if (digest === undefined || digest !== digestOf(table)) return { table, name: place };
  if (testData !== undefined) {
    terminal.note(
      `${place}: the model was trained on these rows, so that this says little of how it does on others.`,
    );
    return { table, name: `${place} (trained on)` };
  }
  const strata =
    task === "classification" ? table.columns.find(({ name }) => name === target) : undefined;
  const options = { fraction: Number(testSplit), seed: Number(seed), strata };
  const { test } = splitTable(table, options);
  terminal.note(
    `${place}: the model was trained on ${table.rows - test.rows} of these ${table.rows} rows; it is tested on the ${test.rows} that were held out.`,
  );
  return { table: test, name: `${place} (held out)` };
}
