/** How the gradient changes its size on its way back through the layers. */
import type { LayerState } from "../../model/session.js";
import type { Finding } from "../finding.js";

/**
 * By how much ∂L/∂z may shrink or grow from the last layer to the first, in any case and while the network has
 * learnt next to nothing.
 */
const VANISHING = { ever: 1e-5, unlearnt: 1e-3 };
const EXPLODING = { ever: 1e4, unlearnt: 1e2 };

/** @param isUnlearnt whether the loss is near that of a guess, or above */
export function examineFlow(layers: readonly LayerState[], isUnlearnt: boolean): Finding[] {
  const top = layers.length - 1;
  if (top < 1) return [];
  const first = rootMeanSquare(layers[0].gradient);
  const last = rootMeanSquare(layers[top].gradient);
  const ratio = first / last;
  // A gradient of exactly 0 has another reason, such as dead units.
  if (!(ratio > 0 && ratio < Number.POSITIVE_INFINITY)) return [];
  const when = isUnlearnt ? "unlearnt" : "ever";
  const evidence = `∂L/∂z is ${last.toExponential(1)} in layer ${top + 1} and ${first.toExponential(1)} in layer 1, in the quadratic mean`;
  if (ratio < VANISHING[when]) {
    return [
      {
        id: "vanishing-gradient",
        at: "layer 1",
        evidence,
        cause:
          "each layer passes on a small part of the gradient only, and the first ones get next to nothing",
        advice: "use ReLU, begin with Glorot's or He's weights, or use fewer layers",
        value: ratio,
        threshold: VANISHING[when],
      },
    ];
  }
  if (ratio <= EXPLODING[when]) return [];
  return [
    {
      id: "exploding-gradient",
      at: "layer 1",
      evidence,
      cause: "each layer multiplies the gradient, and the first ones get more than they can bear",
      advice: "begin with smaller weights, lower the learning rate, or clip the gradient's norm",
      value: ratio,
      threshold: EXPLODING[when],
    },
  ];
}

function rootMeanSquare(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}
