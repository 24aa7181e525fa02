/** What a network is made of, apart from the values of its weights. */
import { ModelError, OptionError } from "../errors.js";

/** Activations of hidden layers, a = f(z). */
export const HIDDEN_ACTIVATIONS = ["tanh", "relu", "sigmoid"] as const;
export type HiddenActivation = (typeof HIDDEN_ACTIVATIONS)[number];

/** The last layer's activation. Its loss is the cross-entropy. */
export type OutputActivation = "softmax";

/** A dense layer: a = f(x·W + b) with W `[inputs, units]` and b `[units]`. */
export interface Layer {
  readonly units: number;
  readonly activation: HiddenActivation | OutputActivation;
}

/** A multilayer perceptron: dense layers in sequence, the last one a softmax. */
export interface Architecture {
  /** Features of one sample. */
  readonly inputs: number;
  /** At least one; every layer but the last has a hidden activation, the last one is a softmax. */
  readonly layers: readonly Layer[];
}

/** More units or features than this in one layer is taken for a mistake. */
export const MAXIMUM_UNITS = 1_048_576;
/** More weights and biases than this (4 GB of linear memory hold no more) is taken for a mistake. */
export const MAXIMUM_PARAMETERS = 500_000_000;

/**
 * The usual architecture in short: hidden layers of one activation, then a softmax.
 *
 * @example perceptron(784, [64], 10, "tanh")
 */
export function perceptron(
  inputs: number,
  hidden: readonly number[],
  classes: number,
  activation: HiddenActivation,
): Architecture {
  return {
    inputs,
    layers: [
      ...hidden.map((units) => ({ units, activation })),
      { units: classes, activation: "softmax" as const },
    ],
  };
}

/** Weights and biases of all layers. */
export function countParameters(architecture: Architecture): number {
  let inputs = architecture.inputs;
  let total = 0;
  for (const { units } of architecture.layers) {
    total += (inputs + 1) * units;
    inputs = units;
  }
  return total;
}

/**
 * @throws OptionError when a size or an activation is out of range.
 * @throws ModelError when there are more parameters than linear memory can hold.
 */
export function checkArchitecture(architecture: Architecture): void {
  const { inputs, layers } = architecture;
  checkSize("inputs", inputs);
  if (layers.length === 0) throw new OptionError("layers is empty, expected at least one layer");
  layers.forEach(({ units, activation }, index) => {
    checkSize(`units of layer ${index + 1}`, units);
    const allowed: readonly string[] =
      index === layers.length - 1 ? ["softmax"] : HIDDEN_ACTIVATIONS;
    if (!allowed.includes(activation)) {
      throw new OptionError(
        `the activation of layer ${index + 1} is "${activation}", expected ${allowed.join(", ")}`,
      );
    }
  });
  const parameters = countParameters(architecture);
  if (parameters > MAXIMUM_PARAMETERS) {
    throw new ModelError(
      `the network has ${parameters} parameters, expected at most ${MAXIMUM_PARAMETERS}`,
    );
  }
}

function checkSize(name: string, size: number): void {
  if (!Number.isInteger(size) || size < 1 || size > MAXIMUM_UNITS) {
    throw new OptionError(`${name} is ${size}, expected a whole number from 1 to ${MAXIMUM_UNITS}`);
  }
}
