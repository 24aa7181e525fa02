/** Tables in files of one's own: CSV and TSV, gzip-compressed or not. */
import type { Command } from "commander";
import {
  type DecimalSeparator,
  encodeInputs,
  encodeTable,
  inferTask,
  learnEncoding,
  type Mlp,
  OptionError,
  type Preprocessing,
  selectTargets,
  splitTable,
  type Table,
} from "../index.js";
import { readCsvFile } from "../node/index.js";
import { bytes } from "../report/numbers.js";
import type { OwnData } from "./data.js";
import { describeTable } from "./describeTable.js";
import { noteUnknown } from "./noteUnknown.js";
import { decimalSeparator } from "./optionValues.js";
import type { Terminal } from "./terminal.js";
import { digestOf, type NumberedDataset, rowsToTestOn } from "./trainedRows.js";
import type { DataSettings } from "./trainSettings.js";

/** How a table is read, where the model's training does not say it. */
export interface TableFlags {
  readonly decimal?: DecimalSeparator | undefined;
}

/** The options that say how a table is read, of commands that take a model. */
export function addTableOptions(command: Command): Command {
  return command.option(
    "--decimal <point|comma>",
    "of a table: decimal separator (default: what the numbers and those of the training have)",
    decimalSeparator("--decimal"),
  );
}

/** How often reading tells of itself, in bytes. */
const TOLD_EVERY = 2 ** 22;

/**
 * A table's part to train on and the one to test on. What numbers are standardised by is learned from the former.
 *
 * @throws FileError, DataError or OptionError when the files are not what the settings say.
 */
export async function loadTable(
  path: string,
  settings: DataSettings,
  terminal: Terminal,
): Promise<OwnData> {
  const { testData, testSplit, seed = 0, target } = settings;
  const whole = await readTable(path, settings, terminal);
  const targets = selectTargets(whole, target);
  const task = settings.task ?? inferTask(whole, targets);
  const strata = task === "classification" && targets.length === 1 ? targets[0] : undefined;
  const parts = testData
    ? {
        training: whole,
        test: await readTable(testData, { ...settings, header: whole.hasHeader }, terminal),
      }
    : splitTable(whole, { fraction: testSplit, seed, strata });
  const encoding = learnEncoding(parts.training, {
    target,
    columns: settings.columns,
    ignore: settings.ignore,
    categories: settings.categories,
    task,
    standardize: settings.standardize,
    missing: settings.missing,
  });
  terminal.note(describeTable(whole, encoding, settings));
  const training = { ...encodeTable(parts.training, encoding), name: path };
  const test = { ...encodeTable(parts.test, encoding), name: testData ?? `${path} (held out)` };
  noteUnknown(parts.test, encoding.preprocessing, terminal);
  return {
    training,
    test,
    preprocessing: encoding.preprocessing,
    digest: digestOf(whole),
  };
}

/**
 * The data set that a table is to a model that was trained on one like it; of the table that it was trained on, the
 * rows that were held out.
 *
 * @throws OptionError when the model was not trained on a table.
 * @throws FileError or DataError when the file is not such a table.
 */
export async function loadTableFor(
  model: Mlp,
  path: string,
  flags: TableFlags,
  terminal: Terminal,
): Promise<NumberedDataset> {
  const { table, preprocessing } = await readTableFor(model, path, flags, terminal);
  const task = predictsValues(preprocessing) ? "regression" : "classification";
  const [target] = preprocessing.targets;
  const held = rowsToTestOn(model, table, task, target.name, terminal);
  const { name, table: rows, numbers } = held;
  const dataset = encodeTable(rows, { preprocessing, names: model.classNames, task });
  noteUnknown(rows, preprocessing, terminal);
  return { ...dataset, name, numbers };
}

/**
 * The inputs `[rows, features]` alone that a table is to such a model; its targets may be missing.
 *
 * @throws OptionError, FileError or DataError as `loadTableFor`.
 */
export async function loadInputsFor(
  model: Mlp,
  path: string,
  flags: TableFlags,
  terminal: Terminal,
): Promise<{ readonly inputs: Float32Array; readonly preprocessing: Preprocessing }> {
  const { table, preprocessing } = await readTableFor(model, path, flags, terminal);
  const { inputs } = encodeInputs(table, preprocessing);
  noteUnknown(table, preprocessing, terminal);
  return { inputs, preprocessing };
}

async function readTableFor(
  model: Mlp,
  path: string,
  { decimal }: TableFlags,
  terminal: Terminal,
): Promise<{ readonly table: Table; readonly preprocessing: Preprocessing }> {
  const { preprocessing } = model;
  if (preprocessing) {
    const reading = readingOf(model, preprocessing);
    const told = { ...reading, decimal: decimal ?? reading.decimal };
    return { table: await readTable(path, told, terminal), preprocessing };
  }
  throw new OptionError(
    `--data is the table ${path}, expected images or arrays as the model was not trained on a table`,
  );
}

export function predictsValues({ targets }: Preprocessing): boolean {
  return targets.some(({ mean }) => mean !== undefined);
}

/** How a table's text is read. */
type Reading = Pick<DataSettings, "header" | "delimiter" | "decimal">;

/** How the table was read that the model was trained on: without a header its columns are numbered, not named. */
function readingOf({ training }: Mlp, { columns, targets }: Preprocessing): Reading {
  const { header, delimiter, decimal } = training ?? {};
  const named = { comma: ",", semicolon: ";", tab: "\t" } as const;
  return {
    header:
      header === undefined
        ? [...columns, ...targets].some(({ name }) => !/^column \d+$/.test(name))
        : header === "yes",
    delimiter: named[delimiter as keyof typeof named],
    decimal: decimal === "point" || decimal === "comma" ? decimal : undefined,
  };
}

async function readTable(
  path: string,
  { header, delimiter, decimal }: Reading,
  terminal: Terminal,
): Promise<Table> {
  let told = 0;
  try {
    return await readCsvFile(path, {
      header,
      delimiter,
      decimal,
      signal: terminal.signal,
      onProgress(bytesRead) {
        if (bytesRead < told + TOLD_EVERY) return;
        told = bytesRead;
        terminal.progress(`reading ${path}, ${bytes(bytesRead)}`);
      },
    });
  } finally {
    terminal.progress("");
  }
}
