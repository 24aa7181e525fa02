/** What quantities ought to be, or by mistake may be, each with the rounding that it may bring. */
import { Matrix } from "../../reference/matrix.js";
import { softmax } from "../../reference/network.js";
import type { Reference } from "./explain.js";
import { multiply, multiplyTransposed, norm, normOf, transpose } from "./products.js";
import type { Quantity } from "./quantity.js";

/**
 * A·B and its rounding: a sum of k products is rounded k times, by as much as its partial sums are large.
 * These grow like √k when the products have one sign, and hardly when they have not.
 */
export function product(a: Matrix, b: Matrix): Reference {
  return {
    matrix: multiply(a, b),
    sensitivity: (1 + Math.sqrt(a.columns) / 32) * normOf(a) * normOf(b),
  };
}

/** f(z) of every entry; its rounding grows with z where f is steep. */
export function apply(f: (z: number) => number, { matrix }: Quantity): Reference {
  const data = matrix.data.map((z) => f(z));
  let steepness = 0;
  for (const z of matrix.data) steepness += (1 + Math.abs(z)) ** 2;
  return {
    matrix: new Matrix(matrix.rows, matrix.columns, data),
    sensitivity: norm(data) + Math.sqrt(steepness),
  };
}

/** The softmax of each row. */
export function softmaxOf({ matrix }: Quantity): Reference {
  return { matrix: softmax(matrix), sensitivity: softmaxSensitivity(matrix) };
}

function softmaxSensitivity({ data, rows }: Matrix): number {
  let largest = 0;
  for (const value of data)
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return Math.sqrt(rows) * (1 + largest);
}

/** e^(z − m) / Σ over the samples: each column adds up to 1. */
export function overSamples(z: Matrix): Reference {
  return { matrix: transpose(softmax(transpose(z))), sensitivity: softmaxSensitivity(z) };
}

export function overAll(z: Matrix): Reference {
  const row = softmax(new Matrix(1, z.data.length, z.data));
  return {
    matrix: new Matrix(z.rows, z.columns, row.data),
    sensitivity: softmaxSensitivity(z) / Math.sqrt(z.rows),
  };
}

export function productTransposed(a: Matrix, b: Matrix): Reference {
  return {
    matrix: multiplyTransposed(a, b),
    sensitivity: (1 + Math.sqrt(a.rows) / 32) * normOf(a) * normOf(b),
  };
}

export function columnSums({ rows, columns, data }: Matrix): Reference {
  const sums = new Matrix(1, columns);
  for (let index = 0; index < data.length; index++) sums.data[index % columns] += data[index];
  return { matrix: sums, sensitivity: (1 + Math.sqrt(rows) / 32) * Math.sqrt(rows) * norm(data) };
}

export function rowSums({ rows, columns, data }: Matrix): Reference {
  const sums = new Matrix(rows, 1);
  for (let index = 0; index < data.length; index++)
    sums.data[Math.floor(index / columns)] += data[index];
  return { matrix: sums, sensitivity: 2 * Math.sqrt(columns) * norm(data) };
}

/** g through the softmax's Jacobian: p ⊙ (g − Σ g·p). */
export function throughSoftmax(p: Matrix, { matrix: g, sensitivity }: Reference): Reference {
  const result = new Matrix(p.rows, p.columns);
  for (let row = 0; row < p.rows; row++) {
    const start = row * p.columns;
    let sum = 0;
    for (let index = start; index < start + p.columns; index++)
      sum += g.data[index] * p.data[index];
    for (let index = start; index < start + p.columns; index++) {
      result.data[index] = p.data[index] * (g.data[index] - sum);
    }
  }
  return { matrix: result, sensitivity };
}

export function once(compute: () => Reference): () => Reference {
  let result: Reference | undefined;
  return () => {
    result ??= compute();
    return result;
  };
}

/** f of the entries of two matrices of the same shape. */
export function combine(a: Matrix, b: Matrix, f: (a: number, b: number) => number): Matrix {
  const result = new Matrix(a.rows, a.columns);
  for (let index = 0; index < result.data.length; index++) {
    result.data[index] = f(a.data[index], b.data[index]);
  }
  return result;
}
