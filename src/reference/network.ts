/**
 * The textbook: a multilayer perceptron in plain float64 TypeScript, written to be read. It is what
 * the fast kernels are tested against. It is deliberately slow: no blocking, no buffers, no SIMD.
 *
 * Notation, for a batch of n samples and a layer with weights W and biases b:
 *
 *   a₀ = x                       inputs            [n, inputs]
 *   z  = a·W + b                 weighted sums     [n, units]
 *   a′ = f(z)                    activations       [n, units]
 *   p  = softmax(z)              of the last layer [n, classes]
 *   L  = −1/n Σ t·ln p           mean cross-entropy against targets t [n, classes]
 *
 * and backwards, writing dz for ∂L/∂z and so on:
 *
 *   dz = (p − t) / n                   last layer
 *   dW = aᵀ·dz,  db = Σ dz over samples
 *   da = dz·Wᵀ,  dz = da ⊙ f′(z)       layer below
 *
 * Other losses differ in L and in the last layer's dz only (`losses.ts`).
 */
import { type Activation, derivatives, functions } from "./activations.js";
import { type Objective, outputGradient, targetsOf } from "./losses.js";
import { addRow, columnSums, type Matrix, map, matrix, multiply, transpose } from "./matrix.js";

/** A layer; only the last one's activation may be the softmax. */
export interface ReferenceLayer {
  /** W `[inputs, units]` */
  weights: Matrix;
  /** b `[1, units]` */
  biases: Matrix;
  activation: Activation;
}

/** The gradients of the loss with respect to a layer's parameters. */
export interface LayerGradients {
  /** ∂L/∂W `[inputs, units]` */
  weights: Matrix;
  /** ∂L/∂b `[1, units]` */
  biases: Matrix;
}

/**
 * Every layer's activations, the inputs first: `[x, a₁, …, p]`; the last are the class
 * probabilities `[samples, classes]`.
 */
export function forward(layers: readonly ReferenceLayer[], inputs: Matrix): Matrix[] {
  const activations = [inputs];
  let a = inputs;
  for (const { weights, biases, activation } of layers) {
    const z = weightedSums(a, { weights, biases });
    a = activation === "softmax" ? softmax(z) : map(z, functions[activation]);
    activations.push(a);
  }
  return activations;
}

/** Mean cross-entropy of probabilities `[samples, classes]` against the labels `[samples]`. */
export function crossEntropy(probabilities: Matrix, labels: ArrayLike<number>): number {
  let sum = 0;
  for (let sample = 0; sample < probabilities.rows; sample++) {
    sum -= Math.log(probabilities.at(sample, labels[sample]));
  }
  return sum / probabilities.rows;
}

/** The gradients of the mean loss, one entry a layer, from what `forward` returned. */
export function backward(
  layers: readonly ReferenceLayer[],
  activations: readonly Matrix[],
  labels: ArrayLike<number>,
  objective: Objective = { loss: "cross-entropy" },
): LayerGradients[] {
  const gradients: LayerGradients[] = [];
  const top = layers.length - 1;
  const outputs = activations[layers.length];
  const z = weightedSums(activations[top], layers[top]);
  const targets = targetsOf(labels, outputs.columns, objective);
  let dz = outputGradient(objective, layers[top].activation, z, outputs, targets);
  for (let index = layers.length - 1; index >= 0; index--) {
    const a = activations[index];
    gradients.unshift({ weights: multiply(transpose(a), dz), biases: columnSums(dz) });
    if (index === 0) break;
    const da = multiply(dz, transpose(layers[index].weights));
    const below = layers[index - 1];
    const derivative = derivatives[below.activation];
    const z = weightedSums(activations[index - 1], below);
    dz = matrix(da.rows, da.columns, (row, column) => {
      return da.at(row, column) * derivative(a.at(row, column), z.at(row, column));
    });
  }
  return gradients;
}

/** One step of gradient descent, in place: W −= η·dW, b −= η·db. */
export function descend(
  layers: readonly ReferenceLayer[],
  gradients: readonly LayerGradients[],
  learningRate: number,
): void {
  layers.forEach((layer, index) => {
    subtractScaled(layer.weights, gradients[index].weights, learningRate);
    subtractScaled(layer.biases, gradients[index].biases, learningRate);
  });
}

/** softmax(z)_j = e^(z_j − m) / Σ e^(z_k − m) along each row, m its maximum. */
export function softmax(z: Matrix): Matrix {
  const p = matrix(z.rows, z.columns);
  for (let row = 0; row < z.rows; row++) {
    let m = Number.NEGATIVE_INFINITY;
    for (let column = 0; column < z.columns; column++) m = Math.max(m, z.at(row, column));
    let sum = 0;
    for (let column = 0; column < z.columns; column++) sum += Math.exp(z.at(row, column) - m);
    for (let column = 0; column < z.columns; column++) {
      p.set(row, column, Math.exp(z.at(row, column) - m) / sum);
    }
  }
  return p;
}

/** z = a·W + b */
function weightedSums(
  a: Matrix,
  { weights, biases }: Pick<ReferenceLayer, "weights" | "biases">,
): Matrix {
  return addRow(multiply(a, weights), biases);
}

function subtractScaled(parameters: Matrix, gradient: Matrix, learningRate: number): void {
  for (let index = 0; index < parameters.data.length; index++) {
    parameters.data[index] -= learningRate * gradient.data[index];
  }
}
