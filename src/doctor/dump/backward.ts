/**
 * The backward pass of a dump, from the loss down. ∂L/∂z of each layer is taken from the dump where it has
 * it; where it has not, the gradients of the parameters tell which way of computing it reproduces them.
 */
import type { Chain } from "./chain.js";
import { examineClipping } from "./clipping.js";
import { outputFactors, sizesOf } from "./factors.js";
import { hiddenGradient } from "./hiddenGradient.js";
import type { Dump } from "./orientation.js";
import { outputHypotheses } from "./outputGradient.js";
import { examineGradients } from "./parameterGradients.js";
import type { Backward, BackwardLayer, BackwardOptions, Forward } from "./passes.js";
import { topGradient } from "./topGradient.js";

export function examineBackward(
  dump: Dump,
  forward: Forward,
  chain: Chain,
  options: BackwardOptions,
): Backward {
  const { layers } = forward;
  const top = layers.length - 1;
  const hypotheses = outputHypotheses(dump, forward, options);
  const last = layers[top];
  const factors = outputFactors(sizesOf(dump, last.dump), options.loss, dump.samples);
  const first = topGradient(dump, last, forward, chain, hypotheses, {
    factors,
    loss: options.loss,
    variation: options.variation,
  });
  const { sign } = first;
  let { dZ, mean } = first;
  const results: BackwardLayer[] = [];
  for (let index = top; index >= 0; index--) {
    const layer = layers[index];
    const gradients = examineGradients(dump, layer, forward, { dZ, mean, sign }, chain);
    results.unshift({ dump: layer.dump, dZ, mean, ...gradients });
    if (index === 0) break;
    ({ dZ, mean } = hiddenGradient(
      dump,
      forward,
      index - 1,
      { dZ, mean, sign },
      options.loss,
      chain,
    ));
  }
  const backward = { layers: results, sign, isClipped: false };
  return { ...backward, isClipped: examineClipping(forward, backward, chain) };
}
