/**
 * What becomes of a table's rows before a network sees them: numbers are standardised, categories are
 * spread over inputs of their own, and values to be predicted are standardised too. Learned from the training
 * set and kept with the model, so that a model takes and gives raw values.
 */
import { isRecord, wrongType } from "../arguments.js";
import { OptionError } from "../errors.js";
import { show } from "./arrays/show.js";

/** One input: (value − mean) / scale. */
export interface NumberColumn {
  /** Tells it from categories. */
  readonly kind: "number";
  /** What the column is called in its table. */
  readonly name: string;
  /** Of the training set, in the column's unit. */
  readonly mean: number;
  /** Above 0. */
  readonly scale: number;
  /** Taken where the number is missing; absent: a missing number is refused. */
  readonly missing?: number;
  /** What the numbers of the table have behind them; absent: nothing. */
  readonly unit?: "%";
  /** Where they have decimal points in a table whose others have commas. */
  readonly decimal?: "point";
}

/** An input for each category: 1 for the row's own, 0 for the others. */
export interface CategoryColumn {
  /** Tells it from numbers. */
  readonly kind: "categories";
  /** What the column is called in its table. */
  readonly name: string;
  /** Its texts, at least one, in the order of their inputs. */
  readonly categories: readonly string[];
  /** "none": a missing or unknown category is all zeros; absent: it is refused. */
  readonly missing?: "none";
}

/** A column that the network sees, as one input or as several. */
export type InputColumn = NumberColumn | CategoryColumn;

/** A column that is predicted. */
export interface TargetColumn {
  /** What the column is called in its table. */
  readonly name: string;
  /** Of values: the network's output is (value − mean) / scale. Absent where classes are predicted. */
  readonly mean?: number;
  /** Above 0; likewise absent where classes are predicted. */
  readonly scale?: number;
  /** What the values of the table have behind them; absent: nothing. */
  readonly unit?: "%";
  /** Where they have decimal points in a table whose others have commas. */
  readonly decimal?: "point";
}

/** What stands between a table's raw rows and a network, before it and behind it. */
export interface Preprocessing {
  /** In the order of the network's inputs. */
  readonly columns: readonly InputColumn[];
  /** One for each output of a network that predicts values; a single one for classes. */
  readonly targets: readonly TargetColumn[];
  /** Where the table had decimal commas: in others, where that cannot be told, a comma is one too. */
  readonly decimal?: "comma";
}

/** x becomes (x − mean) · factor, a mean and a factor for each feature. */
export interface Standardization {
  readonly mean: Float64Array;
  readonly factor: Float64Array;
}

/** Inputs of a network that a preprocessing gives. */
export function countInputs({ columns }: Preprocessing): number {
  return columns.reduce((sum, column) => sum + widthOf(column), 0);
}

/** Inputs that a column takes. */
export function widthOf(column: InputColumn): number {
  return column.kind === "number" ? 1 : column.categories.length;
}

/** What each input is: "height" of a number, "colour = red" of a category. */
export function inputNames({ columns }: Preprocessing): string[] {
  return columns.flatMap((column) =>
    column.kind === "number"
      ? [column.name]
      : column.categories.map((category) => `${column.name} = ${category}`),
  );
}

/** What each input is where its number is missing, NaN where that is refused; undefined where it is of all inputs. */
export function missingInputs({ columns }: Preprocessing): number[] | undefined {
  const values = columns.flatMap((column) =>
    column.kind === "number"
      ? [column.missing ?? Number.NaN]
      : column.categories.map(() => Number.NaN),
  );
  return values.every(Number.isNaN) ? undefined : values;
}

/** Of the inputs; undefined where all of them stay as they are. */
export function inputStandardization(preprocessing: Preprocessing): Standardization | undefined {
  return standardization(
    preprocessing.columns.flatMap((column) =>
      column.kind === "number" ? [column] : column.categories.map(() => ({ mean: 0, scale: 1 })),
    ),
  );
}

/** Of the values to be predicted; undefined where there are none or they stay as they are. */
export function targetStandardization({ targets }: Preprocessing): Standardization | undefined {
  return standardization(targets.map(({ mean = 0, scale = 1 }) => ({ mean, scale })));
}

function standardization(
  parts: readonly { readonly mean: number; readonly scale: number }[],
): Standardization | undefined {
  if (parts.every(({ mean, scale }) => mean === 0 && scale === 1)) return undefined;
  return {
    mean: Float64Array.from(parts, ({ mean }) => mean),
    factor: Float64Array.from(parts, ({ scale }) => 1 / scale),
  };
}

/** Standardises `[samples, features]` in place. */
export function standardize(values: Float32Array, { mean, factor }: Standardization): void {
  const features = mean.length;
  for (let start = 0; start < values.length; start += features) {
    for (let feature = 0; feature < features; feature++) {
      values[start + feature] = (values[start + feature] - mean[feature]) * factor[feature];
    }
  }
}

/** Undoes `standardize`, in place. */
export function unstandardize(values: Float32Array, { mean, factor }: Standardization): void {
  const features = mean.length;
  for (let start = 0; start < values.length; start += features) {
    for (let feature = 0; feature < features; feature++) {
      values[start + feature] = values[start + feature] / factor[feature] + mean[feature];
    }
  }
}

/**
 * @param names of the outputs
 * @throws OptionError when the preprocessing does not fit a network of so many inputs and these outputs, or
 *   a number is out of range.
 */
export function checkPreprocessing(
  preprocessing: Preprocessing,
  inputs: number,
  names: readonly string[],
): void {
  if (!isPreprocessing(preprocessing)) {
    throw wrongType("preprocessing", preprocessing, "one with columns and targets");
  }
  const found = countInputs(preprocessing);
  if (found !== inputs) {
    throw new OptionError(
      `preprocessing gives ${found} inputs, expected ${inputs} as the network has`,
    );
  }
  const { columns, targets } = preprocessing;
  const numbers = [...columns.filter((column) => column.kind === "number"), ...targets];
  const stray = numbers.find((column) => !isSound(column));
  if (stray) {
    throw new OptionError(
      `preprocessing of ${show(stray.name)} has mean ${stray.mean} and scale ${stray.scale}, expected finite numbers and a scale above 0`,
    );
  }
  const isOfValues = targets.some(({ mean, scale }) => mean !== undefined || scale !== undefined);
  if (isOfValues && targets.length !== names.length) {
    throw new OptionError(
      `preprocessing names ${targets.length} targets, expected ${names.length} as the network has outputs`,
    );
  }
}

function isSound({ mean = 0, scale = 1, missing = 0 }: Partial<NumberColumn>): boolean {
  return [mean, scale, missing].every(Number.isFinite) && scale > 0;
}

/** Types only; `checkPreprocessing` looks at the numbers. */
export function isPreprocessing(value: unknown): value is Preprocessing {
  return (
    isRecord(value) &&
    isOptionally("comma", value.decimal) &&
    Array.isArray(value.columns) &&
    value.columns.every(isColumn) &&
    Array.isArray(value.targets) &&
    value.targets.every(
      (target) =>
        isRecord(target) &&
        typeof target.name === "string" &&
        isOptionalNumber(target.mean) &&
        isOptionalNumber(target.scale) &&
        isOptionally("%", target.unit) &&
        isOptionally("point", target.decimal),
    )
  );
}

function isColumn(value: unknown): value is InputColumn {
  if (!isRecord(value) || typeof value.name !== "string") return false;
  if (value.kind === "number") {
    return (
      typeof value.mean === "number" &&
      typeof value.scale === "number" &&
      isOptionalNumber(value.missing) &&
      isOptionally("%", value.unit) &&
      isOptionally("point", value.decimal)
    );
  }
  return (
    value.kind === "categories" &&
    Array.isArray(value.categories) &&
    value.categories.length > 0 &&
    value.categories.every((category) => typeof category === "string") &&
    isOptionally("none", value.missing)
  );
}

function isOptionally(wanted: string, value: unknown): boolean {
  return value === undefined || value === wanted;
}

function isOptionalNumber(value: unknown): boolean {
  return value === undefined || typeof value === "number";
}
