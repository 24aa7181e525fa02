/** Streams over memory: what a level of the caches delivers to SIMD loads and stores. */
import { fma, sumOfLanes, VECTOR } from "../simd";

/** Bytes of an iteration. */
const STEP: usize = 8 * VECTOR;

/** The sum of values `[count]`, a multiple of 32: loads and nothing else to wait for. */
export function readStream(values: usize, count: i32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  const end = values + ((<usize>count) << 2);
  for (; values < end; values += STEP) {
    s0 = f32x4.add(s0, v128.load(values));
    s1 = f32x4.add(s1, v128.load(values, 16));
    s2 = f32x4.add(s2, v128.load(values, 32));
    s3 = f32x4.add(s3, v128.load(values, 48));
    s4 = f32x4.add(s4, v128.load(values, 64));
    s5 = f32x4.add(s5, v128.load(values, 80));
    s6 = f32x4.add(s6, v128.load(values, 96));
    s7 = f32x4.add(s7, v128.load(values, 112));
  }
  const low = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  const high = f32x4.add(f32x4.add(s4, s5), f32x4.add(s6, s7));
  return sumOfLanes(f32x4.add(low, high));
}

/** `passes` times target `[count]` += a·source `[count]`, a multiple of 32: two loads and a store. */
export function updateStream(target: usize, source: usize, count: i32, a: f32, passes: i32): void {
  const factor = f32x4.splat(a);
  const end = target + ((<usize>count) << 2);
  for (let pass = 0; pass < passes; pass++) {
    for (let to = target, from = source; to < end; to += STEP, from += STEP) {
      v128.store(to, fma(factor, v128.load(from), v128.load(to)));
      v128.store(to, fma(factor, v128.load(from, 16), v128.load(to, 16)), 16);
      v128.store(to, fma(factor, v128.load(from, 32), v128.load(to, 32)), 32);
      v128.store(to, fma(factor, v128.load(from, 48), v128.load(to, 48)), 48);
      v128.store(to, fma(factor, v128.load(from, 64), v128.load(to, 64)), 64);
      v128.store(to, fma(factor, v128.load(from, 80), v128.load(to, 80)), 80);
      v128.store(to, fma(factor, v128.load(from, 96), v128.load(to, 96)), 96);
      v128.store(to, fma(factor, v128.load(from, 112), v128.load(to, 112)), 112);
    }
  }
}
