/** Inputs in arrays: bytes and pictures as pixels, other numbers as they are, standardised where a preprocessing says so. */
import type { ArrayValues, NumericArray } from "../arrays/namedArray.js";
import type { ImageShape } from "../imageShape.js";
import type { InputColumn } from "../preprocessing.js";
import { spreadOf } from "../spread.js";
import { checkRows } from "./arraySamples.js";

/** Inputs as a data set has them, taken from an array of any dtype. */
export interface ArrayInputs {
  /** `[samples, features]`; of bytes, a byte stands for byte / 255. */
  readonly values: Uint8Array | Float32Array;
  /** Numbers of a sample: the product of all dimensions but the first. */
  readonly features: number;
  /** Present when a sample has two dimensions that are those of a greyscale image. */
  readonly image?: ImageShape;
}

const LARGEST_BYTE = 255;

/**
 * Arrays of uint8 are pixels. So are pictures, arrays of three dimensions or more, when they hold whole numbers from 0
 * to 255, whatever their dtype.
 *
 * @throws DataError when the array holds no samples.
 */
export function readInputs(array: NumericArray, place: string): ArrayInputs {
  const { width } = checkRows(array, place);
  const { values } = array;
  const isPixels = array.dtype === "uint8" || (isOfPictures(array) && holdsBytes(values));
  return { ...describe(array, width), values: isPixels ? bytesOf(values) : floatsOf(values) };
}

/**
 * The same for a model that standardises what it is given: raw numbers, bytes too.
 *
 * @throws DataError when the array holds no samples.
 */
export function readRawInputs(array: NumericArray, place: string): ArrayInputs {
  const { width } = checkRows(array, place);
  return { ...describe(array, width), values: floatsOf(array.values) };
}

/**
 * What numbers are standardised by: each feature by its own mean and standard deviation; pictures, which keep their
 * zeros, are divided by their largest value. Undefined where they stay as they are.
 */
export function learnColumns(
  array: NumericArray,
  { values, features }: ArrayInputs,
): InputColumn[] | undefined {
  if (values instanceof Uint8Array) return undefined;
  if (isOfPictures(array)) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return largest > 1 && Number.isFinite(largest)
      ? columnsOf(features, () => ({ mean: 0, scale: largest }))
      : undefined;
  }
  const rows = values.length / features;
  return columnsOf(features, (feature) =>
    spreadOf(rows, (row) => values[row * features + feature]),
  );
}

/** Columns that change nothing. */
export function plainColumns(features: number): InputColumn[] {
  return columnsOf(features, () => ({ mean: 0, scale: 1 }));
}

function columnsOf(
  features: number,
  standardization: (feature: number) => { readonly mean: number; readonly scale: number },
): InputColumn[] {
  return Array.from({ length: features }, (_, feature) => ({
    kind: "number",
    name: `input ${feature + 1}`,
    ...standardization(feature),
  }));
}

function isOfPictures({ shape }: NumericArray): boolean {
  return shape.length >= 3;
}

/** Grey pictures have a height and a width, and perhaps one channel before or behind. */
function describe({ shape }: NumericArray, features: number): Omit<ArrayInputs, "values"> {
  const [, ...sizes] = shape;
  const isGrey = sizes.length === 3 && (sizes[0] === 1 || sizes[2] === 1);
  const [height, width] = isGrey && sizes[2] !== 1 ? sizes.slice(1) : sizes;
  const isImage = sizes.length === 2 || isGrey;
  return { features, ...(isImage && { image: { width, height } }) };
}

/** Whole numbers from 0 to 255, not all of them 0 or 1. */
function holdsBytes(values: ArrayValues): boolean {
  let largest = 0;
  for (const value of values) {
    if (!(value >= 0 && value <= LARGEST_BYTE && Number.isInteger(value))) return false;
    if (value > largest) largest = value;
  }
  return largest > 1;
}

function bytesOf(values: ArrayValues): Uint8Array {
  return values instanceof Uint8Array ? values : Uint8Array.from(values);
}

function floatsOf(values: ArrayValues): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
