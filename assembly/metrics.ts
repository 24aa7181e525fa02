/** Sums over a batch: what a step reports, and the gradient of the biases. */
import { FLOAT, loadTail, storeTail } from "./simd";

/**
 * sums `[columns]` = the sum of each column of matrix `[rows, columns]`, first row first.
 *
 * Cost: 4 bytes read an element; the sums stay in cache. No alignment needed.
 */
export function columnSums(sums: usize, matrix: usize, rows: i32, columns: i32): void {
  const whole = columns & ~3;
  const tail = columns & 3;
  const stride = <usize>columns * FLOAT;
  for (let column = 0; column < whole; column += 4) {
    let source = matrix + <usize>column * FLOAT;
    let sum = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      sum = f32x4.add(sum, v128.load(source));
      source += stride;
    }
    v128.store(sums + <usize>column * FLOAT, sum);
  }
  if (tail) {
    let source = matrix + <usize>whole * FLOAT;
    let sum = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      sum = f32x4.add(sum, loadTail(source, tail));
      source += stride;
    }
    storeTail(sums + <usize>whole * FLOAT, sum, tail);
  }
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
