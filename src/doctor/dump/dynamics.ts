/** Weights, units, gradients and steps that are as the program means them, and yet keep it from learning. */
import { columnSums, type Matrix, map } from "../../reference/matrix.js";
import type { DiagnosisId } from "../catalogue.js";
import { type Chain, show } from "./chain.js";
import { lossesOf, type Objective } from "./loss.js";
import type { Dump, LayerDump } from "./orientation.js";
import type { Backward, Forward, ForwardLayer } from "./passes.js";
import { dot, isFiniteArray, multiply, multiplyTransposed, norm, transpose } from "./products.js";
import { combine } from "./references.js";
import { outputsWith } from "./textbookPass.js";

/**
 * The gain of a layer: the root mean square of its weights times √inputs, which is 1 with Glorot's and √2 with
 * He's initialisation; it is by how much signals of independent signs grow from layer to layer.
 */
const LARGE_GAIN = 6;
const SMALL_GAIN = 0.01;
/** A tanh beyond ±0.99 or a sigmoid as close to 0 or 1 has less than 2 % of its slope left. */
const FLAT = 0.99;
/** Fractions of a layer that are out of action, from which on the rest cannot make up for it. */
const MOST_FLAT = 0.5;
const MOST_DEAD = 0.7;
/** Fewer samples may well leave a healthy unit at 0. */
const LEAST_SAMPLES = 20;
/** From the last layer to the first, by how much ∂L/∂z may shrink or grow. */
const VANISHING = 1e-5;
const EXPLODING = 1e4;
/** A step may raise the loss by this much before the learning rate is to blame. */
const RISE = { factor: 1.2, least: 0.05 };
/** A step that promises less of the loss than this takes many thousands of its kind. */
const SMALL_PROMISE = 2e-5;
/** A step this many times as long would overshoot if the rate were of a usual size. */
const LONGER = 10_000;

/** What explains saturation, vanishing and a rising loss by itself. */
const CAUSES: readonly DiagnosisId[] = [
  "inputs-unscaled",
  "inputs-constant",
  "inputs-scaled-twice",
];

export function examineStart(dump: Dump, forward: Forward, chain: Chain): void {
  const hidden = forward.layers.slice(0, -1);
  for (const { dump: layer } of hidden) examineSymmetry(layer, chain);
  const hasCause = CAUSES.some((id) => chain.has(id));
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

function rootMeanSquare({ data }: Matrix): number {
  return norm(data) / Math.sqrt(data.length);
}

function gainOf({ W, inputs }: LayerDump): number {
  const { data } = W.matrix;
  return Math.sqrt(dot(data, data) / data.length) * Math.sqrt(inputs);
}

function isBounded({ activation }: ForwardLayer): boolean {
  return activation.name === "tanh" || activation.name === "sigmoid";
}

function flatFraction({ activation, A, mask }: ForwardLayer): number {
  if (!isBounded({ activation } as ForwardLayer) || mask) return 0;
  const isFlat =
    activation.name === "tanh"
      ? (a: number) => Math.abs(a) > FLAT
      : (a: number) => a > FLAT || a < 1 - FLAT;
  const { data } = A.matrix;
  return data.reduce((sum, a) => sum + Number(isFlat(a)), 0) / data.length;
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

function examineDead({ dump, Z, activation }: ForwardLayer, samples: number, chain: Chain): void {
  if (activation.name !== "relu" || samples < LEAST_SAMPLES) return;
  const { rows, columns, data } = Z.matrix;
  if (!isFiniteArray(data)) return;
  let dead = 0;
  for (let unit = 0; unit < columns; unit++) {
    let isDead = true;
    for (let row = 0; row < rows && isDead; row++) isDead = data[row * columns + unit] < 0;
    dead += Number(isDead);
  }
  if (dead / columns < MOST_DEAD || chain.has("zero-initialisation")) return;
  chain.discover({
    id: "dead-relu",
    at: `A${dump.index}`,
    evidence: `${dead} of ${columns} units of layer ${dump.index} are 0 for each of ${samples} samples`,
    cause: "a ReLU that is never above 0 passes no gradient, and never comes back",
    value: dead / columns,
    threshold: MOST_DEAD,
  });
}

/** Findings that explain a gradient of a strange size. */
const GRADIENT_CAUSES: readonly DiagnosisId[] = [
  ...CAUSES,
  "zero-initialisation",
  "symmetric-units",
  "weights-too-small",
  "weights-too-large",
  "saturated-units",
  "dead-relu",
  "overflow",
];

export function examineFlow({ layers }: Backward, chain: Chain): void {
  const isRight = (index: number) =>
    chain.links.find(({ name }) => name === `dZ${index}`)?.verdict !== "wrong";
  const sizes = layers.map(({ dZ }) =>
    dZ && isFiniteArray(dZ.matrix.data)
      ? norm(dZ.matrix.data) / Math.sqrt(dZ.matrix.data.length)
      : 0,
  );
  const top = layers.length - 1;
  if (top < 1 || sizes[0] === 0 || sizes[top] === 0) return;
  if (!layers.every(({ dump }) => isRight(dump.index))) return;
  const ratio = sizes[0] / sizes[top];
  const evidence = `∂L/∂z is ${show(sizes[top])} in layer ${top + 1} and ${show(sizes[0])} in layer 1, in the quadratic mean`;
  if (ratio < VANISHING && !GRADIENT_CAUSES.some((id) => chain.has(id))) {
    chain.discover({
      id: "vanishing-gradient",
      at: "dZ1",
      evidence,
      cause:
        "each layer passes on a small part of the gradient only, and the first ones get next to nothing",
      value: ratio,
      threshold: VANISHING,
    });
  } else if (ratio > EXPLODING) {
    chain.discover({
      id: "exploding-gradient",
      at: "dZ1",
      evidence,
      cause: "each layer multiplies the gradient, and the first ones get more than they can bear",
      value: ratio,
      threshold: EXPLODING,
    });
  }
}

/** What makes a step useless whatever its length. */
const STEP_CAUSES: readonly DiagnosisId[] = [
  "inputs-constant",
  "zero-initialisation",
  "weights-too-small",
  "weights-too-large",
  "saturated-units",
  "exploding-gradient",
  "vanishing-gradient",
  "overflow",
];

/**
 * Judges the learning rate by the textbook's own step from the dump's parameters, so that other mistakes make no
 * difference: along the gradient the loss of the same samples falls, unless the step is too long.
 */
export function examineRate(
  dump: Dump,
  forward: Forward,
  learningRate: number | undefined,
  { loss, targets }: Objective,
  chain: Chain,
): void {
  if (learningRate === undefined || learningRate <= 0) return;
  if (STEP_CAUSES.some((id) => chain.has(id)) || chain.has("labels-not-one-hot")) return;
  if (chain.has("inputs-unscaled") && isMadeForLargeInputs()) {
    chain.forget("inputs-unscaled", dump.X.name);
    chain.note(`${dump.X.name} is not scaled, and weights and learning rate are made for that`);
    return;
  }
  const scale = chain.has("inputs-unscaled") ? 1 / 255 : chain.has("inputs-scaled-twice") ? 255 : 1;
  const clean = textbookStep(dump, forward, { loss, targets }, scale);
  if (!clean) return;
  const before = clean.lossAfter(0);
  const after = clean.lossAfter(learningRate);
  const rate = show(learningRate);
  const evidence = `a step along the gradient with the learning rate ${rate} takes the loss of its own samples from ${show(before)} to ${show(after)}`;
  /** Whether z is of a usual size, and the step lowers the loss, with the inputs as they are. */
  function isMadeForLargeInputs(): boolean {
    const size = rootMeanSquare(forward.layers[0].Z.matrix);
    if (!(size >= USUAL_SUMS.least && size <= USUAL_SUMS.most)) return false;
    const own = textbookStep(dump, forward, { loss, targets }, 1);
    return own !== undefined && own.lossAfter(learningRate as number) <= own.lossAfter(0);
  }
  const limit = RISE.factor * before + RISE.least;
  if (!(after <= limit)) {
    chain.discover({
      id: "learning-rate-too-high",
      at: "lr",
      evidence,
      cause: "the step is so long that it goes far beyond where the gradient points downhill",
      value: after,
      threshold: limit,
    });
    return;
  }
  const promise = (learningRate * clean.squaredNorm) / before;
  if (promise < SMALL_PROMISE && clean.lossAfter(LONGER * learningRate) < after) {
    chain.discover({
      id: "learning-rate-too-low",
      at: "lr",
      evidence: `${evidence}; one that is ${LONGER} times as long would still go down`,
      cause: "the steps are too short to get anywhere",
      value: promise,
      threshold: SMALL_PROMISE,
    });
  }
}

/** Weighted sums of this size, in the quadratic mean, are neither lost nor saturated. */
const USUAL_SUMS = { least: 0.05, most: 3 } as const;

interface TextbookStep {
  /** The loss after a step of this learning rate. */
  readonly lossAfter: (learningRate: number) => number;
  /** ‖∂L/∂parameters‖² */
  readonly squaredNorm: number;
}

function textbookStep(
  dump: Dump,
  forward: Forward,
  { loss, targets }: Objective,
  scale: number,
): TextbookStep | undefined {
  const X =
    scale === 1 ? dump.X : { ...dump.X, matrix: map(dump.X.matrix, (value) => scale * value) };
  // A bias that has become a matrix counts by its mean.
  const parameters = dump.layers.map(({ W, b, units }) => ({
    W: W.matrix,
    b: b && rowMean(b.matrix, units),
  }));
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

function rowMean(matrix: Matrix, units: number): Matrix {
  if (matrix.rows === 1) return matrix;
  return map(columnSums(matrix), (value) => value / (matrix.data.length / units));
}
