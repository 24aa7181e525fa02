/** The cosine without `Math.cos`, whose last bits differ between engines. */

/** cos x for 0 ≤ x ≤ π, error < 1e−15: its Taylor series about the nearer of 0, π/2 and π. */
export function cosine(x: number): number {
  if (x < Math.PI / 4) return cosineSeries(x);
  if (x > (3 * Math.PI) / 4) return -cosineSeries(Math.PI - x);
  return sineSeries(Math.PI / 2 - x);
}

/** 1 − x²/2! + x⁴/4! − … for |x| ≤ π/4. */
function cosineSeries(x: number): number {
  return series(x, 1, 1);
}

/** x − x³/3! + x⁵/5! − … for |x| ≤ π/4. */
function sineSeries(x: number): number {
  return series(x, x, 2);
}

function series(x: number, first: number, factorial: number): number {
  let term = first;
  let sum = first;
  for (let n = factorial; n < factorial + 20; n += 2) {
    term *= -(x * x) / (n * (n + 1));
    sum += term;
  }
  return sum;
}
