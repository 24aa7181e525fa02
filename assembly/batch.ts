/**
 * Gathers a batch from the data set: row i of the batch is sample order[first + i], or sample
 * first + i where `order` is 0.
 */
import { FLOAT, VECTOR } from "./simd";

/** The sample at a position of the order. */
export function sampleAt(order: usize, position: i32): i32 {
  return order ? load<i32>(order + ((<usize>position) << 2)) : position;
}

/**
 * batch `[rows, features]` of float32 = samples of inputs `[samples, features]` of bytes, times
 * `scale`; row i is sample order[first + i], or first + i where `order` is 0. Cost: 5 bytes moved an
 * element. No alignment needed.
 */
export function gatherBytes(
  batch: usize,
  inputs: usize,
  order: usize,
  first: i32,
  rows: i32,
  features: i32,
  scale: f32,
): void {
  const factor = f32x4.splat(scale);
  const whole = features & ~7;
  for (let row = 0; row < rows; row++) {
    const source = inputs + <usize>sampleAt(order, first + row) * features;
    let index = 0;
    for (; index < whole; index += 8) {
      const words = v128.load8x8_u(source + index);
      const target = batch + <usize>index * FLOAT;
      const low = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words));
      const high = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(words));
      v128.store(target, f32x4.mul(low, factor));
      v128.store(target, f32x4.mul(high, factor), VECTOR);
    }
    for (; index < features; index++) {
      store<f32>(batch + <usize>index * FLOAT, <f32>load<u8>(source + index) * scale);
    }
    batch += <usize>features * FLOAT;
  }
}

/**
 * batch `[rows, features]` = samples of inputs `[samples, features]`, both float32, times `scale`; row i is sample
 * order[first + i], or first + i where `order` is 0. Cost: 8 bytes moved an element. No alignment needed.
 */
export function gatherFloats(
  batch: usize,
  inputs: usize,
  order: usize,
  first: i32,
  rows: i32,
  features: i32,
  scale: f32,
): void {
  const bytes = <usize>features * FLOAT;
  for (let row = 0; row < rows; row++) {
    const source = inputs + <usize>sampleAt(order, first + row) * bytes;
    if (scale == 1) memory.copy(batch, source, bytes);
    else scaleInto(batch, source, features, scale);
    batch += bytes;
  }
}

function scaleInto(target: usize, source: usize, count: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  const whole = count & ~3;
  for (let index = 0; index < whole; index += 4) {
    const offset = <usize>index * FLOAT;
    v128.store(target + offset, f32x4.mul(v128.load(source + offset), factor));
  }
  for (let index = whole; index < count; index++) {
    const offset = <usize>index * FLOAT;
    store<f32>(target + offset, load<f32>(source + offset) * scale);
  }
}

/** batch `[rows]` = labels of the samples, both int32. */
export function gatherLabels(
  batch: usize,
  labels: usize,
  order: usize,
  first: i32,
  rows: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const label = load<i32>(labels + ((<usize>sampleAt(order, first + row)) << 2));
    store<i32>(batch + ((<usize>row) << 2), label);
  }
}

/**
 * targets `[rows, units]` (float32) = what the labels `[rows]` (int32) ask of the outputs: 1 for the
 * label's unit and 0 for the others; of a single unit, the label itself, 0 or 1.
 */
export function labelTargets(targets: usize, labels: usize, rows: i32, units: i32): void {
  for (let row = 0; row < rows; row++) {
    const label = load<i32>(labels + ((<usize>row) << 2));
    for (let unit = 0; unit < units; unit++) {
      const target: f32 = units == 1 ? <f32>label : <f32>i32(unit == label);
      store<f32>(targets, target);
      targets += FLOAT;
    }
  }
}
