/** What the last batch of an epoch shows of each layer. */
import type { LayerState } from "../../model/session.js";
import type { Finding } from "../finding.js";

/** A tanh beyond ±0.99 or a sigmoid as close to 0 or 1 has less than 2 % of its slope left. */
const FLAT = 0.99;
/** Fractions of a layer that are out of action, from which on the rest cannot make up for it. */
const MOST_FLAT = 0.5;
const MOST_DEAD = 0.5;
/** Fewer samples may well leave a healthy unit at 0. */
const LEAST_SAMPLES = 32;
/** From the last layer to the first, by how much ∂L/∂z may shrink or grow. */
const VANISHING = 1e-5;
const EXPLODING = 1e4;

export function examineLayers(layers: readonly LayerState[]): Finding[] {
  return [
    ...layers
      .slice(0, -1)
      .flatMap((layer, index) => [
        ...flat(layer, index + 1),
        ...dead(layer, index + 1),
        ...symmetric(layer, index + 1),
      ]),
    ...flow(layers),
  ];
}

function flat({ activation, activations }: LayerState, layer: number): Finding[] {
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

function dead({ activation, activations, units }: LayerState, layer: number): Finding[] {
  const rows = activations.length / units;
  if (activation !== "relu" || rows < LEAST_SAMPLES) return [];
  const isAlive = new Uint8Array(units);
  for (let index = 0; index < activations.length; index++) {
    if (activations[index] > 0) isAlive[index % units] = 1;
  }
  const alive = isAlive.reduce((sum, value) => sum + value, 0);
  const share = 1 - alive / units;
  if (share <= MOST_DEAD) return [];
  return [
    {
      id: "dead-relu",
      at: `layer ${layer}`,
      evidence: `${units - alive} of ${units} units of layer ${layer} are 0 for each of ${rows} samples`,
      cause: "a ReLU that is never above 0 passes no gradient, and never comes back",
      advice:
        "lower the learning rate, begin with He's weights and biases of 0, or use a leaky ReLU",
      value: share,
      threshold: MOST_DEAD,
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

function flow(layers: readonly LayerState[]): Finding[] {
  const top = layers.length - 1;
  if (top < 1) return [];
  const first = rms(layers[0].gradient);
  const last = rms(layers[top].gradient);
  if (first === 0 || last === 0) return [];
  const ratio = first / last;
  const evidence = `∂L/∂z is ${last.toExponential(1)} in layer ${top + 1} and ${first.toExponential(1)} in layer 1, in the quadratic mean`;
  if (ratio < VANISHING) {
    return [
      {
        id: "vanishing-gradient",
        at: "layer 1",
        evidence,
        cause:
          "each layer passes on a small part of the gradient only, and the first ones get next to nothing",
        advice: "use ReLU, begin with Glorot's or He's weights, or use fewer layers",
        value: ratio,
        threshold: VANISHING,
      },
    ];
  }
  if (ratio <= EXPLODING) return [];
  return [
    {
      id: "exploding-gradient",
      at: "layer 1",
      evidence,
      cause: "each layer multiplies the gradient, and the first ones get more than they can bear",
      advice: "begin with smaller weights, lower the learning rate, or clip the gradient's norm",
      value: ratio,
      threshold: EXPLODING,
    },
  ];
}

function rms(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
