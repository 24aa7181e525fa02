/** The forward pass of a dump: z = a·W + b and a = f(z), layer after layer. */
import { ACTIVATIONS } from "./activations.js";
import type { Chain } from "./chain.js";
import { hiddenActivations } from "./hiddenActivations.js";
import { gradientThrough, misused } from "./misuse.js";
import type { Dump } from "./orientation.js";
import { outputs } from "./outputs.js";
import type { Forward, ForwardLayer, ForwardOptions } from "./passes.js";
import { computed } from "./quantity.js";
import { softmaxOf } from "./references.js";
import { weightedSums } from "./weightedSums.js";

export function examineForward(dump: Dump, chain: Chain, options: ForwardOptions): Forward {
  const layers: ForwardLayer[] = [];
  let input = dump.X;
  const top = dump.layers.length - 1;
  for (const layer of dump.layers.slice(0, -1)) {
    const Z = weightedSums(dump, layer, input, layers, chain);
    const { A, ...applied } = hiddenActivations(layer, Z, chain, options);
    layers.push({ dump: layer, input, Z, A, ...applied });
    input = A;
  }
  const layer = dump.layers[top];
  const Z = weightedSums(dump, layer, input, layers, chain);
  const single = outputs(layer, Z, chain, options);
  const { endsInLogits } = single;
  const { misuse } = options;
  // The dump's last activations themselves may be what the loss takes a softmax of.
  const isApplied = single.output !== "softmax" && single.output.name === misuse;
  const isPossible = single.output === "softmax" && (!layer.A || misuse === "softmax");
  const right = isApplied
    ? computed(single.P.name, softmaxOf(Z).matrix, Z.roundoff, Z.origin)
    : single.P;
  const isOverSamples = misuse === "softmax" && single.misuse === "samples";
  const taken = isOverSamples ? "softmax-over-samples" : misuse;
  const isShown = layer.A !== undefined;
  const wrong =
    taken && (isApplied || isPossible) ? misused(taken, Z, { right, isShown }, chain) : undefined;
  const output = wrong ? "softmax" : single.output;
  const P = wrong?.P ?? single.P;
  const activation = output === "softmax" ? ACTIVATIONS[0] : output;
  layers.push({
    dump: layer,
    input,
    Z,
    A: layer.A ?? P,
    activation,
    mask: undefined,
    isNormalised: false,
  });
  // Who writes the gradient by hand takes it as A − Y all the same.
  const automatic = single.misuse && gradientThrough(single.misuse, Z, P.matrix);
  return { layers, output, P, endsInLogits, misused: wrong?.gradient, automatic };
}
