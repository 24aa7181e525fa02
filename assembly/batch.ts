/**
 * Gathers a batch from the data set: row i of the batch is sample order[first + i], or sample
 * first + i where `order` is 0.
 */
import { FLOAT, VECTOR } from "./simd";

/** Bytes stand for byte / 255. */
const BYTE_SCALE: f32 = 1.0 / 255.0;

/** The sample at a position of the order. */
export function sampleAt(order: usize, position: i32): i32 {
  return order ? load<i32>(order + ((<usize>position) << 2)) : position;
}

/**
 * batch `[rows, features]` of float32 = samples of inputs `[samples, features]` of bytes, scaled
 * to [0, 1]. Cost: 5 bytes moved an element. No alignment needed.
 */
export function gatherBytes(
  batch: usize,
  inputs: usize,
  order: usize,
  first: i32,
  rows: i32,
  features: i32,
): void {
  const scale = f32x4.splat(BYTE_SCALE);
  const whole = features & ~7;
  for (let row = 0; row < rows; row++) {
    const source = inputs + <usize>sampleAt(order, first + row) * features;
    let index = 0;
    for (; index < whole; index += 8) {
      const words = v128.load8x8_u(source + index);
      const target = batch + <usize>index * FLOAT;
      const low = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words));
      const high = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(words));
      v128.store(target, f32x4.mul(low, scale));
      v128.store(target, f32x4.mul(high, scale), VECTOR);
    }
    for (; index < features; index++) {
      store<f32>(batch + <usize>index * FLOAT, <f32>load<u8>(source + index) * BYTE_SCALE);
    }
    batch += <usize>features * FLOAT;
  }
}

/** The same from inputs of float32, as they are. Cost: 8 bytes moved an element. */
export function gatherFloats(
  batch: usize,
  inputs: usize,
  order: usize,
  first: i32,
  rows: i32,
  features: i32,
): void {
  const bytes = <usize>features * FLOAT;
  for (let row = 0; row < rows; row++) {
    memory.copy(batch, inputs + <usize>sampleAt(order, first + row) * bytes, bytes);
    batch += bytes;
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
