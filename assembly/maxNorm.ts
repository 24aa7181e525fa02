/**
 * The max-norm constraint: the weights into a unit, a column of W, have a norm of at most c (Srebro and
 * Shraibman 2005; Srivastava et al., JMLR 2014, section 5.1). A step's tiles of rows leave the sums of
 * their squares; together these say by which factor each column is to shrink.
 *
 * No alignment needed.
 */
import { FLOAT, fma, loadTail, storeTail, VECTOR } from "./simd";

/** squares `[columns]` = Σ over the rows of matrix² `[rows, columns]`. */
export function columnSquares(squares: usize, matrix: usize, rows: i32, columns: i32): void {
  memory.fill(squares, 0, <usize>columns * FLOAT);
  for (let row = 0; row < rows; row++) {
    let place = squares;
    const tail = columns & 3;
    const end = matrix + <usize>(columns & ~3) * FLOAT;
    while (matrix < end) {
      const w = v128.load(matrix);
      v128.store(place, fma(w, w, v128.load(place)));
      matrix += VECTOR;
      place += VECTOR;
    }
    if (tail) {
      const w = loadTail(matrix, tail);
      storeTail(place, fma(w, w, loadTail(place, tail)), tail);
      matrix += <usize>tail * FLOAT;
    }
  }
}

/**
 * factors `[columns]` = min(1, limit / √s), s the sum of squares `[tiles, columns]`, its rows `stride`
 * floats apart, first tile first. Returns whether any of them is below 1.
 */
export function normFactors(
  factors: usize,
  squares: usize,
  stride: i32,
  tiles: i32,
  columns: i32,
  limit: f32,
): bool {
  let shrinks = false;
  for (let column = 0; column < columns; column++) {
    const offset = <usize>column * FLOAT;
    let sum: f32 = 0;
    for (let tile = 0; tile < tiles; tile++) {
      sum += load<f32>(squares + offset + <usize>(tile * stride) * FLOAT);
    }
    const factor: f32 = sum > limit * limit ? limit / sqrt<f32>(sum) : 1;
    if (factor != 1) shrinks = true;
    store<f32>(factors + offset, factor);
  }
  return shrinks;
}

/** matrix `[rows, columns]` *= factors `[columns]`, each row. */
export function scaleColumns(matrix: usize, factors: usize, rows: i32, columns: i32): void {
  const tail = columns & 3;
  for (let row = 0; row < rows; row++) {
    let factor = factors;
    const end = matrix + <usize>(columns & ~3) * FLOAT;
    while (matrix < end) {
      v128.store(matrix, f32x4.mul(v128.load(matrix), v128.load(factor)));
      matrix += VECTOR;
      factor += VECTOR;
    }
    if (tail) {
      storeTail(matrix, f32x4.mul(loadTail(matrix, tail), loadTail(factor, tail)), tail);
      matrix += <usize>tail * FLOAT;
    }
  }
}
