/** From a table to what a network sees: which columns are inputs, which are targets, and how. */
import { checkChoice, checkOptions } from "../../arguments.js";
import { DataError, OptionError } from "../../errors.js";
import { show } from "../arrays/show.js";
import { createDataset, type Dataset, type Targets } from "../dataset.js";
import {
  type CategoryColumn,
  type InputColumn,
  inputStandardization,
  type Preprocessing,
  standardize,
  type TargetColumn,
} from "../preprocessing.js";
import { spreadOf } from "../spread.js";
import { withoutPercent } from "./cell.js";
import type { TableColumn } from "./column.js";
import { areCodes } from "./mixedColumn.js";
import {
  headerHint,
  otherHeaderHint,
  refuseBeyond,
  refuseConstant,
  refuseDoubtful,
  refuseEmpty,
  refuseMissing,
  refuseOtherUnit,
  refuseStrayText,
  refuseText,
  showNames,
  unknownCategory,
} from "./refusals.js";
import type { Table } from "./table.js";

export const TASKS = ["classification", "regression"] as const;
/** Whether classes are told apart or values predicted. */
export type Task = (typeof TASKS)[number];

const MISSING = ["mean", "error"] as const;

/** Which columns are predicted, which are left out, and how the others are read. */
export interface EncodingOptions {
  /** Columns to be predicted, by name or by number from 1; default: the last one. */
  readonly target?: readonly string[] | undefined;
  /** Columns that are inputs; default: all others. */
  readonly columns?: readonly string[] | undefined;
  /** Columns that are neither. */
  readonly ignore?: readonly string[] | undefined;
  /** Inputs that are categories although most of their cells are numbers, or all. */
  readonly categories?: readonly string[] | undefined;
  /** Default: classification of texts, and of up to 20 whole numbers from 0; regression of other numbers. */
  readonly task?: Task | undefined;
  /** Whether numbers, values to be predicted too, are brought to mean 0 and standard deviation 1; default true. */
  readonly standardize?: boolean | undefined;
  /** What is taken where an input is missing; default "error": nothing, it is refused. */
  readonly missing?: (typeof MISSING)[number] | undefined;
}

const OPTIONS = {
  target: "array",
  columns: "array",
  ignore: "array",
  categories: "array",
  task: "checked",
  standardize: "boolean",
  missing: "checked",
} as const satisfies Record<keyof EncodingOptions, string>;

/** How tables of one kind become data sets. */
export interface TableEncoding {
  /** Whether the targets are classes or values. */
  readonly task: Task;
  /** What becomes of the columns: to be given to `Mlp.create`, and kept with the model. */
  readonly preprocessing: Preprocessing;
  /** Of the classes, or of the values that are predicted. */
  readonly names: readonly string[];
}

/**
 * How `table`, the training set, and others like it are to be encoded.
 *
 * @throws OptionError when an option is misspelt, or names no column, or one twice.
 * @throws DataError when a column cannot be what it is to be; it names line and column.
 */
export function learnEncoding(table: Table, options: EncodingOptions = {}): TableEncoding {
  checkOptions("learnEncoding", options, OPTIONS);
  checkChoice("task", options.task, TASKS);
  checkChoice("missing", options.missing, MISSING);
  const { columns, ignore = [], standardize: standardizes = true, missing = "error" } = options;
  const targets = selectTargets(table, options.target);
  const ignored = ignore.map((name) => find(table, name, "ignore"));
  const coded = (options.categories ?? []).map((name) => find(table, name, "categories"));
  const usual = table.columns.filter((column) => !column.isIncidental || coded.includes(column));
  const inputs = (columns?.map((name) => find(table, name, "columns")) ?? usual).filter(
    (column) => !targets.includes(column) && !ignored.includes(column),
  );
  if (inputs.length === 0) {
    throw new OptionError(
      `${table.place}: no column is left for the inputs, expected one beside the target`,
    );
  }
  const stranger = coded.find((column) => !inputs.includes(column));
  if (stranger) {
    throw new OptionError(
      `${table.place}: categories names ${show(stranger.name)}, expected one of the inputs`,
    );
  }
  for (const column of targets) refuseMissing(table, column, kindOf(column), TARGET_IS_NEEDED);
  const task = options.task ?? inferTask(table, targets);
  if (task === "regression") refuseConstant(table, targets);
  return {
    task,
    preprocessing: {
      columns: inputs.map((column) => {
        const isCoded = coded.includes(column);
        refuseEmpty(table, column);
        if (missing === "error") {
          refuseMissing(table, column, isCoded ? "texts" : kindOf(column));
        }
        return isCoded
          ? categoryColumn(table, column, missing)
          : inputColumn(table, column, { standardizes, missing });
      }),
      targets: targets.map((column) =>
        task === "regression" ? targetColumn(table, column, standardizes) : { name: column.name },
      ),
      ...(table.decimal === "comma" && { decimal: table.decimal }),
    },
    names: task === "regression" ? targets.map(({ name }) => name) : classesOf(table, targets),
  };
}

/** The last column that is not incidental, or the last one where all are. */
function lastColumn({ columns }: Table): TableColumn {
  return columns.findLast(({ isIncidental }) => !isIncidental) ?? columns[columns.length - 1];
}

function kindOf({ isNumeric }: TableColumn): "numbers" | "texts" {
  return isNumeric ? "numbers" : "texts";
}

/**
 * The columns to be predicted; where none is named the last one, incidental ones aside.
 *
 * @throws OptionError when there is no such column, or one is named twice.
 */
export function selectTargets(table: Table, names?: readonly string[] | undefined): TableColumn[] {
  const [first, second] = table.columns;
  if (first && !second) {
    throw new DataError(
      `${table.place}: has a single column, ${show(first.name)}, expected inputs and a target, separated by commas, semicolons or tabs`,
    );
  }
  if (!names) return [lastColumn(table)];
  const targets = names.map((name) => find(table, name, "target"));
  const twice = targets.find((column, index) => targets.indexOf(column) < index);
  if (!twice) return targets;
  throw new OptionError(
    `${table.place}: target names ${show(twice.name)} twice, expected different columns`,
  );
}

const TARGET_IS_NEEDED = "as it is a target, or the row left out of the file";
const TRAINED_WITHOUT = "or a model trained with --missing mean";

/**
 * The data set that `table` is. Columns are found by name; others are passed over.
 *
 * @throws DataError when a column is missing, or a cell is none that the encoding knows; it names line and column.
 */
export function encodeTable(table: Table, encoding: TableEncoding): Dataset<Targets> {
  const { task, preprocessing, names } = encoding;
  const { place, rows } = table;
  const columns = preprocessing.targets.map(({ name }) => named(table, name));
  for (const column of columns) {
    refuseMissing(table, column, task === "regression" ? "numbers" : "texts", TARGET_IS_NEEDED);
  }
  const { inputs, features } = encodeInputs(table, preprocessing);
  if (task === "classification") {
    const [column] = columns;
    const classOf = indices(table, column, names, undefined);
    const labels = Int32Array.from({ length: rows }, (_, row) => classOf[column.code(row)]);
    return createDataset<Targets>({
      name: place,
      inputs,
      features,
      targets: { kind: "classes", labels, names },
    });
  }
  columns.forEach((column, output) => {
    const { decimal = preprocessing.decimal, unit } = preprocessing.targets[output];
    refuseText(table, column, { trained: decimal });
    refuseOtherUnit(table, column, unit);
  });
  const values = new Float32Array(rows * columns.length);
  columns.forEach((column, output) => {
    for (let row = 0; row < rows; row++) values[row * columns.length + output] = column.value(row);
  });
  return createDataset<Targets>({
    name: place,
    inputs,
    features,
    targets: { kind: "values", values, names },
  });
}

/** The same samples with inputs as the network sees them, for whoever examines these. */
export function standardizedDataset<T extends Targets>(
  dataset: Dataset<T>,
  preprocessing: Preprocessing | undefined,
): Dataset<T> {
  const standardization = preprocessing && inputStandardization(preprocessing);
  if (!standardization || dataset.inputs instanceof Uint8Array) return dataset;
  const inputs = dataset.inputs.slice();
  standardize(inputs, standardization);
  return { ...dataset, inputs };
}

/**
 * Inputs `[rows, features]` alone, of a table that need not have targets.
 *
 * @throws DataError as `encodeTable`.
 */
export function encodeInputs(
  table: Table,
  { columns, decimal }: Pick<Preprocessing, "columns" | "decimal">,
): {
  /** `[rows, features]`, row-major: raw numbers, and a 1 for a row's own category. */
  readonly inputs: Float32Array;
  /** Inputs of a network that takes such rows. */
  readonly features: number;
} {
  const features = columns.reduce(
    (sum, column) => sum + (column.kind === "number" ? 1 : column.categories.length),
    0,
  );
  const inputs = new Float32Array(table.rows * features);
  let start = 0;
  for (const description of columns) {
    const column = named(table, description.name);
    if (description.missing === undefined) {
      const among = description.kind === "number" ? "numbers" : "texts";
      refuseMissing(table, column, among, TRAINED_WITHOUT);
    }
    if (description.kind === "number") {
      refuseText(table, column, { trained: description.decimal ?? decimal });
      refuseOtherUnit(table, column, description.unit);
      for (let row = 0; row < table.rows; row++) {
        const value = column.value(row);
        inputs[row * features + start] = Number.isNaN(value) ? (description.missing ?? 0) : value;
      }
      start += 1;
    } else {
      const { categories, missing } = description;
      const inputOf = indices(table, column, categories, missing);
      for (let row = 0; row < table.rows; row++) {
        const index = inputOf[column.code(row)] ?? -1;
        if (index >= 0) inputs[row * features + start + index] = 1;
      }
      start += categories.length;
    }
  }
  return { inputs, features };
}

function find(table: Table, text: string, option: string): TableColumn {
  const { columns, place } = table;
  const byName = columns.find(({ name }) => name === text);
  const found = byName ?? (/^\d+$/.test(text) ? columns[Number(text) - 1] : undefined);
  if (found) return found;
  throw new OptionError(
    `${place}: ${option} names ${show(text)}, expected ${showNames(table)} or a number from 1 to ${columns.length}${headerHint(table)}`,
  );
}

function named(table: Table, wanted: string): TableColumn {
  const found = table.columns.find(({ name }) => name === wanted);
  if (found) return found;
  throw new DataError(
    `${table.place}: has no column ${show(wanted)}, expected it beside ${showNames(table)}${headerHint(table)}${otherHeaderHint(table)}`,
  );
}

const TELLS_CLASSES = "--task classification where these are classes";

/**
 * Classification of texts and of few whole numbers, regression of others.
 *
 * @throws DataError when a column of values has a text among them.
 */
export function inferTask(table: Table, targets: readonly TableColumn[]): Task {
  if (targets.length > 1) return "regression";
  const [column] = targets;
  refuseStrayText(table, column, TELLS_CLASSES);
  return !column.isNumeric || areCodes(column.categories) ? "classification" : "regression";
}

function classesOf(table: Table, targets: readonly TableColumn[]): string[] {
  const [column] = targets;
  // Whoever asks for classes of "110 001" means names.
  if (column.isNumeric && !column.unclear()?.mayBeName) refuseDoubtful(table, column);
  if (targets.length > 1) {
    throw new OptionError(
      `${table.place}: classification was asked for of ${targets.length} targets, expected one`,
    );
  }
  refuseBeyond(table, column);
  if (column.categories.length < 2) {
    throw new DataError(
      `${table.place}: every row of ${show(column.name)} is ${show(column.categories[0])}, expected at least two classes`,
    );
  }
  return sorted(column);
}

/** Numbers by size, texts by their characters. */
function sorted(column: TableColumn): string[] {
  const { categories, isNumeric, missingNumber } = column;
  const all = [...categories];
  const numberIn = (text: string) => Number(withoutPercent(text).replace(",", "."));
  return isNumeric && !missingNumber && !column.unclear()?.mayBeName
    ? all.sort((a, b) => numberIn(a) - numberIn(b))
    : all.sort();
}

function inputColumn(
  table: Table,
  column: TableColumn,
  { standardizes, missing }: { readonly standardizes: boolean; readonly missing: "mean" | "error" },
): InputColumn {
  const { name } = column;
  const otherwise = "--ignore for the column, or --categories where its numbers are names";
  refuseStrayText(table, column, otherwise);
  if (!column.isNumeric) return categoryColumn(table, column, missing);
  refuseDoubtful(table, column, { otherwise });
  const { mean, scale } = spread(table, column);
  const filled = missing === "mean" ? { missing: Math.fround(mean) } : {};
  return {
    kind: "number",
    name,
    ...(standardizes ? { mean, scale } : { mean: 0, scale: 1 }),
    ...filled,
    ...spellingOf(table, column),
  };
}

function categoryColumn(
  table: Table,
  column: TableColumn,
  missing: "mean" | "error",
): CategoryColumn {
  const { name } = column;
  refuseBeyond(table, column);
  const none = missing === "mean" ? { missing: "none" as const } : {};
  return { kind: "categories", name, categories: sorted(column), ...none };
}

function targetColumn(table: Table, column: TableColumn, standardizes: boolean): TargetColumn {
  refuseText(table, column, { otherwise: `or ${TELLS_CLASSES}` });
  const scaled = standardizes ? spread(table, column) : { mean: 0, scale: 1 };
  return { name: column.name, ...scaled, ...spellingOf(table, column) };
}

/** How numbers are written, where they are not as plain ones or as the table's others. */
function spellingOf(
  { decimal }: Table,
  { unit, hasPoints }: TableColumn,
): Pick<TargetColumn, "unit" | "decimal"> {
  return { ...(unit && { unit }), ...(decimal === "comma" && hasPoints && { decimal: "point" }) };
}

function spread({ rows }: Table, column: TableColumn): { mean: number; scale: number } {
  return spreadOf(rows, (row) => column.value(row));
}

/** What each of the column's codes stands for among `known`. */
function indices(
  table: Table,
  column: TableColumn,
  known: readonly string[],
  missing: "none" | undefined,
): readonly number[] {
  refuseBeyond(table, column);
  const indexOf = new Map(known.map((text, index) => [text, index]));
  return column.categories.map((text, code) => {
    const index = indexOf.get(text) ?? -1;
    if (index >= 0 || missing === "none") return index;
    throw unknownCategory(table, column, code, known);
  });
}
