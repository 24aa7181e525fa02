/**
 * Dropout: each value is 0 with probability p, and the others are scaled by 1 / (1 − p), so that the
 * mean stays (Srivastava et al., JMLR 2014, section 10: "inverted" dropout).
 *
 * Who is dropped is a function of (seed, epoch, layer, position of the sample in the epoch, unit), drawn
 * from Philox: the same for any number of threads. Sixteen bits decide on a unit, so p is a multiple of
 * 2⁻¹⁶: `threshold` = p·2¹⁶. One Philox call of four blocks serves 32 units.
 *
 * Cost: 8 bytes moved an element and two random bytes.
 */
import { philox4 } from "./philox4";
import { FLOAT, loadTail, storeTail, VECTOR } from "./simd";

/** Beside the purposes of `random.ts`. */
const DROPOUT: u32 = 2;
/** Units that one call of `philox4` serves. */
const GROUP: i32 = 32;
/** Bytes of room for its words. */
export const DROPOUT_SCRATCH: usize = 64;

/**
 * Drops of values `[rows, units]`, and of the `factors` of the backward pass where that is not 0,
 * rows `stride` floats apart; `values` is unit `firstUnit`, a multiple of 32, of the sample at
 * `position`. `words` is scratch memory, 64 bytes.
 */
export function dropUnits(
  values: usize,
  factors: usize,
  stride: i32,
  rows: i32,
  units: i32,
  firstUnit: i32,
  position: i32,
  layer: u32,
  threshold: i32,
  scale: f32,
  seed: u32,
  epoch: u32,
  words: usize,
): void {
  const bytes = <usize>stride * FLOAT;
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit += GROUP) {
      draw(words, firstUnit + unit, position + row, layer, seed, epoch);
      const count = min(GROUP, units - unit);
      const offset = <usize>unit * FLOAT;
      dropGroup(values + offset, words, count, threshold, scale);
      if (factors) dropGroup(factors + offset, words, count, threshold, scale);
    }
    values += bytes;
    if (factors) factors += bytes;
  }
}

/** Drops of bytes `[rows, features]`, as `dropUnits` does of float32, without scaling what is left. */
export function dropBytes(
  values: usize,
  rows: i32,
  features: i32,
  position: i32,
  threshold: i32,
  seed: u32,
  epoch: u32,
  words: usize,
): void {
  const t = i16x8.splat(<i16>threshold);
  for (let row = 0; row < rows; row++) {
    for (let feature = 0; feature < features; feature += GROUP) {
      draw(words, feature, position + row, 0, seed, epoch);
      const place = values + feature;
      if (feature + GROUP <= features) {
        v128.store(place, v128.and(v128.load(place), keptBytes(words, t)));
        v128.store(place, v128.and(v128.load(place, 16), keptBytes(words + 32, t)), 16);
      } else {
        for (let index = 0; index < features - feature; index++) {
          if (<i32>load<u16>(words + ((<usize>index) << 1)) < threshold) {
            store<u8>(place + index, 0);
          }
        }
      }
    }
    values += features;
  }
}

function draw(words: usize, unit: i32, position: i32, layer: u32, seed: u32, epoch: u32): void {
  philox4(words, (<u32>unit / GROUP) * 4, <u32>position, layer, epoch, seed, DROPOUT);
}

/** All ones in the bytes whose random number, of 16 in `words`, is not below the threshold. */
function keptBytes(words: usize, threshold: v128): v128 {
  const low = i16x8.ge_u(v128.load(words), threshold);
  const high = i16x8.ge_u(v128.load(words, 16), threshold);
  return i8x16.narrow_i16x8_s(low, high);
}

function dropGroup(values: usize, words: usize, count: i32, threshold: i32, scale: f32): void {
  const t = i32x4.splat(threshold);
  const s = f32x4.splat(scale);
  const end = values + <usize>(count & ~3) * FLOAT;
  while (values < end) {
    const kept = i32x4.ge_s(v128.load16x4_u(words), t);
    v128.store(values, v128.and(f32x4.mul(v128.load(values), s), kept));
    values += VECTOR;
    words += 8;
  }
  const tail = count & 3;
  if (tail) {
    const kept = i32x4.ge_s(v128.load16x4_u(words), t);
    storeTail(values, v128.and(f32x4.mul(loadTail(values, tail), s), kept), tail);
  }
}
