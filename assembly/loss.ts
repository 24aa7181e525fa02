/** Losses of a batch: each sample's, and the gradient of their weighted sum. */
import { expInto, sigmoidInto } from "./elementwise";
import { exp, log, sigmoid } from "./math";
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
    const offset = <usize>row * stride;
    const m = maximum(logits + offset, classes);
    subtractInto(probabilities + offset, logits + offset, m, classes);
  }
  expInto(probabilities, probabilities, rows * classes);
  for (let row = 0; row < rows; row++) {
    scale(probabilities, 1 / sumOf(probabilities, classes), classes);
    probabilities += stride;
  }
}

/** values `[count]` = 1 / (1 + e^−values). Cost: one exponential an element. No alignment needed. */
export function logistic(values: usize, count: i32): void {
  sigmoidInto(values, values, count);
}

/**
 * Cross-entropy of the softmax of logits z `[rows, classes]` against labels `[rows]` (int32), in nats,
 * with target t_j = (1 − s)·[j = label] + s / classes, s the label smoothing (Szegedy et al. 2016,
 * section 7):
 *
 *   losses `[rows]`            ln Σ e^(z_j − m) − Σ t_j·(z_j − m), m = max z
 *   predicted `[rows]`, int32  the first class with the largest logit
 *   gradient `[rows, classes]` (softmax(z) − t) · weight, with weight = 1 / batch for a mean loss; may
 *                              be the same memory as the logits
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
  smoothing: f32,
  weight: f32,
): void {
  const stride = <usize>classes * FLOAT;
  const share = smoothing / <f32>classes;
  for (let row = 0; row < rows; row++) {
    const offset = <usize>row * stride;
    const z = logits + offset;
    const place = (<usize>row) << 2;
    const m = maximum(z, classes);
    store<i32>(predicted + place, indexOf(z, m, classes));
    let expected = load<f32>(z + <usize>load<i32>(labels + place) * FLOAT) - m;
    if (smoothing != 0) {
      expected = (1 - smoothing) * expected + share * sumOfMargins(z, m, classes);
    }
    store<f32>(losses + place, expected);
    subtractInto(gradient + offset, z, m, classes);
  }
  // The exponentials of all rows at once: no row waits for the one before, and only one end is ragged.
  expInto(gradient, gradient, rows * classes);
  for (let row = 0; row < rows; row++) {
    const label = gradient + <usize>load<i32>(labels) * FLOAT;
    const sum = sumOf(gradient, classes);
    const expected = load<f32>(losses);
    store<f32>(losses, f32x4.extract_lane(log(f32x4.splat(sum)), 0) - expected);
    scale(gradient, weight / sum, classes);
    store<f32>(label, load<f32>(label) - weight * (1 - smoothing));
    if (smoothing != 0) subtractInto(gradient, gradient, weight * share, classes);
    gradient += stride;
    labels += FLOAT;
    losses += FLOAT;
  }
}

/**
 * Binary cross-entropy of the logistic function of logits z `[rows, units]` against targets t in
 * [0, 1] of the same shape, in nats, the mean over the units:
 *
 *   losses `[rows]`          1/units Σ max(z, 0) − z·t + ln(1 + e^−|z|)
 *   gradient `[rows, units]` (σ(z) − t) · weight / units; may be the same memory as the logits
 *
 * Cost: two exponentials and a logarithm an element. No alignment needed.
 */
export function binaryCrossEntropy(
  gradient: usize,
  losses: usize,
  logits: usize,
  targets: usize,
  rows: i32,
  units: i32,
  weight: f32,
): void {
  elementwiseLoss<BinaryCrossEntropy>(gradient, losses, logits, targets, rows, units, weight);
}

/**
 * Squared error of outputs a `[rows, units]` against targets t of the same shape, the mean over the
 * units:
 *
 *   losses `[rows]`          1/units Σ (a − t)²
 *   gradient `[rows, units]` ∂/∂a: 2·(a − t) · weight / units; may be the same memory as the outputs
 *
 * Cost: 12 bytes moved an element. No alignment needed.
 */
export function squaredError(
  gradient: usize,
  losses: usize,
  outputs: usize,
  targets: usize,
  rows: i32,
  units: i32,
  weight: f32,
): void {
  elementwiseLoss<SquaredError>(gradient, losses, outputs, targets, rows, units, weight);
}

interface ElementwiseLoss {
  loss(output: v128, target: v128): v128;
  gradient(output: v128, target: v128): v128;
}

@unmanaged
class BinaryCrossEntropy {
  loss(z: v128, t: v128): v128 {
    const rest = log(f32x4.add(f32x4.splat(1), exp(f32x4.neg(f32x4.abs(z)))));
    const linear = f32x4.sub(f32x4.max(z, f32x4.splat(0)), f32x4.mul(z, t));
    return f32x4.add(linear, rest);
  }
  gradient(z: v128, t: v128): v128 {
    return f32x4.sub(sigmoid(z), t);
  }
}

@unmanaged
class SquaredError {
  loss(a: v128, t: v128): v128 {
    const difference = f32x4.sub(a, t);
    return f32x4.mul(difference, difference);
  }
  gradient(a: v128, t: v128): v128 {
    const difference = f32x4.sub(a, t);
    return f32x4.add(difference, difference);
  }
}

function elementwiseLoss<L extends ElementwiseLoss>(
  gradient: usize,
  losses: usize,
  outputs: usize,
  targets: usize,
  rows: i32,
  units: i32,
  weight: f32,
): void {
  const kind = changetype<L>(0);
  const tail = units & 3;
  const share = weight / <f32>units;
  const factor = f32x4.splat(share);
  for (let row = 0; row < rows; row++) {
    let sum = f32x4.splat(0);
    const end = outputs + <usize>(units & ~3) * FLOAT;
    while (outputs < end) {
      const output = v128.load(outputs);
      const target = v128.load(targets);
      sum = f32x4.add(sum, kind.loss(output, target));
      v128.store(gradient, f32x4.mul(kind.gradient(output, target), factor));
      outputs += VECTOR;
      targets += VECTOR;
      gradient += VECTOR;
    }
    if (tail) {
      const output = loadTail(outputs, tail);
      const target = loadTail(targets, tail);
      sum = f32x4.add(sum, keepFirstLanes(kind.loss(output, target), tail, 0));
      storeTail(gradient, f32x4.mul(kind.gradient(output, target), factor), tail);
      const bytes = <usize>tail * FLOAT;
      outputs += bytes;
      targets += bytes;
      gradient += bytes;
    }
    store<f32>(losses, sumOfLanes(sum) / <f32>units);
    losses += FLOAT;
  }
}

/**
 * predicted `[rows]` (int32) = the first class with the largest of outputs `[rows, units]`; of a single
 * output, 1 where it is above `threshold` and else 0.
 */
export function classify(
  predicted: usize,
  outputs: usize,
  rows: i32,
  units: i32,
  threshold: f32,
): void {
  for (let row = 0; row < rows; row++) {
    const index =
      units == 1
        ? i32(load<f32>(outputs) > threshold)
        : indexOf(outputs, maximum(outputs, units), units);
    store<i32>(predicted + ((<usize>row) << 2), index);
    outputs += <usize>units * FLOAT;
  }
}

/** The largest of `[count]` values; what is NaN may count or not, and shows in the exponentials. */
function maximum(values: usize, count: i32): f32 {
  const tail = count & 3;
  let largest = f32x4.splat(f32.NEGATIVE_INFINITY);
  const end = values + <usize>(count & ~3) * FLOAT;
  while (values < end) {
    largest = f32x4.pmax(largest, v128.load(values));
    values += VECTOR;
  }
  if (tail) {
    const last = keepFirstLanes(loadTail(values, tail), tail, f32.NEGATIVE_INFINITY);
    largest = f32x4.pmax(largest, last);
  }
  return maximumOfLanes(largest);
}

/** The first index at which `[count]` values hold `value`; 0 if none does (NaN). */
function indexOf(values: usize, value: f32, count: i32): i32 {
  const wanted = f32x4.splat(value);
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const found = i32x4.bitmask(f32x4.eq(v128.load(values + ((<usize>index) << 2)), wanted));
    if (found) return index + ctz(found);
  }
  for (; index < count; index++) {
    if (load<f32>(values + ((<usize>index) << 2)) == value) return index;
  }
  return 0;
}

/** target `[count]` = source − amount; the two may be the same memory. */
function subtractInto(target: usize, source: usize, amount: f32, count: i32): void {
  const subtrahend = f32x4.splat(amount);
  const tail = count & 3;
  const end = source + <usize>(count & ~3) * FLOAT;
  while (source < end) {
    v128.store(target, f32x4.sub(v128.load(source), subtrahend));
    source += VECTOR;
    target += VECTOR;
  }
  if (tail) storeTail(target, f32x4.sub(loadTail(source, tail), subtrahend), tail);
}

/** The sum of `[count]` values, four at a time. */
function sumOf(values: usize, count: i32): f32 {
  let sum = f32x4.splat(0);
  const tail = count & 3;
  const end = values + <usize>(count & ~3) * FLOAT;
  while (values < end) {
    sum = f32x4.add(sum, v128.load(values));
    values += VECTOR;
  }
  if (tail) sum = f32x4.add(sum, loadTail(values, tail));
  return sumOfLanes(sum);
}

/** Σ (values − offset) over `[count]` values. */
function sumOfMargins(values: usize, offset: f32, count: i32): f32 {
  let sum: f32 = 0;
  for (let index = 0; index < count; index++) {
    sum += load<f32>(values + <usize>index * FLOAT) - offset;
  }
  return sum;
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
