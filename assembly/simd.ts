/**
 * Helpers on four lanes of 32-bit floats that more than one kernel needs. None of them reads or
 * writes outside the values that it is asked for, so that buffers need no padding.
 */

/** Bytes of one vector and of one 32-bit float. */
export const VECTOR: usize = 16;
export const FLOAT: usize = 4;

/**
 * a·b + c: rounded twice on plain SIMD, which has no fused multiply-add; on relaxed SIMD rounded as
 * the machine does it, on any of today's once.
 */
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** (lane 0 + lane 2) + (lane 1 + lane 3): one fixed order, so that sums keep their bits. */
export function sumOfLanes(x: v128): f32 {
  const pairs = f32x4.add(
    x,
    i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
  );
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The largest lane. */
export function maximumOfLanes(x: v128): f32 {
  const pairs = f32x4.max(
    x,
    i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
  );
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** Loads the 1 to 3 floats at `source`; the other lanes are 0. */
export function loadTail(source: usize, count: i32): v128 {
  if (count == 1) return v128.load32_zero(source);
  const pair = v128.load64_zero(source);
  return count == 2 ? pair : v128.load32_lane(source, pair, 2, 8);
}

/** Stores the first 1 to 3 lanes of `x` at `target`. */
export function storeTail(target: usize, x: v128, count: i32): void {
  if (count == 1) {
    v128.store32_lane(target, x, 0);
    return;
  }
  v128.store64_lane(target, x, 0);
  if (count == 3) v128.store32_lane(target, x, 2, 8);
}

/**
 * Loads the first 4 of `count` floats, or all if there are fewer; the other lanes are 0. For loops
 * whose body is long: the tail is one more iteration and not a second copy.
 */
export function loadUpTo4(source: usize, count: i32): v128 {
  return count >= 4 ? v128.load(source) : loadTail(source, count);
}

/** Stores the first 4 or `count` lanes of `x`, whichever is less. */
export function storeUpTo4(target: usize, x: v128, count: i32): void {
  if (count >= 4) v128.store(target, x);
  else storeTail(target, x, count);
}

/** The first `count` lanes (1 to 3) of `x`, and `filler` in the others. */
export function keepFirstLanes(x: v128, count: i32, filler: f32): v128 {
  const lanes = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
  return v128.bitselect(x, f32x4.splat(filler), lanes);
}
