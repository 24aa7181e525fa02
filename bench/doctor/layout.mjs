/** How a program holds its arrays, and what it saves of them. */
import { argmax } from "./program.mjs";

/** @typedef {{ name: string, shape: number[], dtype: string, values: Float64Array | Float32Array | Int32Array | Uint8Array }} NumericArray */

/**
 * @typedef {object} Layout
 * @property {"rows" | "columns"} samples
 * @property {"in×out" | "out×in"} weights
 * @property {"vector" | "matrix"} biases `(units,)`, or `(1, units)` / `(units, 1)`
 * @property {"one-hot" | "integers"} labels
 * @property {string} [labelType] of integers: "int64", "int32" or "uint8"
 * @property {string} [inputType] "uint8" or "float32" where X is stored as such
 * @property {boolean} [percent] accuracy in percent
 * @property {boolean} [keepsDimensions] numbers are saved as `(1, 1)`, vectors as matrices
 * @property {ReadonlySet<string>} [omitted] names that are not saved
 */

const TYPES = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int32: Int32Array,
};

/**
 * The arrays of a dump.
 *
 * @param {Record<string, import("./program.mjs").Matrix>} values of `step`
 * @param {{ layout: Layout, precision: string, learningRate: number }} options
 * @returns {NumericArray[]}
 */
export function dumpArrays(values, { layout, precision, learningRate }) {
  const arrays = [
    { name: "lr", shape: [], dtype: "float64", values: Float64Array.of(learningRate) },
  ];
  for (const [name, matrix] of Object.entries(values)) {
    if (/^dA/.test(name)) continue;
    arrays.push({ name, ...inLayout(name, matrix, layout, precision) });
  }
  return arrays.filter(({ name }) => !layout.omitted?.has(name));
}

function inLayout(name, matrix, layout, precision) {
  if (name === "Y" && layout.labels === "integers" && matrix.columns > 1) {
    return integerLabels(argmax(matrix, 1), layout);
  }
  if (name === "Y" && matrix.columns === 1) {
    const shape = layout.samples === "rows" ? [matrix.rows, 1] : [1, matrix.rows];
    return { ...integerLabels([...matrix.data], layout), shape };
  }
  if (name === "X")
    return store(matrix, layout.samples === "columns", layout.inputType ?? precision);
  if (name === "accuracy") {
    const values = Float64Array.of(matrix.data[0] * (layout.percent ? 100 : 1));
    return { shape: [], dtype: "float64", values };
  }
  if (/^d?W/.test(name)) return store(matrix, layout.weights === "out×in", precision);
  const stored = store(matrix, layout.samples === "columns", precision);
  const isVector = matrix.rows === 1 || matrix.columns === 1;
  if (name === "loss" && isVector && !layout.keepsDimensions) {
    return { ...stored, shape: matrix.data.length === 1 ? [] : [matrix.data.length] };
  }
  if (/^d?b/.test(name)) {
    if (matrix.data.length === 1) return { ...stored, shape: [] };
    if (matrix.rows === 1 && layout.biases === "vector")
      return { ...stored, shape: [matrix.columns] };
  }
  return stored;
}

function integerLabels(labels, { labelType = "int64" }) {
  // Whole numbers of 64 bits are handed over as float64, which holds those up to 2⁵³.
  const values = (TYPES[labelType] ?? Float64Array).from(labels);
  return { shape: [labels.length], dtype: labelType, values };
}

function store({ rows, columns, data }, transposed, dtype) {
  if (!transposed) return { shape: [rows, columns], dtype, values: TYPES[dtype].from(data) };
  const values = new TYPES[dtype](data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      values[column * rows + row] = data[row * columns + column];
    }
  }
  return { shape: [columns, rows], dtype, values };
}
