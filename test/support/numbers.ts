/** Inputs and comparisons that the kernel tests share. */

/** A small generator of test inputs (Marsaglia's xorshift32): the same numbers on each run. */
export function randomNumbers(seed = 1): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 32) * 2 - 1;
  };
}

/** `[count]` float32 values between −scale and scale. */
export function randomFloats(count: number, seed = 1, scale = 1): Float32Array {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => next() * scale);
}

/** The distance to the next float32, at the magnitude of `value`. */
export function unitInLastPlace(value: number): number {
  const magnitude = Math.max(Math.abs(Math.fround(value)), 2 ** -126);
  return 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** The largest |actual − expected| over a sequence, with where it is; infinite where one is NaN. */
export function largestDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): { difference: number; index: number } {
  let difference = 0;
  let index = -1;
  if (actual.length !== expected.length) return { difference: Number.POSITIVE_INFINITY, index };
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(actual[i] - expected[i]);
    if (Number.isNaN(distance)) return { difference: Number.POSITIVE_INFINITY, index: i };
    if (distance > difference) {
      difference = distance;
      index = i;
    }
  }
  return { difference, index };
}
