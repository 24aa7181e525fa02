/** Weights that a network cannot begin with: copies of each other, far too large or far too small. */
import { type Chain, show } from "./chain.js";
import { INPUT_CAUSES } from "./inputCauses.js";
import type { Dump, LayerDump } from "./orientation.js";
import type { Forward } from "./passes.js";
import { dot, isFiniteArray, norm, rootMeanSquare } from "./products.js";
import { examineDead, flatFraction, isBounded, MOST_FLAT } from "./units.js";

/**
 * The gain of a layer: the root mean square of its weights times √inputs, which is 1 with Glorot's and √2 with
 * He's initialisation; it is by how much signals of independent signs grow from layer to layer.
 */
const LARGE_GAIN = 6;
const SMALL_GAIN = 0.01;

export function examineInitialWeights(dump: Dump, forward: Forward, chain: Chain): void {
  const hidden = forward.layers.slice(0, -1);
  for (const { dump: layer } of hidden) examineSymmetry(layer, chain);
  const hasCause = INPUT_CAUSES.some((id) => chain.has(id));
  for (const layer of forward.layers) {
    const gain = gainOf(layer.dump);
    const isHidden = layer.dump.index < forward.layers.length;
    if (gain === 0 || chain.has("zero-initialisation")) continue;
    // Small weights of large inputs are made for them.
    const size = layer.dump.index === 1 ? Math.max(1, rootMeanSquare(dump.X.matrix)) : 1;
    if (gain * size < SMALL_GAIN && (isHidden || forward.layers.length > 1)) {
      chain.discover({
        id: "weights-too-small",
        at: layer.dump.W.name,
        evidence: `the weights of layer ${layer.dump.index} are ${show(gain / Math.sqrt(layer.dump.inputs))} in the quadratic mean, expected about ${show(1 / Math.sqrt(layer.dump.inputs))} = 1/√${layer.dump.inputs}`,
        cause: "every signal all but dies out on its way through the layer, forward and back",
        value: gain,
        threshold: SMALL_GAIN,
      });
    }
    if (isHidden) examineDead(layer, dump.samples, chain);
    if (hasCause) continue;
    const flat = isHidden ? flatFraction(layer) : 0;
    const isLoud = isHidden ? flat > MOST_FLAT || !isBounded(layer) : true;
    if (gain > LARGE_GAIN && isLoud && isFiniteArray(layer.Z.matrix.data)) {
      const size = norm(layer.Z.matrix.data) / Math.sqrt(layer.Z.matrix.data.length);
      if (size < LARGE_GAIN && flat <= MOST_FLAT) continue;
      chain.discover({
        id: "weights-too-large",
        at: layer.dump.W.name,
        evidence: `the weights of layer ${layer.dump.index} are ${show(gain / Math.sqrt(layer.dump.inputs))} in the quadratic mean, expected about ${show(1 / Math.sqrt(layer.dump.inputs))} = 1/√${layer.dump.inputs}; z is ${show(size)}${flat > 0 ? `, and ${(100 * flat).toFixed(0)} % of the activations are saturated` : ""}`,
        cause: "the weighted sums are so large that the activations hardly change with them",
        value: gain,
        threshold: LARGE_GAIN,
      });
    } else if (isHidden && flat > MOST_FLAT && !chain.has("weights-too-large")) {
      chain.discover({
        id: "saturated-units",
        at: `A${layer.dump.index}`,
        evidence: `${(100 * flat).toFixed(0)} % of the activations of layer ${layer.dump.index} are saturated`,
        cause: "there the activation is flat, and next to nothing comes back through it",
        value: flat,
        threshold: MOST_FLAT,
      });
    }
  }
}

function gainOf({ W, inputs }: LayerDump): number {
  const { data } = W.matrix;
  return Math.sqrt(dot(data, data) / data.length) * Math.sqrt(inputs);
}

/** Units that begin as copies of each other stay so: all get the same gradient. */
function examineSymmetry({ W, b, index, inputs, units }: LayerDump, chain: Chain): void {
  const { data } = W.matrix;
  if (data.every((value) => value === 0)) {
    chain.discover({
      id: "zero-initialisation",
      at: W.name,
      evidence: `all ${data.length} weights of layer ${index} are 0`,
      cause: "all units of the layer compute the same, get the same gradient, and stay the same",
    });
    return;
  }
  if (units < 2) return;
  const isCopy = (unit: number) => {
    for (let input = 0; input < inputs; input++) {
      if (data[input * units + unit] !== data[input * units]) return false;
    }
    return b === undefined || b.matrix.data[unit] === b.matrix.data[0];
  };
  for (let unit = 1; unit < units; unit++) if (!isCopy(unit)) return;
  chain.discover({
    id: "symmetric-units",
    at: W.name,
    evidence: `all ${units} units of layer ${index} have the same weights`,
    cause: "units that begin as copies get the same gradient, and stay copies",
  });
}
