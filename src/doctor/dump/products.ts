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
  const found = new Int32Array(a.columns);
  for (let row = 0; row < a.rows; row++) {
    const start = row * a.columns;
    let count = 0;
    for (let k = 0; k < a.columns; k++) if (a.data[start + k] !== 0) found[count++] = k;
    let index = 0;
    for (; index + 8 <= count; index += 8) {
      addEight(c, row, b, found, index, a.data, start, 1);
    }
    for (; index < count; index++) addScaled(c, row, b, found[index], a.data[start + found[index]]);
  }
  return c;
}

function transposedProduct(a: Matrix, b: Matrix): Matrix {
  const c = new Matrix(a.columns, b.columns);
  const { columns, data } = a;
  const rows = new Int32Array(8);
  let row = 0;
  for (; row + 8 <= a.rows; row += 8) {
    for (let index = 0; index < 8; index++) rows[index] = row + index;
    for (let k = 0; k < columns; k++) {
      const at = row * columns + k;
      if (data[at] && isFull(data, at, columns)) {
        addEight(c, k, b, rows, 0, data, k, columns);
      } else {
        for (let index = 0; index < 8; index++) {
          addScaled(c, k, b, row + index, data[at + index * columns]);
        }
      }
    }
  }
  for (; row < a.rows; row++) {
    for (let k = 0; k < columns; k++) addScaled(c, k, b, row, data[row * columns + k]);
  }
  return c;
}

/** Whether the eight values `stride` apart from `first` on are all other than 0. */
function isFull(values: Float64Array, first: number, stride: number): boolean {
  for (let index = 1; index < 8; index++) if (values[first + index * stride] === 0) return false;
  return true;
}

/**
 * c[row, :] += Σ factors[first + stride · from] · b[from, :] over the rows `from` that `rows` names from `place` on,
 * eight of them, added in that order as `addScaled` would, but with a load and a store of c for all of them.
 */
function addEight(
  c: Matrix,
  row: number,
  b: Matrix,
  rows: Int32Array,
  place: number,
  factors: Float64Array,
  first: number,
  stride: number,
): void {
  const { columns } = c;
  const target = c.data;
  const source = b.data;
  const f0 = factors[first + stride * rows[place]];
  const f1 = factors[first + stride * rows[place + 1]];
  const f2 = factors[first + stride * rows[place + 2]];
  const f3 = factors[first + stride * rows[place + 3]];
  const f4 = factors[first + stride * rows[place + 4]];
  const f5 = factors[first + stride * rows[place + 5]];
  const f6 = factors[first + stride * rows[place + 6]];
  const f7 = factors[first + stride * rows[place + 7]];
  const s0 = rows[place] * columns;
  const s1 = rows[place + 1] * columns;
  const s2 = rows[place + 2] * columns;
  const s3 = rows[place + 3] * columns;
  const s4 = rows[place + 4] * columns;
  const s5 = rows[place + 5] * columns;
  const s6 = rows[place + 6] * columns;
  const s7 = rows[place + 7] * columns;
  const at = row * columns;
  for (let index = 0; index < columns; index++) {
    target[at + index] =
      target[at + index] +
      f0 * source[s0 + index] +
      f1 * source[s1 + index] +
      f2 * source[s2 + index] +
      f3 * source[s3 + index] +
      f4 * source[s4 + index] +
      f5 * source[s5 + index] +
      f6 * source[s6 + index] +
      f7 * source[s7 + index];
  }
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
