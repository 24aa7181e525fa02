/** The forward pass of a dump: z = a·W + b and a = f(z), layer after layer. */
import { ACTIVATIONS } from "./activations.js";
import type { Chain } from "./chain.js";
import { hiddenActivations } from "./hiddenActivations.js";
import { misused } from "./misuse.js";
import type { Dump } from "./orientation.js";
import { outputs } from "./outputs.js";
import type { Forward, ForwardLayer, ForwardOptions } from "./passes.js";
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
  const { output, endsInLogits } = single;
  const { misuse } = options;
  const wrong = misuse && output === "softmax" ? misused(misuse, Z, single.P, chain) : undefined;
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
  return { layers, output, P, endsInLogits, misused: wrong?.gradient };
}
