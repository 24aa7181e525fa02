/** A penalty on parameters within their gradient. */
import type { Factor, Hypothesis } from "./explain.js";
import { norm } from "./products.js";
import type { Quantity } from "./quantity.js";

/** λ·parameters is the gradient of λ/2·Σ squares, λ·sign(parameters) that of λ·Σ magnitudes. */
export interface Decay {
  readonly kind: "squares" | "magnitudes";
  readonly rate: number;
}

/** λ's part of the gradient for λ = 1. */
export function decayDirection(kind: Decay["kind"], parameters: Quantity): Float64Array {
  const { data } = parameters.matrix;
  return kind === "squares" ? data : data.map(Math.sign);
}

/** The penalty with which gradient = c·reference + penalty, c a factor without a mistake; undefined when there is none. */
export function decayOf(
  gradient: Quantity,
  textbook: Hypothesis,
  parameters: Quantity,
  {
    factors,
    roundoff,
    sign,
  }: {
    readonly factors: readonly Factor[];
    readonly roundoff: number;
    readonly sign: 1 | -1;
  },
): Decay | undefined {
  const { matrix: reference, sensitivity } = textbook.compute();
  const x = gradient.matrix.data;
  const r = reference.data;
  if (x.length !== r.length || parameters.matrix.data.length !== x.length) return undefined;
  if (x.length < LEAST_NUMBERS || norm(parameters.matrix.data) === 0) return undefined;
  const unit = Math.max(roundoff, gradient.roundoff) * 32;
  for (const { value, mistakes } of factors) {
    if (mistakes.length > 0) continue;
    const rest = x.map((each, at) => each - value * r[at]);
    const total = norm(rest);
    const noise = unit * (Math.abs(value) * sensitivity + norm(x));
    if (total <= noise) return undefined;
    for (const kind of ["squares", "magnitudes"] as const) {
      const w = decayDirection(kind, parameters);
      if (kind === "magnitudes" && w.length < LEAST_SIGNS) continue;
      let [wx, ww] = [0, 0];
      for (let at = 0; at < w.length; at++) {
        wx += rest[at] * w[at];
        ww += w[at] * w[at];
      }
      const left = Math.sqrt(Math.max(0, total * total - (wx * wx) / ww));
      if (sign * wx > 0 && left <= noise + 1e-6 * total) return { kind, rate: Math.abs(wx / ww) };
    }
  }
  return undefined;
}

/** Fewer numbers follow from any penalty. */
const LEAST_NUMBERS = 3;
/** Of fewer numbers chance may have made the signs. */
const LEAST_SIGNS = 8;
