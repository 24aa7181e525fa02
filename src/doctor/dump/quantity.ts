/** An array of a dump as a matrix: samples in rows, weights `[inputs, units]`. */
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { Matrix } from "../../reference/matrix.js";
import { transpose } from "./products.js";

export interface Quantity {
  readonly name: string;
  readonly matrix: Matrix;
  /**
   * Unit roundoff of what is known of the values: 2⁻⁵³ of float64, 2⁻²⁴ of float32 and of a float64 array
   * whose every value is one of float32.
   */
  readonly roundoff: number;
  /** Whether the dump holds it, or it merely follows from what the dump holds. */
  readonly origin: "dumped" | "computed";
  /** Where the dump has what `matrix` has at a row and a column: "[3, 17]". */
  readonly locate: (row: number, column: number) => string;
}

const DOUBLE = 2 ** -53;
/** Unit roundoff of float32, in which most programs compute. */
export const SINGLE = 2 ** -24;
/** And of float16; bfloat16 is coarser still. */
export const HALF = 2 ** -11;
const ROUNDOFFS = { float16: HALF, bfloat16: 2 ** -8 } as const;

/** `[rows, columns]` of an array whose values have that many, or the other way round. */
export function quantity(
  array: NumericArray,
  rows: number,
  columns: number,
  order: "stored" | "transposed" = "stored",
): Quantity {
  const isTransposed = order === "transposed";
  const { values: given } = array;
  // Nobody writes into it, and a copy of a large array takes its time.
  const values = given instanceof Float64Array ? given : new Float64Array(given);
  const matrix = isTransposed
    ? transpose(new Matrix(columns, rows, values))
    : new Matrix(rows, columns, values);
  const hasOneIndex = array.shape.length < 2;
  return {
    name: array.name,
    matrix,
    roundoff: roundoffOf(array),
    origin: "dumped",
    locate: (row, column) => {
      if (array.shape.length === 0) return "";
      if (hasOneIndex) return `[${row * columns + column}]`;
      return isTransposed ? `[${column}, ${row}]` : `[${row}, ${column}]`;
    },
  };
}

/** What the dump does not hold, computed from what it does; "dumped" where there is only one way to. */
export function computed(
  name: string,
  matrix: Matrix,
  roundoff: number,
  origin: Quantity["origin"] = "computed",
): Quantity {
  return { name, matrix, roundoff, origin, locate: (row, column) => `[${row}, ${column}]` };
}

function roundoffOf({ dtype, values }: NumericArray): number {
  if (dtype === "float16" || dtype === "bfloat16") return ROUNDOFFS[dtype];
  // Zeros and other whole numbers say nothing about what the program computes in.
  if (values.every(Number.isInteger)) return dtype === "float32" ? SINGLE : DOUBLE;
  if (values.length >= LEAST_NUMBERS) {
    const narrow = NARROW.find(({ bits }) => values.every((value) => hasBits(value, bits)));
    if (narrow) return narrow.roundoff;
  }
  const isSingle = dtype === "float32" || values.every((value) => Math.fround(value) === value);
  return isSingle ? SINGLE : DOUBLE;
}

/** Numbers of 16 bits are often kept in 32. */
const NARROW = [
  { bits: 8, roundoff: ROUNDOFFS.bfloat16 },
  { bits: 11, roundoff: ROUNDOFFS.float16 },
] as const;
/** Of fewer numbers nobody can tell: 0.5, 0.25 and 0.125 are such numbers too. */
const LEAST_NUMBERS = 16;

/** Whether a number is one of so many significant bits. */
function hasBits(value: number, bits: number): boolean {
  if (value === 0 || !Number.isFinite(value)) return true;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) + 2 - bits);
  return Number.isInteger((2 * value) / unit);
}
