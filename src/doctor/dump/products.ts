/** Products of float64 matrices, row-major; zeros on the left are skipped, since inputs have many. */
import { Matrix } from "../../reference/matrix.js";

/** Hypotheses ask for the same products again and again. */
const known = new WeakMap<Matrix, WeakMap<Matrix, Matrix>>();
const knownTransposed = new WeakMap<Matrix, WeakMap<Matrix, Matrix>>();

function remembered(products: typeof known, a: Matrix, b: Matrix, compute: () => Matrix): Matrix {
  const ofA = products.get(a) ?? new WeakMap<Matrix, Matrix>();
  products.set(a, ofA);
  const result = ofA.get(b) ?? compute();
  ofA.set(b, result);
  return new Matrix(result.rows, result.columns, result.data.slice());
}

/** A·B: `[n, k]` times `[k, m]` is `[n, m]`. Neither may change afterwards. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  return remembered(known, a, b, () => product(a, b));
}

/** Aᵀ·B: `[n, k]` and `[n, m]` make `[k, m]`. Neither may change afterwards. */
export function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  return remembered(knownTransposed, a, b, () => transposedProduct(a, b));
}

function product(a: Matrix, b: Matrix): Matrix {
  const c = new Matrix(a.rows, b.columns);
  for (let row = 0; row < a.rows; row++) {
    for (let k = 0; k < a.columns; k++) {
      addScaled(c, row, b, k, a.data[row * a.columns + k]);
    }
  }
  return c;
}

function transposedProduct(a: Matrix, b: Matrix): Matrix {
  const c = new Matrix(a.columns, b.columns);
  for (let row = 0; row < a.rows; row++) {
    for (let k = 0; k < a.columns; k++) {
      addScaled(c, k, b, row, a.data[row * a.columns + k]);
    }
  }
  return c;
}

/** c[row, :] += factor · b[from, :] */
function addScaled(c: Matrix, row: number, b: Matrix, from: number, factor: number): void {
  if (factor === 0) return;
  const { columns } = c;
  const target = c.data;
  const source = b.data;
  let at = row * columns;
  const start = from * columns;
  for (let index = start; index < start + columns; index++, at++) {
    target[at] += factor * source[index];
  }
}

export function transpose(a: Matrix): Matrix {
  const c = new Matrix(a.columns, a.rows);
  for (let row = 0; row < a.rows; row++) {
    for (let column = 0; column < a.columns; column++) {
      c.data[column * a.rows + row] = a.data[row * a.columns + column];
    }
  }
  return c;
}

/** ‖a‖, the root of the sum of squares. */
export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] * values[index];
  return Math.sqrt(sum);
}

const knownNorms = new WeakMap<Matrix, number>();

/** ‖A‖ over all entries. The matrix may not change afterwards. */
export function normOf(matrix: Matrix): number {
  const result = knownNorms.get(matrix) ?? norm(matrix.data);
  knownNorms.set(matrix, result);
  return result;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}

/** Whether every value is a finite number. */
export function isFiniteArray(values: ArrayLike<number>): boolean {
  for (let index = 0; index < values.length; index++) {
    // NaN and ∞ less themselves are not 0.
    if (values[index] - values[index] !== 0) return false;
  }
  return true;
}

/** √(Σ m² / n) */
export function rootMeanSquare({ data }: Matrix): number {
  return norm(data) / Math.sqrt(data.length);
}
