/** `wasmlp predict MODEL --data FILE`: what a model makes of the rows of a table or of arrays. */
import type { Mlp } from "../index.js";
import { checkWritable, writeFileAtomically } from "../node/index.js";
import { csvLine } from "../report/csvLine.js";
import {
  jsonLine,
  predictionTable,
  type RowPredictions,
  titlesOf,
  valuesOf,
} from "../report/rowPredictions.js";
import { loadRowsFor } from "./ownData.js";
import type { TableFlags } from "./tableData.js";
import type { Terminal } from "./terminal.js";

export interface PredictRowsFlags extends TableFlags {
  readonly data: string;
  readonly inputs?: string;
  readonly out?: string;
  readonly json?: true;
}

/** A table on a terminal ends here; a file or a pipe gets all rows. */
const ROWS_SHOWN = 100;
/** Lines that are handed over at once. */
const LINES_AT_ONCE = 1000;

/**
 * @throws FileError, DataError or OptionError when the file holds no rows that the model takes, or `out` cannot be written.
 */
export async function predictRows(
  model: Mlp,
  { data, inputs: name, decimal, out, json }: PredictRowsFlags,
  terminal: Terminal,
): Promise<void> {
  if (out !== undefined) await checkWritable(out);
  const { inputs, preprocessing } = await loadRowsFor(
    model,
    { data, inputs: name, decimal },
    terminal,
  );
  const predictions: RowPredictions = {
    outputs: await model.predictAll(inputs, { signal: terminal.signal }),
    architecture: model.architecture,
    names: model.classNames,
    targets: preprocessing?.targets ?? [{ name: "class" }],
  };
  const lines = json ? jsonLines(predictions) : csvLines(predictions);
  if (out !== undefined) {
    await writeFileAtomically(out, new TextEncoder().encode(`${[...lines].join("\n")}\n`));
    return;
  }
  const { layout } = terminal;
  // Lines have a width where somebody reads them.
  if (json || layout.width === Number.POSITIVE_INFINITY) printAll(lines, terminal);
  else terminal.print(predictionTable(predictions, ROWS_SHOWN, layout));
}

function* csvLines(predictions: RowPredictions): Generator<string> {
  yield csvLine(titlesOf(predictions));
  for (let row = 0; row < rowsOf(predictions); row++) yield csvLine(valuesOf(predictions, row));
}

function* jsonLines(predictions: RowPredictions): Generator<string> {
  for (let row = 0; row < rowsOf(predictions); row++) yield jsonLine(predictions, row);
}

function rowsOf({ outputs, architecture: { layers } }: RowPredictions): number {
  return outputs.length / layers[layers.length - 1].units;
}

function printAll(lines: Iterable<string>, terminal: Terminal): void {
  let block: string[] = [];
  for (const line of lines) {
    block.push(line);
    if (block.length < LINES_AT_ONCE) continue;
    terminal.print(block.join("\n"));
    block = [];
  }
  if (block.length > 0) terminal.print(block.join("\n"));
}
