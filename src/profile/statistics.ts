/** Medians and what is known of them, without supposing how noise is distributed. */

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface Interval {
  readonly low: number;
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

/** Draws of the bootstrap. */
const RESAMPLES = 1000;

/**
 * The 95 % confidence interval of median(a) / median(b), by the bootstrap's percentiles (Efron and
 * Tibshirani 1993, section 13.3). The same samples give the same interval.
 */
export function ratioInterval(a: readonly number[], b: readonly number[]): Interval {
  const next = randomIndices();
  const draw = (values: readonly number[]) => median(values.map(() => values[next(values.length)]));
  const ratios = Array.from({ length: RESAMPLES }, () => draw(a) / draw(b)).sort((x, y) => x - y);
  const cut = Math.floor((RESAMPLES * (1 - CONFIDENCE)) / 2);
  return { low: ratios[cut], high: ratios[RESAMPLES - 1 - cut] };
}

/** Marsaglia's xorshift32. */
function randomIndices(): (count: number) => number {
  let state = 1;
  return (count) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
}
