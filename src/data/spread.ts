/** By what numbers are standardised. */

/**
 * Mean and standard deviation of the values that are not NaN, 1 where all are the same; in two passes, for exactness.
 */
export function spreadOf(
  count: number,
  valueAt: (index: number) => number,
): { readonly mean: number; readonly scale: number } {
  let known = 0;
  let sum = 0;
  for (let index = 0; index < count; index++) {
    const value = valueAt(index);
    if (Number.isNaN(value)) continue;
    known++;
    sum += value;
  }
  if (known === 0) return { mean: 0, scale: 1 };
  const mean = sum / known;
  let squares = 0;
  for (let index = 0; index < count; index++) {
    const value = valueAt(index);
    if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  }
  const deviation = Math.sqrt(squares / known);
  // Of equal values, rounding may leave a deviation that means nothing.
  return { mean, scale: deviation > 1e-9 * Math.abs(mean) ? deviation : 1 };
}
