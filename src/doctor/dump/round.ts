/** Numbers that people write. */

/** First digits of thresholds and rates that somebody chose. */
const DIGITS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 7.5, 8, 9] as const;

/** Whether a number is one of these digits times a power of ten; chance hits them in 0.3 % of cases at 3·10⁻⁴. */
export function isRound(value: number, tolerance: number): boolean {
  if (!(value > 0) || !Number.isFinite(value)) return false;
  const digit = value / 10 ** Math.floor(Math.log10(value) + tolerance);
  return DIGITS.some((round) => Math.abs(digit / round - 1) <= tolerance);
}
