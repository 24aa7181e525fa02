/** Softmax and its cross-entropy. */
import { exp, log } from "./math";
import {
  FLOAT,
  keepFirstLanes,
  loadTail,
  maximumOfLanes,
  storeTail,
  sumOfLanes,
  VECTOR,
} from "./simd";

/**
 * probabilities `[rows, classes]` = softmax of each row of logits `[rows, classes]`; the two may be
 * the same memory. The row's maximum is subtracted first, so that no exponential overflows.
 *
 * Cost: one exponential an element, three passes over a row in cache. No alignment needed.
 */
export function softmax(probabilities: usize, logits: usize, rows: i32, classes: i32): void {
  const stride = <usize>classes * FLOAT;
  for (let row = 0; row < rows; row++) {
    const sum = exponentials(probabilities, logits, maximum(logits, classes), classes);
    scale(probabilities, 1 / sum, classes);
    probabilities += stride;
    logits += stride;
  }
}

/**
 * Cross-entropy of the softmax of logits `[rows, classes]` against labels `[rows]` (int32), in nats:
 *
 *   losses `[rows]`            −ln softmax(z)_label = ln Σ e^(z_j − m) − (z_label − m), m = max z
 *   predicted `[rows]`, int32  the first class with the largest logit
 *   gradient `[rows, classes]` (softmax(z) − one-hot(label)) · weight, with weight = 1 / batch for a
 *                              mean loss; may be the same memory as the logits
 *
 * Cost: one exponential an element and one logarithm a row. No alignment needed.
 */
export function softmaxCrossEntropy(
  gradient: usize,
  losses: usize,
  predicted: usize,
  logits: usize,
  labels: usize,
  rows: i32,
  classes: i32,
  weight: f32,
): void {
  const stride = <usize>classes * FLOAT;
  for (let row = 0; row < rows; row++) {
    const label = <usize>load<i32>(labels) * FLOAT;
    const m = maximum(logits, classes);
    store<i32>(predicted, indexOf(logits, m, classes));
    const margin = load<f32>(logits + label) - m;
    const sum = exponentials(gradient, logits, m, classes);
    store<f32>(losses, f32x4.extract_lane(log(f32x4.splat(sum)), 0) - margin);
    scale(gradient, weight / sum, classes);
    store<f32>(gradient + label, load<f32>(gradient + label) - weight);
    gradient += stride;
    logits += stride;
    labels += FLOAT;
    losses += FLOAT;
    predicted += FLOAT;
  }
}

/** The largest of `[count]` values. */
function maximum(values: usize, count: i32): f32 {
  const tail = count & 3;
  let largest = f32x4.splat(f32.NEGATIVE_INFINITY);
  const end = values + <usize>(count & ~3) * FLOAT;
  while (values < end) {
    largest = f32x4.max(largest, v128.load(values));
    values += VECTOR;
  }
  if (tail) {
    const last = keepFirstLanes(loadTail(values, tail), tail, f32.NEGATIVE_INFINITY);
    largest = f32x4.max(largest, last);
  }
  return maximumOfLanes(largest);
}

/** The first index at which `[count]` values hold `value`; 0 if none does (NaN). */
function indexOf(values: usize, value: f32, count: i32): i32 {
  for (let index = 0; index < count; index++) {
    if (load<f32>(values + <usize>index * FLOAT) == value) return index;
  }
  return 0;
}

/** target `[count]` = e^(source − offset); returns the sum. */
function exponentials(target: usize, source: usize, offset: f32, count: i32): f32 {
  const tail = count & 3;
  const m = f32x4.splat(offset);
  let sum = f32x4.splat(0);
  const end = source + <usize>(count & ~3) * FLOAT;
  while (source < end) {
    const e = exp(f32x4.sub(v128.load(source), m));
    v128.store(target, e);
    sum = f32x4.add(sum, e);
    source += VECTOR;
    target += VECTOR;
  }
  if (tail) {
    const e = exp(f32x4.sub(loadTail(source, tail), m));
    storeTail(target, e, tail);
    sum = f32x4.add(sum, keepFirstLanes(e, tail, 0));
  }
  return sumOfLanes(sum);
}

/** values `[count]` *= factor */
function scale(values: usize, factor: f32, count: i32): void {
  const tail = count & 3;
  const f = f32x4.splat(factor);
  const end = values + <usize>(count & ~3) * FLOAT;
  while (values < end) {
    v128.store(values, f32x4.mul(v128.load(values), f));
    values += VECTOR;
  }
  if (tail) storeTail(values, f32x4.mul(loadTail(values, tail), f), tail);
}
