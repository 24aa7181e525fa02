/** A penalty on the weights within their gradient. */
import type { Factor, Hypothesis } from "./explain.js";
import type { LayerDump } from "./orientation.js";
import { norm } from "./products.js";
import type { Quantity } from "./quantity.js";

/** λ > 0 for which dW = c·reference + λ·W, c a factor without a mistake; undefined when there is none. */
export function decayOf(
  dW: Quantity,
  textbook: Hypothesis,
  { W }: LayerDump,
  factors: readonly Factor[],
  roundoff: number,
  sign: 1 | -1,
): { readonly decay: number } | undefined {
  const { matrix: reference, sensitivity } = textbook.compute();
  const x = dW.matrix.data;
  const w = W.matrix.data;
  const r = reference.data;
  if (x.length !== r.length || norm(w) === 0) return undefined;
  const unit = Math.max(roundoff, dW.roundoff) * 32;
  for (const { value, mistakes } of factors) {
    if (mistakes.length > 0) continue;
    let wx = 0;
    let ww = 0;
    let total = 0;
    for (let index = 0; index < x.length; index++) {
      const rest = x[index] - value * r[index];
      wx += rest * w[index];
      ww += w[index] * w[index];
      total += rest * rest;
    }
    const noise = unit * (Math.abs(value) * sensitivity + norm(x));
    const left = Math.sqrt(Math.max(0, total - (wx * wx) / ww));
    if (Math.sqrt(total) <= noise) return undefined;
    if (sign * wx > 0 && left <= noise + 1e-6 * Math.sqrt(total))
      return { decay: Math.abs(wx / ww) };
  }
  return undefined;
}
