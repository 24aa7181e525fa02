/** A penalty on the weights within the loss. */
import type { Excess } from "./loss.js";
import type { Dump } from "./orientation.js";
import type { BackwardLayer } from "./passes.js";
import { dot } from "./products.js";
import type { Quantity } from "./quantity.js";
import type { Decay } from "./weightDecay.js";

/** A logarithm that is kept from 0 changes a loss by this much of a penalty, and chance seldom comes as close. */
const PENALTY_TOLERANCE = 3e-5;

/**
 * What of an excess is a penalty λ/2·ΣW² or λ·Σ|W| on the weights, its gradient being in dW too, or, when the dump
 * has no dW, λ being a number that people write; undefined when none is.
 */
export function penaltyIn(
  dump: Dump,
  loss: Quantity,
  excess: readonly Excess[],
  layers: readonly Pick<BackwardLayer, "decay" | "dW">[],
): Excess | undefined {
  const squares = dump.layers.map(({ W }) => dot(W.matrix.data, W.matrix.data));
  // Some forget the half, or divide one of both by the samples.
  const scales = [1 / 2, 1, 1 / (2 * dump.samples), 1 / dump.samples, 1 / 4];
  const total = squares.reduce((sum, value) => sum + value, 0);
  const decayed = layers.reduce((sum, { decay }, index) => {
    const { W, b } = dump.layers[index];
    return sum + sizeOf(W, decay.weights) + (b ? sizeOf(b, decay.biases) : 0);
  }, 0);
  const isMagnitude = layers.some(({ decay }) => decay.weights?.kind === "magnitudes");
  const found = Math.abs(loss.matrix.data[0]) * loss.roundoff;
  return excess.find(({ value }) => {
    if (value <= 0) return false;
    const tolerance = PENALTY_TOLERANCE + (16 * found) / value;
    const near = (a: number, b: number) => Math.abs(a / b - 1) <= Math.min(0.05, tolerance);
    if (decayed > 0) {
      const possible = isMagnitude ? [1] : scales;
      return possible.some((scale) => Math.abs(value / (scale * decayed) - 1) <= 1e-3 + tolerance);
    }
    if (layers.some(({ dW }) => dW !== undefined)) return false;
    return scales.some((scale) => {
      const rate = value / (scale * total);
      const digit = rate / 10 ** Math.floor(Math.log10(rate) + 1e-4);
      return rate <= 1.01 && [1, 2, 3, 5].some((round) => near(digit, round));
    });
  });
}

/** λ·ΣW² or λ·Σ|W| */
function sizeOf({ matrix: { data } }: Quantity, decay: Decay | undefined): number {
  if (!decay) return 0;
  return decay.kind === "squares"
    ? decay.rate * dot(data, data)
    : decay.rate * data.reduce((sum, value) => sum + Math.abs(value), 0);
}
