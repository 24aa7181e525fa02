/** Sums over a batch: what a step reports, and the gradient of the biases. */
import { FLOAT, loadTail, storeTail } from "./simd";

/**
 * sums `[columns]` = the sum of each column of matrix `[rows, columns]`, first row first.
 *
 * Columns are taken 16 at a time, a whole cache line of each row; what is left of them in fours.
 * Cost: 4 bytes read an element. No alignment needed.
 */
export function columnSums(sums: usize, matrix: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns * FLOAT;
  let column = 0;
  for (; column + 16 <= columns; column += 16) {
    const offset = <usize>column * FLOAT;
    sumOf16Columns(sums + offset, matrix + offset, rows, stride);
  }
  for (; column < columns; column += 4) {
    const offset = <usize>column * FLOAT;
    sumOf4Columns(sums + offset, matrix + offset, rows, stride, min(4, columns - column));
  }
}

function sumOf16Columns(sums: usize, matrix: usize, rows: i32, stride: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let row = 0; row < rows; row++) {
    s0 = f32x4.add(s0, v128.load(matrix));
    s1 = f32x4.add(s1, v128.load(matrix, 16));
    s2 = f32x4.add(s2, v128.load(matrix, 32));
    s3 = f32x4.add(s3, v128.load(matrix, 48));
    matrix += stride;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}

/** The same for up to 4 columns. */
function sumOf4Columns(sums: usize, matrix: usize, rows: i32, stride: usize, count: i32): void {
  let sum = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    sum = f32x4.add(sum, count == 4 ? v128.load(matrix) : loadTail(matrix, count));
    matrix += stride;
  }
  if (count == 4) v128.store(sums, sum);
  else storeTail(sums, sum, count);
}

/** The sum of losses `[count]` in float64, first to last. */
export function sumOfLosses(losses: usize, count: i32): f64 {
  let sum: f64 = 0;
  for (let index = 0; index < count; index++) {
    sum += <f64>load<f32>(losses + <usize>index * FLOAT);
  }
  return sum;
}

/** How many of predicted `[count]` and labels `[count]`, both int32, are equal. */
export function countCorrect(predicted: usize, labels: usize, count: i32): i32 {
  let correct = 0;
  for (let index = 0; index < count; index++) {
    const offset = (<usize>index) << 2;
    correct += i32(load<i32>(predicted + offset) == load<i32>(labels + offset));
  }
  return correct;
}
