/** Arrays of numbers as other programs' files hold them: a name, a shape, a dtype, the values. */
import { DataError } from "../../errors.js";

/** Bytes that a value takes in a file, by dtype. */
export const DTYPE_BYTES = {
  bool: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
} as const;

/** The type of an array's values in a file, by NumPy's names and PyTorch's "bfloat16". */
export type DType = keyof typeof DTYPE_BYTES;

/**
 * In memory, values are of the smallest of these types that holds all of their dtype exactly:
 * uint8 and bool (0 or 1) in Uint8Array; int8, int16, int32 and uint16 in Int32Array; float16,
 * bfloat16 and float32 in Float32Array; uint32, int64, uint64 (up to ±2⁵³) and float64 in
 * Float64Array.
 */
export type ArrayValues = Float64Array | Float32Array | Int32Array | Uint8Array;

/** An array that has been given a name. */
export interface NumericArray {
  /** What it is called in its file, "W1" for instance. */
  readonly name: string;
  /** Sizes, the slowest dimension first; `[]` for a single number. */
  readonly shape: readonly number[];
  /** As in the file: "float32", "int64", … */
  readonly dtype: DType;
  /** Row-major (C order), native byte order, as many as the product of the shape. */
  readonly values: ArrayValues;
}

/** An array of texts, one a row, as those that name classes. */
export interface TextArray {
  /** What it is called in its file. */
  readonly name: string;
  /** `[samples]`, or with dimensions of size 1 beside it. */
  readonly shape: readonly number[];
  /** Tells it from an array of numbers. */
  readonly dtype: "text";
  /** Different texts, in the order of their appearance. */
  readonly texts: readonly string[];
  /** The place of each row's text in `texts`. */
  readonly values: Int32Array;
}

/** What a file of one array holds: its name is the file's. */
export type UnnamedArray = Omit<NumericArray, "name">;

/** The number of values of `shape`; beyond 2⁵³ it may be rounded or infinite. */
export function countValues(shape: readonly number[]): number {
  // Sizes before a zero may multiply to infinity, and infinity times zero is no number.
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}

/** "2 × 3", and "a single number" for the shape `[]`. */
export function showShape(shape: readonly number[]): string {
  return shape.length === 0 ? "a single number" : shape.join(" × ");
}

/**
 * @param place what the array is called in messages
 * @throws DataError when the shape is none, or the values are not as many as it says.
 */
export function checkShape({ shape, values }: UnnamedArray, place: string): void {
  const stray = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (stray !== undefined) {
    throw new DataError(
      `${place}: a size of its shape is ${stray}, expected a whole number from 0`,
    );
  }
  const expected = countValues(shape);
  if (values.length !== expected) {
    throw new DataError(
      `${place}: the number of its values is ${values.length}, expected ${expected} for ${showShape(shape)}`,
    );
  }
}
