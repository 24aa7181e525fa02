/**
 * Steps of training and evaluation over a plan: what a whole epoch consists of.
 *
 * Every thread of the run calls `train` or `evaluate` with the same arguments but its number.
 *
 * A step has two phases, each ended by a barrier. In the first the batch passes through the network in chunks of rows, each
 * from its inputs to the gradients of every layer's z. In the second the parameters are updated in
 * tiles, each from the gradient of its weights to its new values. Chunks are independent of each
 * other, and so are tiles; every sum has one fixed order whatever the chunk or tile.
 */
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
import { barrier, claim, isStopping, reportCompleted } from "./barrier";
import { gatherBytes, gatherFloats, gatherLabels } from "./batch";
import { multiplyPacked, pack, scratchBytes } from "./gemm";
import { softmax, softmaxCrossEntropy } from "./loss";
import { columnSums, countCorrect, sumOfLosses } from "./metrics";
import { sgd } from "./optimizer";
import { LayerPlan, layerAt, Plan, TOTALS_BYTES } from "./plan";
import { shuffle } from "./random";
import { FLOAT } from "./simd";
import { CHUNK_ROWS, compressChunk, descendSparse, multiplySparse } from "./sparse";

/** Rows of a dense layer's W that are updated at a time; a multiple of the panels of 8. */
const TILE_INPUTS: i32 = 64;
/** Rows and columns of a sparse layer's W that are updated at a time. */
const TILE_FEATURES: i32 = 112;
const TILE_UNITS: i32 = 32;

/** Packs every layer's weights: they may have changed since the plan was last used. */
function prepare(plan: Plan): void {
  for (let index = 0; index < plan.layerCount; index++) {
    packWeights(layerAt(plan, index), 0, layerAt(plan, index).inputs);
  }
}

/**
 * Runs training steps `first` to `first + count − 1` of an epoch, as thread `thread` of
 * `plan.threads`, all of which make the same call. Ends early, after a whole step, when asked to.
 */
export function train(plan: Plan, thread: i32, first: i32, count: i32): void {
  const team = plan.team;
  enter(plan, thread, first);
  for (let step = first; step < first + count; step++) {
    const rows = batchRows(plan, step);
    const chunks = ceilingDivide(rows, CHUNK_ROWS);
    for (let chunk = claim(team); chunk < chunks; chunk = claim(team)) {
      forward(plan, thread, step, chunk, rows, true);
      backward(plan, thread, chunk, rows);
    }
    barrier(team, plan.threads, plan.spins);
    const tiles = countTiles(plan);
    for (let tile = claim(team); tile < tiles; tile = claim(team)) {
      if (tile == 0) total(plan, step, rows);
      else updateTile(plan, thread, tile - 1, rows);
    }
    barrier(team, plan.threads, plan.spins);
    if (thread == 0) reportCompleted(team, step + 1);
    if (isStopping(team)) return;
  }
}

/** The same without learning: losses, predictions and totals only. */
export function evaluate(plan: Plan, thread: i32, first: i32, count: i32): void {
  const team = plan.team;
  enter(plan, thread, first);
  for (let step = first; step < first + count; step++) {
    const rows = batchRows(plan, step);
    const chunks = ceilingDivide(rows, CHUNK_ROWS);
    for (let chunk = claim(team); chunk < chunks; chunk = claim(team)) {
      forward(plan, thread, step, chunk, rows, false);
    }
    barrier(team, plan.threads, plan.spins);
    if (thread == 0) {
      total(plan, step, rows);
      reportCompleted(team, step + 1);
    }
    barrier(team, plan.threads, plan.spins);
    if (isStopping(team)) return;
  }
}

/** Before the first step: the order of the samples, the packed weights, and everybody present. */
function enter(plan: Plan, thread: i32, first: i32): void {
  if (thread == 0) {
    if (first == 0 && plan.order) {
      shuffle(plan.order, plan.samples, plan.seed, plan.epoch, threadScratch(plan, 0));
    }
    prepare(plan);
  }
  barrier(plan.team, plan.threads, plan.spins);
}

/** Scratch memory of a thread: that of the matrix products, then a tile of a layer's gradient. */
function threadScratch(plan: Plan, thread: i32): usize {
  return plan.scratch + <usize>thread * plan.scratchStride;
}

/**
 * Class probabilities of the first `rows` rows of `batchInputs`, left in the last layer's
 * activations.
 */
export function predict(plan: Plan, rows: i32): void {
  prepare(plan);
  multiplyDense(plan, 0, layerAt(plan, 0), plan.batchInputs, 0, rows);
  forwardLayers(plan, 0, 0, rows);
  const output = layerAt(plan, plan.layerCount - 1);
  softmax(output.activations, output.activations, rows, output.units);
}

function batchRows(plan: Plan, step: i32): i32 {
  return min(plan.batchSize, plan.samples - step * plan.batchSize);
}

/**
 * Passes one chunk of a batch of `rows` rows forward, and leaves the gradient of the batch's mean
 * loss with respect to the logits in the last layer's `gradient`.
 */
function forward(plan: Plan, thread: i32, step: i32, chunk: i32, rows: i32, training: bool): void {
  const row = chunk * CHUNK_ROWS;
  const count = min(CHUNK_ROWS, rows - row);
  const position = step * plan.batchSize + row;
  const first = layerAt(plan, 0);
  if (changetype<usize>(plan.sparse)) {
    compressChunk(
      plan.sparse,
      chunk,
      count,
      plan.inputs,
      plan.inputsAreBytes != 0,
      plan.order,
      position,
      training,
      <usize>first.units * FLOAT,
    );
    const z = first.activations + <usize>(row * first.units) * FLOAT;
    multiplySparse(z, plan.sparse, chunk, first.weights, count, first.units);
  } else {
    const x = plan.batchInputs + <usize>row * plan.features * FLOAT;
    if (plan.inputsAreBytes) {
      gatherBytes(x, plan.inputs, plan.order, position, count, plan.features);
    } else {
      gatherFloats(x, plan.inputs, plan.order, position, count, plan.features);
    }
    multiplyDense(plan, thread, first, plan.batchInputs, row, count);
  }
  forwardLayers(plan, thread, row, count);

  const labels = plan.batchLabels + ((<usize>row) << 2);
  gatherLabels(labels, plan.labels, plan.order, position, count);
  const output = layerAt(plan, plan.layerCount - 1);
  const place = <usize>(row * output.units) * FLOAT;
  softmaxCrossEntropy(
    output.gradient + place,
    plan.losses + ((<usize>position) << 2),
    plan.predicted + ((<usize>position) << 2),
    output.activations + place,
    labels,
    count,
    output.units,
    1 / <f32>rows,
  );
}

/** From the first layer's products x·W to the logits: a = f(z + b), then z = a·W of the next. */
function forwardLayers(plan: Plan, thread: i32, row: i32, count: i32): void {
  activate(layerAt(plan, 0), row, count);
  for (let index = 1; index < plan.layerCount; index++) {
    const layer = layerAt(plan, index);
    multiplyDense(plan, thread, layer, layerAt(plan, index - 1).activations, row, count);
    activate(layer, row, count);
  }
}

/** Rows `row` to `row + count − 1` of z = inputs·W, inputs `[batchSize, layer.inputs]`. */
function multiplyDense(
  plan: Plan,
  thread: i32,
  layer: LayerPlan,
  inputs: usize,
  row: i32,
  count: i32,
): void {
  multiplyPacked(
    layer.activations + <usize>(row * layer.units) * FLOAT,
    inputs + <usize>row * layer.inputs * FLOAT,
    layer.inputs,
    1,
    layer.packedWeights,
    threadScratch(plan, thread),
    count,
    layer.units,
    layer.inputs,
    false,
  );
}

function activate(layer: LayerPlan, row: i32, count: i32): void {
  const z = layer.activations + <usize>(row * layer.units) * FLOAT;
  switch (layer.activation) {
    case SOFTMAX:
      biasIdentity(z, layer.biases, count, layer.units);
      break;
    case TANH:
      biasTanh(z, layer.biases, count, layer.units);
      break;
    case RELU:
      biasRelu(z, layer.biases, count, layer.units);
      break;
    case SIGMOID:
      biasSigmoid(z, layer.biases, count, layer.units);
      break;
    default:
      unreachable();
  }
}

/**
 * From a chunk's ∂L/∂z of the last layer to that of every layer: ∂L/∂a = ∂L/∂z·Wᵀ for the layer
 * below, ∂L/∂z = ∂L/∂a ⊙ f′(z). Packs each for the gradient of the weights.
 */
function backward(plan: Plan, thread: i32, chunk: i32, rows: i32): void {
  const row = chunk * CHUNK_ROWS;
  const count = min(CHUNK_ROWS, rows - row);
  for (let index = plan.layerCount - 1; index >= 0; index--) {
    const layer = layerAt(plan, index);
    const units = layer.units;
    const gradient = layer.gradient + <usize>(row * units) * FLOAT;
    if (layer.packedGradient) {
      pack(layer.packedGradient, gradient, units, 1, row, count, rows, units);
    }
    if (index == 0) return;
    const below = layerAt(plan, index - 1);
    multiplyPacked(
      below.gradient + <usize>(row * below.units) * FLOAT,
      gradient,
      units,
      1,
      layer.packedTransposed,
      threadScratch(plan, thread),
      count,
      below.units,
      units,
      false,
    );
    differentiate(below, row, count);
  }
}

function differentiate(layer: LayerPlan, row: i32, count: i32): void {
  const place = <usize>(row * layer.units) * FLOAT;
  const gradient = layer.gradient + place;
  const activations = layer.activations + place;
  const values = count * layer.units;
  switch (layer.activation) {
    case TANH:
      tanhBackward(gradient, activations, values);
      break;
    case RELU:
      reluBackward(gradient, activations, values);
      break;
    case SIGMOID:
      sigmoidBackward(gradient, activations, values);
      break;
    default:
      unreachable();
  }
}

/** One tile for the totals, then for each layer one of biases and those of its weights. */
function countTiles(plan: Plan): i32 {
  let tiles = 1;
  for (let index = 0; index < plan.layerCount; index++) {
    tiles += 1 + countWeightTiles(plan, index);
  }
  return tiles;
}

function countWeightTiles(plan: Plan, index: i32): i32 {
  const layer = layerAt(plan, index);
  return isSparse(plan, index)
    ? ceilingDivide(layer.inputs, TILE_FEATURES) * ceilingDivide(layer.units, TILE_UNITS)
    : ceilingDivide(layer.inputs, TILE_INPUTS);
}

/** Only the first layer reads the data set. */
function isSparse(plan: Plan, index: i32): bool {
  return index == 0 && changetype<usize>(plan.sparse) != 0;
}

function ceilingDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

function updateTile(plan: Plan, thread: i32, tile: i32, rows: i32): void {
  for (let index = 0; ; index++) {
    const layer = layerAt(plan, index);
    if (tile == 0) {
      columnSums(layer.biasGradient, layer.gradient, rows, layer.units);
      sgd(layer.biases, layer.biasGradient, layer.units, plan.learningRate);
      return;
    }
    tile -= 1;
    const tiles = countWeightTiles(plan, index);
    if (tile >= tiles) {
      tile -= tiles;
    } else if (isSparse(plan, index)) {
      updateSparseTile(plan, layer, tile, rows);
      return;
    } else {
      updateDenseTile(plan, thread, index, tile, rows);
      return;
    }
  }
}

function updateSparseTile(plan: Plan, layer: LayerPlan, tile: i32, rows: i32): void {
  const featureTiles = ceilingDivide(layer.inputs, TILE_FEATURES);
  const feature = (tile % featureTiles) * TILE_FEATURES;
  descendSparse(
    layer.weights,
    layer.gradient,
    plan.sparse,
    ceilingDivide(rows, CHUNK_ROWS),
    feature,
    min(feature + TILE_FEATURES, layer.inputs),
    (tile / featureTiles) * TILE_UNITS,
    layer.units,
    plan.learningRate,
  );
}

/** ∂L/∂W = aᵀ·∂L/∂z for a tile of rows of W, with the layer's inputs a; then the step. */
function updateDenseTile(plan: Plan, thread: i32, index: i32, tile: i32, rows: i32): void {
  const layer = layerAt(plan, index);
  const inputs = index ? layerAt(plan, index - 1).activations : plan.batchInputs;
  const first = tile * TILE_INPUTS;
  const count = min(TILE_INPUTS, layer.inputs - first);
  const scratch = threadScratch(plan, thread);
  const gradient = scratch + scratchBytes();
  multiplyPacked(
    gradient,
    inputs + <usize>first * FLOAT,
    1,
    layer.inputs,
    layer.packedGradient,
    scratch,
    count,
    layer.units,
    rows,
    false,
  );
  const weights = layer.weights + <usize>(first * layer.units) * FLOAT;
  sgd(weights, gradient, count * layer.units, plan.learningRate);
  packWeights(layer, first, count);
}

/** Packs rows `first` to `first + count − 1` of W, `first` a multiple of 8, wherever it is read. */
function packWeights(layer: LayerPlan, first: i32, count: i32): void {
  const weights = layer.weights + <usize>(first * layer.units) * FLOAT;
  const inputs = layer.inputs;
  const units = layer.units;
  if (layer.packedWeights) {
    pack(layer.packedWeights, weights, units, 1, first, count, inputs, units);
  }
  if (layer.packedTransposed) {
    // Wᵀ `[units, inputs]`: its columns `first` … are whole panels.
    const panels = layer.packedTransposed + <usize>(first * units) * FLOAT;
    pack(panels, weights, 1, units, 0, units, units, count);
  }
}

function total(plan: Plan, step: i32, rows: i32): void {
  const position = (<usize>(step * plan.batchSize)) << 2;
  const totals = plan.totals + <usize>step * TOTALS_BYTES;
  store<f64>(totals, sumOfLosses(plan.losses + position, rows));
  store<i32>(totals, countCorrect(plan.predicted + position, plan.batchLabels, rows), 8);
}
