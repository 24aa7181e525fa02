/** Matrix products as plain loops; `assembly/profile/scalar.ts` has the same ones. */

/** C `[rows, columns]` = A `[rows, depth]` · B `[depth, columns]`. */
export function gemmNN(
  c: Float32Array,
  a: Float32Array,
  b: Float32Array,
  rows: number,
  columns: number,
  depth: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) c[i * columns + j] = 0;
    for (let k = 0; k < depth; k++) {
      const x = a[i * depth + k];
      for (let j = 0; j < columns; j++) c[i * columns + j] += x * b[k * columns + j];
    }
  }
}

/** The same of B stored `[columns, depth]`. */
export function gemmNT(
  c: Float32Array,
  a: Float32Array,
  b: Float32Array,
  rows: number,
  columns: number,
  depth: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += a[i * depth + k] * b[j * depth + k];
      c[i * columns + j] = sum;
    }
  }
}

/** The same of A stored `[depth, rows]`. */
export function gemmTN(
  c: Float32Array,
  a: Float32Array,
  b: Float32Array,
  rows: number,
  columns: number,
  depth: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) c[i * columns + j] = 0;
    for (let k = 0; k < depth; k++) {
      const x = a[k * rows + i];
      for (let j = 0; j < columns; j++) c[i * columns + j] += x * b[k * columns + j];
    }
  }
}
