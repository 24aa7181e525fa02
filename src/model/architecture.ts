/** What a network is made of, apart from the values of its weights. */
import { checkNames, checkType, checkWhole } from "../arguments.js";
import { ModelError, OptionError } from "../errors.js";

/** Activations of hidden layers, a = f(z); the leaky ReLU's slope below 0 is 0.01. */
export const HIDDEN_ACTIVATIONS = [
  "tanh",
  "relu",
  "leaky-relu",
  "gelu",
  "silu",
  "sigmoid",
  "identity",
] as const;
/** An activation of hidden layers. */
export type HiddenActivation = (typeof HIDDEN_ACTIVATIONS)[number];

/** The last layer's activation. */
export type OutputActivation = HiddenActivation | "softmax";

/**
 * What training minimises, the mean over the samples of
 *
 * - `cross-entropy`: −ln of the label's probability, of a softmax
 * - `binary-cross-entropy`: the mean over the outputs of −t·ln a − (1 − t)·ln(1 − a), of sigmoids
 * - `mean-squared-error`: the mean over the outputs of (a − t)²
 *
 * with t the target of output a: 1 for the label's output and 0 for the others; where there is a single
 * output, the label itself, 0 or 1.
 */
export const LOSSES = ["cross-entropy", "binary-cross-entropy", "mean-squared-error"] as const;
/** What training minimises, by name. */
export type Loss = (typeof LOSSES)[number];

/** A dense layer: a = f(x·W + b) with W `[inputs, units]` and b `[units]`. */
export interface Layer {
  /** 1 … 1 048 576 */
  readonly units: number;
  /** Applied to each unit, a softmax to all of them together. */
  readonly activation: OutputActivation;
}

/** A multilayer perceptron: dense layers in sequence, and the loss that it is trained for. */
export interface Architecture {
  /** Features of one sample. */
  readonly inputs: number;
  /** At least one; only the last one may be a softmax. */
  readonly layers: readonly Layer[];
  /** Default: what belongs to the last layer's activation, see `lossOf`. */
  readonly loss?: Loss;
}

/** More units or features than this in one layer is taken for a mistake. */
export const MAXIMUM_UNITS = 1_048_576;
/** More weights and biases than this (4 GB of linear memory hold no more) is taken for a mistake. */
export const MAXIMUM_PARAMETERS = 500_000_000;

/**
 * The usual architecture in short: hidden layers of one activation, then the outputs.
 *
 * @example perceptron(784, [64], 10, "tanh")
 *
 * @throws OptionError when a size or an activation is out of range.
 * @throws ModelError when there are more parameters than linear memory can hold.
 */
export function perceptron(
  inputs: number,
  hidden: readonly number[],
  outputs: number,
  activation: HiddenActivation,
  outputActivation: OutputActivation = "softmax",
): Architecture {
  checkType("hidden", hidden, "array");
  const architecture = {
    inputs,
    layers: [
      ...hidden.map((units) => ({ units, activation })),
      { units: outputs, activation: outputActivation },
    ],
  };
  checkArchitecture(architecture);
  return architecture;
}

/**
 * The loss of a network: what it names, or what belongs to its last activation: the cross-entropy to a
 * softmax, the binary cross-entropy to sigmoids, the mean squared error to all others.
 */
export function lossOf({ layers, loss }: Architecture): Loss {
  if (loss) return loss;
  const activation = layers[layers.length - 1]?.activation;
  if (activation === "softmax") return "cross-entropy";
  return activation === "sigmoid" ? "binary-cross-entropy" : "mean-squared-error";
}

/** Classes that a network tells apart: one an output, but two where there is a single sigmoid. */
export function countClasses({ layers }: Architecture): number {
  const { units, activation } = layers[layers.length - 1];
  return units === 1 && activation === "sigmoid" ? 2 : units;
}

/** Whether targets of so many classes or values fit: a single output may tell two classes apart. */
export function fitsTargets({ layers }: Architecture, count: number): boolean {
  const { units, activation } = layers[layers.length - 1];
  return count === units || (units === 1 && count === 2 && activation !== "softmax");
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
  checkType("architecture", architecture, "object");
  const { inputs, layers, loss } = architecture;
  checkNames("architecture", architecture, { inputs, layers, loss });
  checkWhole("inputs", inputs, 1, MAXIMUM_UNITS);
  checkType("layers", layers, "array");
  if (layers.length === 0) throw new OptionError("layers is empty, expected at least one layer");
  layers.forEach((layer, index) => {
    checkType(`layer ${index + 1}`, layer, "object");
    const { units, activation } = layer;
    checkNames(`layer ${index + 1}`, layer, { units, activation });
    checkWhole(`units of layer ${index + 1}`, units, 1, MAXIMUM_UNITS);
    const last = index === layers.length - 1;
    const allowed: readonly string[] = last
      ? outputActivations(architecture.loss)
      : HIDDEN_ACTIVATIONS;
    if (activation === "softmax" && units === 1) {
      throw new OptionError(
        `layer ${index + 1} is a softmax of 1 unit, which always gives 1, expected sigmoid for two classes or identity for a value`,
      );
    }
    if (allowed.includes(activation)) return;
    const purpose = last && architecture.loss ? ` for the loss "${architecture.loss}"` : "";
    throw new OptionError(
      `the activation of layer ${index + 1} is "${activation}", expected ${allowed.join(", ")}${purpose}`,
    );
  });
  const parameters = countParameters(architecture);
  if (parameters > MAXIMUM_PARAMETERS) {
    throw new ModelError(
      `the network has ${parameters} parameters, expected at most ${MAXIMUM_PARAMETERS}`,
    );
  }
}

/** What a network's last layer may be under a loss. */
function outputActivations(loss: Loss | undefined): readonly string[] {
  switch (loss) {
    case undefined:
      return ["softmax", ...HIDDEN_ACTIVATIONS];
    case "cross-entropy":
      return ["softmax"];
    case "binary-cross-entropy":
      return ["sigmoid"];
    case "mean-squared-error":
      return HIDDEN_ACTIVATIONS;
    default:
      throw new OptionError(`the loss is "${String(loss)}", expected ${LOSSES.join(", ")}`);
  }
}
