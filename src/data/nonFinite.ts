/** Where an array has NaN or infinity. */

/** The place of the first of `values` that is NaN or infinite; −1 where all are finite. Allocates nothing then. */
export function findNonFinite(values: Float32Array): number {
  // 0 for finite numbers, NaN for any other. Four sums, since each addition waits for the one before.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = values.length & ~3;
  for (let place = 0; place < whole; place += 4) {
    a += values[place] * 0;
    b += values[place + 1] * 0;
    c += values[place + 2] * 0;
    d += values[place + 3] * 0;
  }
  for (let place = whole; place < values.length; place++) a += values[place] * 0;
  return a + b + c + d === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
