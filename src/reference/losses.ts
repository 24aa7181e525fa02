/** Losses, their targets, and the gradients with which the backward pass begins. */
import { type Activation, derivatives } from "./activations.js";
import { type Matrix, matrix } from "./matrix.js";

/** What is minimised, as a mean over the samples. */
export interface Objective {
  readonly loss: "cross-entropy" | "binary-cross-entropy" | "mean-squared-error";
  /** Fraction of a label's target that is spread over all classes; of the cross-entropy only. */
  readonly labelSmoothing?: number;
}

/**
 * Targets `[samples, outputs]`: 1 for the label's output and 0 for the others; of a single output that is
 * no softmax the label itself, 0 or 1.
 */
export function targetsOf(
  labels: ArrayLike<number>,
  outputs: number,
  { loss, labelSmoothing = 0 }: Objective,
): Matrix {
  return matrix(labels.length, outputs, (sample, output) => {
    if (outputs === 1 && loss !== "cross-entropy") return labels[sample];
    const target = labels[sample] === output ? 1 : 0;
    return (1 - labelSmoothing) * target + labelSmoothing / outputs;
  });
}

/** The mean loss of outputs `[samples, outputs]`: probabilities, or whatever the network says. */
export function meanLoss({ loss }: Objective, outputs: Matrix, targets: Matrix): number {
  let sum = 0;
  for (let index = 0; index < outputs.data.length; index++) {
    const a = outputs.data[index];
    const t = targets.data[index];
    if (loss === "mean-squared-error") sum += (a - t) ** 2;
    else if (loss === "cross-entropy") sum -= t === 0 ? 0 : t * Math.log(a);
    else sum -= t * Math.log(a) + (1 - t) * Math.log(1 - a);
  }
  return sum / outputs.rows / (loss === "cross-entropy" ? 1 : outputs.columns);
}

/**
 * ∂L/∂z of the last layer. Softmax with cross-entropy and sigmoid with binary cross-entropy are
 * differentiated together, which leaves a − t; the squared error is 2·(a − t)·f′(z).
 */
export function outputGradient(
  { loss }: Objective,
  activation: Activation,
  z: Matrix,
  outputs: Matrix,
  targets: Matrix,
): Matrix {
  const count = outputs.rows * (loss === "cross-entropy" ? 1 : outputs.columns);
  return matrix(outputs.rows, outputs.columns, (row, column) => {
    const a = outputs.at(row, column);
    const difference = a - targets.at(row, column);
    if (loss !== "mean-squared-error") return difference / count;
    return (2 * difference * derivatives[activation](a, z.at(row, column))) / count;
  });
}
