/** Sums over a batch: what a step reports, and the gradient of the biases. */
import { FLOAT, loadTail, storeTail, VECTOR } from "./simd";

/** Rows that are added at once. */
const ROWS: i32 = 8;

/**
 * sums `[columns]` = the sum of each column of matrix `[rows, columns]`, first row first.
 *
 * Eight rows are added from left to right before the next eight: memory is read in long pieces. Going down
 * the columns instead meets, in rows of 4 KB, the same few sets of a cache again and again.
 * Cost: 4 bytes read an element. No alignment needed.
 */
export function columnSums(sums: usize, matrix: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns * FLOAT;
  memory.fill(sums, 0, stride);
  let row = 0;
  for (; row + ROWS <= rows; row += ROWS) {
    add8Rows(sums, matrix, columns, stride);
    matrix += <usize>ROWS * stride;
  }
  for (; row < rows; row++) {
    addRow(sums, matrix, columns);
    matrix += stride;
  }
}

function add8Rows(sums: usize, r0: usize, columns: i32, stride: usize): void {
  const r1 = r0 + stride;
  const r2 = r1 + stride;
  const r3 = r2 + stride;
  const r4 = r3 + stride;
  const r5 = r4 + stride;
  const r6 = r5 + stride;
  const r7 = r6 + stride;
  const bytes = <usize>(columns & ~3) * FLOAT;
  for (let at: usize = 0; at < bytes; at += VECTOR) {
    let sum = f32x4.add(v128.load(sums + at), v128.load(r0 + at));
    sum = f32x4.add(sum, v128.load(r1 + at));
    sum = f32x4.add(sum, v128.load(r2 + at));
    sum = f32x4.add(sum, v128.load(r3 + at));
    sum = f32x4.add(sum, v128.load(r4 + at));
    sum = f32x4.add(sum, v128.load(r5 + at));
    sum = f32x4.add(sum, v128.load(r6 + at));
    v128.store(sums + at, f32x4.add(sum, v128.load(r7 + at)));
  }
  const tail = columns & 3;
  if (tail) {
    let sum = loadTail(sums + bytes, tail);
    for (let row = 0; row < ROWS; row++) {
      sum = f32x4.add(sum, loadTail(r0 + bytes, tail));
      r0 += stride;
    }
    storeTail(sums + bytes, sum, tail);
  }
}

function addRow(sums: usize, row: usize, columns: i32): void {
  const tail = columns & 3;
  const end = row + <usize>(columns & ~3) * FLOAT;
  while (row < end) {
    v128.store(sums, f32x4.add(v128.load(sums), v128.load(row)));
    sums += VECTOR;
    row += VECTOR;
  }
  if (tail) storeTail(sums, f32x4.add(loadTail(sums, tail), loadTail(row, tail)), tail);
}

/** The sum of losses `[count]` in float64, first to last. */
export function sumOfLosses(losses: usize, count: i32): f64 {
  let sum: f64 = 0;
  for (let index = 0; index < count; index++) {
    sum += <f64>load<f32>(losses + <usize>index * FLOAT);
  }
  return sum;
}

/**
 * Whether values `[count]` are finite. Without the sign the bits of float32 are integers in the order of the values,
 * with infinity above all numbers and NaN above that. Cost: 4 bytes read a value.
 */
export function areFinite(values: usize, count: i32): bool {
  const unsigned = 0x7fffffff;
  const infinity = 0x7f800000;
  let largest = i32x4.splat(0);
  const end = values + <usize>count * FLOAT;
  for (; values + VECTOR <= end; values += VECTOR) {
    largest = i32x4.max_s(largest, v128.and(v128.load(values), i32x4.splat(unsigned)));
  }
  for (; values < end; values += FLOAT) {
    largest = i32x4.max_s(largest, i32x4.splat(load<i32>(values) & unsigned));
  }
  return i32x4.all_true(i32x4.lt_s(largest, i32x4.splat(infinity)));
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
