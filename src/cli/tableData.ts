/** Tables in files of one's own: CSV and TSV, gzip-compressed or not. */
import type { Command } from "commander";
import {
  type Dataset,
  type DecimalSeparator,
  encodeInputs,
  encodeTable,
  inferTask,
  learnEncoding,
  type Mlp,
  MOST_CODES,
  OptionError,
  type Preprocessing,
  selectTargets,
  splitTable,
  type Table,
  type TableEncoding,
  type Targets,
} from "../index.js";
import { readCsvFile } from "../node/index.js";
import { bytes, plural } from "../report/numbers.js";
import type { OwnData } from "./data.js";
import { decimalSeparator } from "./optionValues.js";
import type { Terminal } from "./terminal.js";
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
  terminal.note(describe(whole, encoding, settings));
  return {
    training: { ...encodeTable(parts.training, encoding), name: path },
    test: {
      ...encodeTable(parts.test, encoding),
      name: testData ?? `${path} (held out)`,
    },
    preprocessing: encoding.preprocessing,
  };
}

/**
 * The data set that a table is to a model that was trained on one like it.
 *
 * @throws OptionError when the model was not trained on a table.
 * @throws FileError or DataError when the file is not such a table.
 */
export async function loadTableFor(
  model: Mlp,
  path: string,
  flags: TableFlags,
  terminal: Terminal,
): Promise<Dataset<Targets>> {
  const { table, preprocessing } = await readTableFor(model, path, flags, terminal);
  return encodeTable(table, {
    preprocessing,
    names: model.classNames,
    task: predictsValues(preprocessing) ? "regression" : "classification",
  });
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
  return { inputs: encodeInputs(table, preprocessing).inputs, preprocessing };
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

/** What was found, and what was inferred from it. */
function describe(
  table: Table,
  { task, names, preprocessing }: TableEncoding,
  settings: DataSettings,
): string {
  const { columns, targets } = preprocessing;
  const categories = columns.filter(({ kind }) => kind === "categories");
  const numbers = plural(columns.length - categories.length, "column");
  const number = table.columns.find(({ name }) => /^\d+$/.test(name));
  const doubt =
    number && settings.header === undefined
      ? ` with the number ${number.name} (--header no if that is a row)`
      : "";
  const header = table.hasHeader ? `a header${doubt}` : "no header";
  const decimal = table.decimal === "comma" ? ", decimal commas" : "";
  const goal =
    task === "classification"
      ? `classification of ${JSON.stringify(targets[0].name)}, ${names.length} classes`
      : `regression of ${names.map((name) => JSON.stringify(name)).join(", ")}`;
  const hint =
    settings.task === undefined && task === "regression" && mayBeClasses(table, preprocessing)
      ? " (--task classification tells classes)"
      : "";
  const change = settings.standardize ? "standardised" : "as they are";
  const coded = task === "classification" ? [...categories, ...targets] : categories;
  return `${table.place}: ${table.rows} rows, ${header}${decimal}; ${goal}${hint}; inputs: ${numbers} of numbers, ${change}, ${categories.length} of categories.${tellUnits(preprocessing)}${tellCodes(table, coded)}${tellSingleTexts(table, preprocessing, settings)}${tellLeadingZeros(table, preprocessing)}${tellLeftOut(table, preprocessing)}`;
}

function tellUnits({ columns, targets }: Preprocessing): string {
  const inPercent = [...columns, ...targets].filter((column) => "unit" in column);
  const names = inPercent.map(({ name }) => JSON.stringify(name)).join(", ");
  return names && ` In percent: ${names}.`;
}

/** Columns that a text made categories or classes of, although it stands beside numbers. */
function tellCodes({ columns }: Table, coded: readonly { readonly name: string }[]): string {
  const names = new Set(coded.map(({ name }) => name));
  const sentences = columns.flatMap(({ name, text, mixedKind }) =>
    text && mixedKind === "codes" && names.has(name)
      ? [
          ` ${JSON.stringify(name)} has texts beside numbers and is taken for names: ${JSON.stringify(text.text)} on line ${text.line}.`,
        ]
      : [],
  );
  return sentences.join("");
}

/** Different texts beyond which it is told that most of a column's rows have one of their own. */
const FEW_TEXTS = 20;

/** Dates, names, and numbers with units: nothing is learned of a text that a single row has. */
function tellSingleTexts(
  { columns: all, rows }: Table,
  { columns }: Preprocessing,
  { categories: told = [] }: DataSettings,
): string {
  const found = columns.flatMap((column) => {
    const place = all.findIndex(({ name }) => name === column.name);
    if (column.kind === "number" || told.includes(column.name)) return [];
    const { length } = column.categories;
    if (length <= FEW_TEXTS || 2 * length <= rows || told.includes(String(place + 1))) return [];
    return [`${JSON.stringify(column.name)} (${JSON.stringify(all[place].categories[0])} …)`];
  });
  return found.length === 0
    ? ""
    : ` Most rows have a text of their own, which is an input of its own, in ${found.join(", ")}: --ignore leaves columns out.`;
}

/** Postal codes and the like, which are read as numbers. */
function tellLeadingZeros({ columns: all }: Table, { columns }: Preprocessing): string {
  const found = columns.flatMap(({ kind, name }) => {
    if (kind !== "number") return [];
    const column = all.find((other) => other.name === name);
    const text = column?.categories.find((category) => /^0\d+$/.test(category));
    return text === undefined ? [] : [`${JSON.stringify(name)} (${JSON.stringify(text)})`];
  });
  return found.length === 0
    ? ""
    : ` Numbers begin with zeros in ${found.join(", ")}: --categories takes them for names.`;
}

/** Columns without a name that are empty or number the rows. */
function tellLeftOut({ columns: all }: Table, { columns, targets }: Preprocessing): string {
  const taken = new Set([...columns, ...targets].map(({ name }) => name));
  const left = all.filter(({ name, isIncidental }) => isIncidental && !taken.has(name));
  const names = left.map(({ name }) => JSON.stringify(name)).join(", ");
  return names && ` Left out, as they have no name and are empty or number the rows: ${names}.`;
}

/** Whether values are whole and few, written with a point: labels that someone's program made floats of. */
function mayBeClasses(table: Table, { targets }: Preprocessing): boolean {
  const [{ categories }] = selectTargets(table, [targets[0].name]);
  const areWhole = categories.every((text) => /^\d+(?:\.0*)?$/.test(text));
  return targets.length === 1 && categories.length <= MOST_CODES && areWhole;
}
