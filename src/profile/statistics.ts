/** Medians and what is known of them, without supposing how noise is distributed. */

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** From `low` to `high`, in the unit of what it is of. */
export interface Interval {
  /** The lower end. */
  readonly low: number;
  /** The higher end. */
  readonly high: number;
}

/** Of a distribution's median or of anything else that is said of samples. */
const CONFIDENCE = 0.95;

/**
 * The 95 % confidence interval of the median, from order statistics: how many of n samples are below the
 * median is binomial with p = ½ (Conover, Practical Nonparametric Statistics, section 3.2). Fewer than
 * six samples cannot give it; then it is their range.
 */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let rank = 0;
  let probability = 2 ** -n;
  let below = probability;
  while (below <= (1 - CONFIDENCE) / 2) {
    rank++;
    probability *= (n - rank + 1) / rank;
    below += probability;
  }
  const first = Math.max(0, rank - 1);
  return { low: sorted[first], high: sorted[n - 1 - first] };
}

/** A number and the interval that it is known to lie in. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/**
 * The median of samples, and where another measurement's is expected. Each sample is the fastest of several batches, so
 * that what is left in them is what the machine was like at the time. The interval begins at the fastest sample, since
 * all may be like that the next time, and reaches over the 95 % confidence interval of the median up to the slowest
 * pass but one: that is what a machine that changed meanwhile shows, and a single disturbed pass does not.
 *
 * @param passes the fastest batch of each pass
 */
export function estimate(samples: readonly number[], passes: readonly number[]): Estimate {
  const slowest = [...passes].sort((a, b) => b - a).slice(passes.length > 2 ? 1 : 0);
  const high = Math.max(medianInterval(samples).high, ...slowest);
  return { value: median(samples), interval: { low: Math.min(...samples), high } };
}

/** How far the further end of the interval is away, as a part: 0.05 for 5 % more, or for the value being 5 % more. */
export function uncertaintyOf({ value, interval: { low, high } }: Estimate): number {
  return Math.max(high / value, value / low) - 1;
}

/**
 * a / b and its 95 % confidence interval, from theirs: logarithms of the distances to the ends add up as squares
 * (MOVER, Donner and Zou 2012).
 */
export function ratioOf(a: Estimate, b: Estimate): Estimate {
  const value = a.value / b.value;
  const up = Math.hypot(Math.log(a.interval.high / a.value), Math.log(b.value / b.interval.low));
  const down = Math.hypot(Math.log(a.value / a.interval.low), Math.log(b.interval.high / b.value));
  return { value, interval: { low: value * Math.exp(-down), high: value * Math.exp(up) } };
}
