/** What the last batch of an epoch shows of a hidden layer by itself. */
import type { LayerState } from "../../model/session.js";
import type { Finding } from "../finding.js";

/** A tanh beyond ±0.99 or a sigmoid as close to 0 or 1 has less than 2 % of its slope left. */
const FLAT = 0.99;
/** The fraction of a layer from which on the rest cannot make up for it. */
const MOST_FLAT = 0.5;

/** Hidden layers whose units are saturated. */
export function examineSaturation(layers: readonly LayerState[]): Finding[] {
  return layers.slice(0, -1).flatMap((layer, index) => saturated(layer, index + 1));
}

/** Hidden layers whose units are copies of each other. */
export function examineSymmetry(layers: readonly LayerState[]): Finding[] {
  return layers.slice(0, -1).flatMap((layer, index) => symmetric(layer, index + 1));
}

function saturated({ activation, activations }: LayerState, layer: number): Finding[] {
  if (activation !== "tanh" && activation !== "sigmoid") return [];
  const low = activation === "tanh" ? -FLAT : 1 - FLAT;
  let count = 0;
  for (const a of activations) count += Number(a > FLAT || a < low);
  const share = count / activations.length;
  if (share <= MOST_FLAT) return [];
  return [
    {
      id: "saturated-units",
      at: `layer ${layer}`,
      evidence: `${percent(share)} of the activations of layer ${layer} are saturated`,
      cause: "there the activation is flat, and next to nothing comes back through it",
      advice: "scale the inputs, begin with smaller weights, or lower the learning rate",
      value: share,
      threshold: MOST_FLAT,
    },
  ];
}

function symmetric({ weights, biases, units }: LayerState, layer: number): Finding[] {
  if (units < 2) return [];
  for (let index = 0; index < weights.length; index++) {
    if (weights[index] !== weights[index - (index % units)]) return [];
  }
  if (biases.some((bias) => bias !== biases[0])) return [];
  return [
    {
      id: "symmetric-units",
      at: `layer ${layer}`,
      evidence: `all ${units} units of layer ${layer} have the same weights`,
      cause: "units that begin as copies get the same gradient, and stay copies",
      advice: "draw each weight at random",
      value: units,
      threshold: 1,
    },
  ];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
