/** Steps of training and evaluation over a plan: what a whole epoch consists of. */
import {
  biasIdentity,
  biasRelu,
  biasSigmoid,
  biasTanh,
  RELU,
  reluBackward,
  SIGMOID,
  SOFTMAX,
  sigmoidBackward,
  TANH,
  tanhBackward,
} from "./activation";
import { gatherBytes, gatherFloats, gatherLabels } from "./batch";
import { gemmNN, gemmNT, gemmTN } from "./gemm";
import { softmax, softmaxCrossEntropy } from "./loss";
import { columnSums, countCorrect, sumOfLosses } from "./metrics";
import { sgd } from "./optimizer";
import { LayerPlan, layerAt, Plan, TOTALS_BYTES } from "./plan";
import { FLOAT } from "./simd";

/** Runs training steps `first` to `first + count − 1` of an epoch. */
export function train(plan: Plan, first: i32, count: i32): void {
  for (let step = first; step < first + count; step++) {
    const rows = forwardAndLoss(plan, step);
    backward(plan, rows);
    update(plan);
  }
}

/** The same without learning: losses, predictions and totals only. */
export function evaluate(plan: Plan, first: i32, count: i32): void {
  for (let step = first; step < first + count; step++) forwardAndLoss(plan, step);
}

/** Class probabilities of the first `rows` rows of `batchInputs`, left in the last layer's activations. */
export function predict(plan: Plan, rows: i32): void {
  forward(plan, rows);
  const output = layerAt(plan, plan.layerCount - 1);
  softmax(output.activations, output.activations, rows, output.units);
}

/**
 * Gathers the batch of a step, runs it forward, and leaves the gradient of its mean loss with
 * respect to the logits in the last layer's `gradient`. Returns the rows of the batch.
 */
function forwardAndLoss(plan: Plan, step: i32): i32 {
  const first = step * plan.batchSize;
  const rows = min(plan.batchSize, plan.samples - first);
  if (plan.inputsAreBytes) {
    gatherBytes(plan.batchInputs, plan.inputs, plan.order, first, rows, plan.features);
  } else {
    gatherFloats(plan.batchInputs, plan.inputs, plan.order, first, rows, plan.features);
  }
  gatherLabels(plan.batchLabels, plan.labels, plan.order, first, rows);
  forward(plan, rows);

  const output = layerAt(plan, plan.layerCount - 1);
  const losses = plan.losses + <usize>first * FLOAT;
  const predicted = plan.predicted + <usize>first * FLOAT;
  softmaxCrossEntropy(
    output.gradient,
    losses,
    predicted,
    output.activations,
    plan.batchLabels,
    rows,
    output.units,
    1 / <f32>rows,
  );
  const totals = plan.totals + <usize>step * TOTALS_BYTES;
  store<f64>(totals, sumOfLosses(losses, rows));
  store<i32>(totals, countCorrect(predicted, plan.batchLabels, rows), 8);
  return rows;
}

/** a₀ = x, then layer by layer z = a·W + b, a = f(z); the last layer keeps its logits z. */
function forward(plan: Plan, rows: i32): void {
  let inputs = plan.batchInputs;
  for (let index = 0; index < plan.layerCount; index++) {
    const layer = layerAt(plan, index);
    gemmNN(
      layer.activations,
      inputs,
      layer.weights,
      plan.workspace,
      rows,
      layer.units,
      layer.inputs,
      false,
    );
    activate(layer, rows);
    inputs = layer.activations;
  }
}

function activate(layer: LayerPlan, rows: i32): void {
  const z = layer.activations;
  switch (layer.activation) {
    case SOFTMAX:
      biasIdentity(z, layer.biases, rows, layer.units);
      break;
    case TANH:
      biasTanh(z, layer.biases, rows, layer.units);
      break;
    case RELU:
      biasRelu(z, layer.biases, rows, layer.units);
      break;
    case SIGMOID:
      biasSigmoid(z, layer.biases, rows, layer.units);
      break;
    default:
      unreachable();
  }
}

/**
 * From ∂L/∂z of the last layer to every layer's gradients:
 * ∂L/∂W = aᵀ·∂L/∂z with the layer's inputs a, ∂L/∂b = Σ ∂L/∂z over the batch, and for the layer
 * below ∂L/∂a = ∂L/∂z·Wᵀ, ∂L/∂z = ∂L/∂a ⊙ f′(z).
 */
function backward(plan: Plan, rows: i32): void {
  for (let index = plan.layerCount - 1; index >= 0; index--) {
    const layer = layerAt(plan, index);
    const inputs = index ? layerAt(plan, index - 1).activations : plan.batchInputs;
    gemmTN(
      layer.weightGradient,
      inputs,
      layer.gradient,
      plan.workspace,
      layer.inputs,
      layer.units,
      rows,
      false,
    );
    columnSums(layer.biasGradient, layer.gradient, rows, layer.units);
    if (index == 0) return;
    const below = layerAt(plan, index - 1);
    gemmNT(
      below.gradient,
      layer.gradient,
      layer.weights,
      plan.workspace,
      rows,
      layer.inputs,
      layer.units,
      false,
    );
    differentiate(below, rows);
  }
}

function differentiate(layer: LayerPlan, rows: i32): void {
  const count = rows * layer.units;
  switch (layer.activation) {
    case TANH:
      tanhBackward(layer.gradient, layer.activations, count);
      break;
    case RELU:
      reluBackward(layer.gradient, layer.activations, count);
      break;
    case SIGMOID:
      sigmoidBackward(layer.gradient, layer.activations, count);
      break;
    default:
      unreachable();
  }
}

/** Moves every layer's parameters against their gradients. */
function update(plan: Plan): void {
  for (let index = 0; index < plan.layerCount; index++) {
    const layer = layerAt(plan, index);
    sgd(layer.weights, layer.weightGradient, layer.inputs * layer.units, plan.learningRate);
    sgd(layer.biases, layer.biasGradient, layer.units, plan.learningRate);
  }
}
