/** The step that the textbook takes from a dump's parameters, whatever the program does. */
import { Random } from "../../data/digits/random.js";
import { columnSums, Matrix, map } from "../../reference/matrix.js";
import { lossesOf, type Objective } from "./losses.js";
import type { Dump } from "./orientation.js";
import type { Forward } from "./passes.js";
import { dot, isFiniteArray, multiply, multiplyTransposed, transpose } from "./products.js";
import { combine } from "./references.js";
import { outputsWith } from "./textbookPass.js";

/** Of a layer: weights `[inputs, units]` and biases `[1, units]`, if it has any. */
interface Parameters {
  readonly W: Matrix;
  readonly b: Matrix | undefined;
}

export interface TextbookStep {
  /** The loss after a step of this learning rate. */
  readonly lossAfter: (learningRate: number) => number;
  /** ‖∂L/∂parameters‖² */
  readonly squaredNorm: number;
}

export interface StepStart {
  /** The first layer first. */
  readonly parameters: readonly Parameters[];
  /** What the inputs are multiplied by. */
  readonly scale: number;
}

export function textbookStep(
  dump: Dump,
  forward: Forward,
  { loss, targets }: Objective,
  { parameters, scale }: StepStart,
): TextbookStep | undefined {
  const X =
    scale === 1 ? dump.X : { ...dump.X, matrix: map(dump.X.matrix, (value) => scale * value) };
  const { activations, sums, outputs } = outputsWith({ ...dump, X }, forward, parameters);
  const { output } = forward;
  if (!isFiniteArray(outputs.data)) return undefined;
  // Nobody trains a softmax by squared errors and means it.
  if (output === "softmax" && loss === "mean-squared-error") return undefined;
  let dZ =
    output === "softmax" || loss !== "mean-squared-error"
      ? combine(outputs, targets.matrix, (p, t) => (p - t) / dump.samples)
      : combine(outputs, targets.matrix, (p, t) => (2 * (p - t)) / (dump.samples * dump.outputs));
  if (loss === "mean-squared-error" && output !== "softmax") {
    const z = sums[sums.length - 1];
    dZ = combine(dZ, z, (g, value) => g * output.derivative(value));
  }
  const gradients: { W: Matrix; b: Matrix | undefined }[] = [];
  for (let index = parameters.length - 1; index >= 0; index--) {
    const { W, b } = parameters[index];
    gradients.unshift({
      W: multiplyTransposed(index === 0 ? X.matrix : activations[index - 1], dZ),
      b: b && columnSums(dZ),
    });
    if (index === 0) break;
    const { activation } = forward.layers[index - 1];
    dZ = combine(multiply(dZ, transpose(W)), sums[index - 1], (g, z) =>
      g === 0 ? 0 : g * activation.derivative(z),
    );
  }
  const squaredNorm = gradients.reduce(
    (sum, { W, b }) => sum + dot(W.data, W.data) + (b ? dot(b.data, b.data) : 0),
    0,
  );
  if (!Number.isFinite(squaredNorm) || squaredNorm === 0) return undefined;
  const lossOf = (result: Matrix) => {
    const losses = lossesOf(loss, result, targets, { clip: 1e-300 });
    return losses.reduce((sum, value) => sum + value, 0) / dump.samples;
  };
  const lossBefore = lossOf(outputs);
  const lossAfter = (rate: number) => {
    if (rate === 0) return lossBefore;
    const stepped = parameters.map(({ W, b }, index) => {
      const gradient = gradients[index];
      return {
        W: combine(W, gradient.W, (w, g) => w - rate * g),
        b: b && gradient.b && combine(b, gradient.b, (w, g) => w - rate * g),
      };
    });
    return lossOf(outputsWith({ ...dump, X }, forward, stepped).outputs);
  };
  return { lossAfter, squaredNorm };
}

/** The dump's parameters before the step; a bias that has become a matrix counts by its mean. */
export function ownParameters({ layers }: Dump): Parameters[] {
  return layers.map(({ W, b, units }) => ({ W: W.matrix, b: b && rowMean(b.matrix, units) }));
}

/** Weights as Glorot and He would draw them, the same ones each time, and biases of 0. */
export function freshParameters({ layers }: Dump, forward: Forward): Parameters[] {
  return layers.map(({ inputs, units, b }, index) => {
    const isRelu = forward.layers[index].activation.name === "relu";
    const random = new Random(0, index);
    const bound = Math.sqrt((isRelu ? 6 : 3) / inputs);
    const weights = Float64Array.from({ length: inputs * units }, () =>
      random.between(-bound, bound),
    );
    return { W: new Matrix(inputs, units, weights), b: b && new Matrix(1, units) };
  });
}

function rowMean(matrix: Matrix, units: number): Matrix {
  if (matrix.rows === 1) return matrix;
  return map(columnSums(matrix), (value) => value / (matrix.data.length / units));
}
