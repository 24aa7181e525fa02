/** Products over the entries of a sparse matrix as plain loops, 32 units at a time. */

/** X `[rows, features]` by its entries: row r has those from starts[r] to starts[r + 1] − 1. */
export interface Entries {
  readonly starts: Int32Array;
  readonly features: Int32Array;
  readonly values: Float32Array;
}

/** z `[rows, 32]` = X·W `[features, 32]`. */
export function sparseForward(
  z: Float32Array,
  weights: Float32Array,
  { starts, features, values }: Entries,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < 32; unit++) z[row * 32 + unit] = 0;
    for (let entry = starts[row]; entry < starts[row + 1]; entry++) {
      const feature = features[entry];
      const x = values[entry];
      for (let unit = 0; unit < 32; unit++) {
        z[row * 32 + unit] += x * weights[feature * 32 + unit];
      }
    }
  }
}

/** sums `[features, 32]` = Xᵀ·gradient `[rows, 32]`. */
export function sparseGradient(
  sums: Float32Array,
  gradient: Float32Array,
  { starts, features, values }: Entries,
  rows: number,
): void {
  sums.fill(0);
  for (let row = 0; row < rows; row++) {
    for (let entry = starts[row]; entry < starts[row + 1]; entry++) {
      const feature = features[entry];
      const x = values[entry];
      for (let unit = 0; unit < 32; unit++) {
        sums[feature * 32 + unit] += x * gradient[row * 32 + unit];
      }
    }
  }
}

/**
 * A matrix `[rows, columns]` transposed. It is `[⌈columns / 32⌉, rows, 32]`, and becomes
 * `[⌈rows / 32⌉, columns, 32]`.
 */
export function transpose(
  target: Float32Array,
  source: Float32Array,
  rows: number,
  columns: number,
): void {
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      target[((row >> 5) * columns + column) * 32 + (row & 31)] =
        source[((column >> 5) * rows + row) * 32 + (column & 31)];
    }
  }
}
