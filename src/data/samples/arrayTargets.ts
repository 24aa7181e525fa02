/** Targets in arrays: class labels, one-hot rows, or values to be predicted. */
import { DataError } from "../../errors.js";
import { type NumericArray, showShape, type TextArray } from "../arrays/namedArray.js";
import { show } from "../arrays/show.js";
import { isMissing } from "../csv/cell.js";
import { MOST_CATEGORIES } from "../csv/column.js";
import type { Task } from "../csv/encode.js";
import type { ClassTargets, ValueTargets } from "../dataset.js";
import { checkRows, type TargetArray } from "./arraySamples.js";

const INTEGERS: ReadonlySet<string> = new Set(
  ["int", "uint"].flatMap((kind) => [8, 16, 32, 64].map((bits) => `${kind}${bits}`)).concat("bool"),
);

const WHOLE = /^-?\d+$/;

/** Classification of texts, of whole numbers and of one-hot rows, regression of others. */
export function inferArrayTask(targets: TargetArray, place: string): Task {
  const width = widthOf(targets, place);
  if (targets.dtype === "text") return "classification";
  const isOfClasses = width === 1 ? INTEGERS.has(targets.dtype) : strayRow(targets) === undefined;
  return isOfClasses ? "classification" : "regression";
}

/**
 * What the classes are called: their labels, numbers by size, texts in the order of characters; or the places in one-hot rows.
 *
 * @throws DataError when a label is no whole number and no text, there are fewer than two classes or more than 4096.
 */
export function classNamesOf(targets: TargetArray, place: string): string[] {
  const { name, values } = targets;
  const width = widthOf(targets, place);
  if (targets.dtype === "text") {
    // Of a part of the samples, not every text is the label of one.
    const used = new Set<string>();
    for (let row = 0; row < values.length; row++) used.add(textAt(targets, row, place));
    checkClasses(used, targets, place);
    const areNumbers = [...used].every((text) => WHOLE.test(text));
    return areNumbers ? [...used].sort((a, b) => Number(a) - Number(b)) : [...used].sort();
  }
  if (width > 1) {
    refuseStrayRow(targets, place);
    return Array.from({ length: width }, (_, index) => String(index));
  }
  const labels = new Set<number>();
  for (let row = 0; row < values.length && labels.size <= MOST_CATEGORIES; row++) {
    if (!Number.isInteger(values[row])) {
      throw new DataError(
        `${place}: ${show(name)} is ${values[row]} at sample ${row}, expected whole numbers as classes, or --task regression`,
      );
    }
    labels.add(values[row]);
  }
  checkClasses(labels, targets, place);
  return [...labels].sort((a, b) => a - b).map(String);
}

function checkClasses(
  labels: ReadonlySet<number | string>,
  { name, dtype }: TargetArray,
  place: string,
): void {
  if (labels.size <= MOST_CATEGORIES && labels.size >= 2) return;
  const [first] = labels;
  const found =
    labels.size < 2
      ? `is ${typeof first === "string" ? show(first) : first} in every sample`
      : `holds more than ${MOST_CATEGORIES}`;
  const or = dtype === "text" ? "" : ", or --task regression";
  throw new DataError(
    `${place}: ${show(name)} ${found}, expected 2 to ${MOST_CATEGORIES} classes${or}`,
  );
}

/** The label of a row. */
function textAt({ name, texts, values }: TextArray, row: number, place: string): string {
  const text = texts[values[row]];
  if (!isMissing(text)) return text;
  throw new DataError(
    `${place}: ${show(name)} is ${show(text)} at sample ${row}, expected a label for every sample`,
  );
}

/** What the values are called: as their array is, with numbers where there are several. */
export function valueNamesOf(targets: TargetArray, place: string): string[] {
  const width = widthOf(targets, place);
  if (width === 1) return [targets.name];
  return Array.from({ length: width }, (_, index) => `${targets.name} ${index + 1}`);
}

/**
 * Labels by name, texts too; of classes that have no numbers for names, by their place from 0; one-hot rows by theirs.
 *
 * @throws DataError when a label is none of `names`.
 */
export function readLabels(
  targets: TargetArray,
  names: readonly string[],
  place: string,
): ClassTargets {
  const { name, values, shape } = targets;
  const width = widthOf(targets, place);
  if (targets.dtype === "text") {
    const places = new Map(names.map((text, index) => [text, index]));
    const labels = values.map((_, row) => {
      const text = textAt(targets, row, place);
      const label = places.get(text);
      if (label !== undefined) return label;
      throw new DataError(
        `${place}: ${show(name)} is ${show(text)} at sample ${row}, expected one of ${tell(names)}`,
      );
    });
    return { kind: "classes", labels: Int32Array.from(labels), names };
  }
  if (width > 1) {
    if (width !== names.length) throw wrongWidth(targets, names, place);
    refuseStrayRow(targets, place);
    const labels = Int32Array.from({ length: shape[0] }, (_, row) =>
      values.subarray(row * width, (row + 1) * width).indexOf(1),
    );
    return { kind: "classes", labels, names };
  }
  const isNumbered = names.some((text) => WHOLE.test(text));
  const places = new Map(names.map((text, index) => [isNumbered ? text : String(index), index]));
  const labels = Int32Array.from(values, (value, row) => {
    const label = places.get(String(value));
    if (label !== undefined) return label;
    throw new DataError(
      `${place}: ${show(name)} is ${value} at sample ${row}, expected one of ${tell([...places.keys()])}`,
    );
  });
  return { kind: "classes", labels, names };
}

/** @throws DataError when there are not as many values a sample as names, or they are texts. */
export function readValues(
  targets: TargetArray,
  names: readonly string[],
  place: string,
): ValueTargets {
  if (targets.dtype === "text") {
    throw new DataError(
      `${place}: ${show(targets.name)} is ${show(targets.texts[targets.values[0]])} at sample 0, expected numbers as values, or --task classification`,
    );
  }
  if (widthOf(targets, place) !== names.length) throw wrongWidth(targets, names, place);
  return { kind: "values", values: Float32Array.from(targets.values), names };
}

/** Targets a sample. */
function widthOf(targets: TargetArray, place: string): number {
  if (targets.shape.length <= 2) return checkRows(targets, place).width;
  throw new DataError(
    `${place}: ${show(targets.name)} is of ${showShape(targets.shape)} values, expected targets of one or two dimensions`,
  );
}

/** The first row that is not a one among zeros. */
function strayRow({ values, shape }: NumericArray): number | undefined {
  const width = values.length / shape[0];
  for (let row = 0; row < shape[0]; row++) {
    let ones = 0;
    for (let index = row * width; index < (row + 1) * width; index++) {
      if (values[index] === 1) ones++;
      else if (values[index] !== 0) return row;
    }
    if (ones !== 1) return row;
  }
  return undefined;
}

function refuseStrayRow(targets: NumericArray, place: string): void {
  const row = strayRow(targets);
  if (row === undefined) return;
  throw new DataError(
    `${place}: row ${row} of ${show(targets.name)} is not one-hot, expected a 1 and otherwise 0, a label, or --task regression`,
  );
}

function wrongWidth(
  { name, shape }: TargetArray,
  names: readonly string[],
  place: string,
): DataError {
  return new DataError(
    `${place}: ${show(name)} is of ${showShape(shape)} values, expected ${names.length} a sample: ${tell(names)}`,
  );
}

const NAMES_TOLD = 8;

function tell(names: readonly string[]): string {
  const told = names.slice(0, NAMES_TOLD).map((name) => show(name));
  return told.join(", ") + (names.length > NAMES_TOLD ? " …" : "");
}
