/**
 * Steps of training and evaluation over a plan: what a whole epoch consists of.
 *
 * Every thread of the run calls `train` or `evaluate` with the same arguments but its number.
 *
 * A step has three phases, each ended by a barrier:
 *
 * 1. Over compressed inputs the first layer is done in tiles, a block of units of a chunk each.
 * 2. The batch passes through the other layers and back in chunks of rows, which leaves every
 *    layer's ∂L/∂z. A dense first layer belongs to this phase.
 * 3. The parameters are updated in tiles, each from the gradient of its weights to its new values,
 *    and meanwhile the next step's inputs are compressed.
 *
 * Chunks and tiles are independent of each other, and every sum has one fixed order whatever their
 * sizes and whoever computes them.
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
import { BLOCK_UNITS, compressChunk, SPARSE_ROWS, SparseBatch } from "./compress";
import { multiplyPacked, pack, scratchBytes } from "./gemm";
import { softmax, softmaxCrossEntropy } from "./loss";
import { columnSums, countCorrect, sumOfLosses } from "./metrics";
import { sgd } from "./optimizer";
import { LayerPlan, layerAt, Plan, TOTALS_BYTES } from "./plan";
import { shuffle } from "./random";
import { FLOAT } from "./simd";
import {
  blockedBytes,
  countBlocks,
  descendSparse,
  multiplySparse,
  packBlocks,
  unpackBlocks,
} from "./sparse";

/** Most rows that pass through the network at a time: their activations stay in cache. */
const CHUNK_ROWS: i32 = 32;
/** Rows of a dense layer's W that are updated at a time; a multiple of the panels of 8. */
const TILE_INPUTS: i32 = 64;
/** Rows of a block of a sparse layer's W that are updated at a time. */
const TILE_FEATURES: i32 = 112;

/** Packs every layer's weights: they may have changed since the plan was last used. */
function prepare(plan: Plan): void {
  for (let index = 0; index < plan.layerCount; index++) {
    const layer = layerAt(plan, index);
    if (isSparse(plan, index)) {
      packBlocks(layer.packedWeights, layer.weights, 0, layer.inputs, layer.inputs, layer.units);
    } else {
      packWeights(layer, 0, layer.inputs);
    }
  }
}

/** After the last step: a sparse layer has learned in blocks, and only now its weights follow. */
function leave(plan: Plan, thread: i32): void {
  if (thread != 0 || !isSparse(plan, 0)) return;
  const layer = layerAt(plan, 0);
  unpackBlocks(layer.weights, layer.packedWeights, layer.inputs, layer.units);
}

/**
 * Runs training steps `first` to `first + count − 1` of an epoch, as thread `thread` of
 * `plan.threads`, all of which make the same call. Ends early, after a whole step, when asked to.
 */
export function train(plan: Plan, thread: i32, first: i32, count: i32): void {
  const end = first + count;
  enter(plan, thread, first);
  for (let step = first; step < end; step++) {
    const rows = batchRows(plan, step);
    forwardSparse(plan, thread, step, rows);
    const chunks = ceilingDivide(rows, chunkRows(plan, rows));
    for (
      let chunk = next(plan, thread, chunks);
      chunk < chunks;
      chunk = next(plan, thread, chunks)
    ) {
      forward(plan, thread, step, chunk, rows);
      backward(plan, thread, chunk, rows);
    }
    meet(plan);
    const coming = step + 1 < end ? countSparseChunks(plan, step + 1) : 0;
    const tiles = coming + countTiles(plan);
    for (let tile = next(plan, thread, tiles); tile < tiles; tile = next(plan, thread, tiles)) {
      if (tile < coming) compress(plan, step + 1, tile);
      else if (tile == coming) total(plan, step, rows);
      else updateTile(plan, thread, step, tile - coming - 1, rows);
    }
    meet(plan);
    if (thread == 0) reportCompleted(plan.team, step + 1);
    if (isStopping(plan.team)) break;
  }
  leave(plan, thread);
}

/** The same without learning: losses, predictions and totals only. */
export function evaluate(plan: Plan, thread: i32, first: i32, count: i32): void {
  const end = first + count;
  enter(plan, thread, first);
  for (let step = first; step < end; step++) {
    const rows = batchRows(plan, step);
    forwardSparse(plan, thread, step, rows);
    const coming = step + 1 < end ? countSparseChunks(plan, step + 1) : 0;
    const chunks = coming + ceilingDivide(rows, chunkRows(plan, rows));
    for (
      let chunk = next(plan, thread, chunks);
      chunk < chunks;
      chunk = next(plan, thread, chunks)
    ) {
      if (chunk < coming) compress(plan, step + 1, chunk);
      else forward(plan, thread, step, chunk - coming, rows);
    }
    meet(plan);
    if (thread == 0) {
      total(plan, step, rows);
      reportCompleted(plan.team, step + 1);
    }
    if (isStopping(plan.team)) return;
  }
}

/** Rows of a chunk: of a small batch, so few that every thread has one; whole tiles of 4. */
function chunkRows(plan: Plan, rows: i32): i32 {
  return min(CHUNK_ROWS, ceilingDivide(ceilingDivide(rows, plan.threads), 4) * 4);
}

/** The next of `count` chunks or tiles for this thread. */
function next(plan: Plan, thread: i32, count: i32): i32 {
  return claim(plan.team, thread, plan.threads, count);
}

function meet(plan: Plan): void {
  barrier(plan.team, plan.threads, plan.spins);
}

/** Before the first step: the order of the samples, the packed weights, the first batch. */
function enter(plan: Plan, thread: i32, first: i32): void {
  if (thread == 0) {
    if (first == 0 && plan.order) {
      shuffle(plan.order, plan.samples, plan.seed, plan.epoch, threadScratch(plan, 0));
    }
    prepare(plan);
  }
  meet(plan);
  if (plan.batchKept) return;
  const chunks = countSparseChunks(plan, first);
  for (let chunk = next(plan, thread, chunks); chunk < chunks; chunk = next(plan, thread, chunks)) {
    compress(plan, first, chunk);
  }
  meet(plan);
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
  forwardLayers(plan, 0, 0, rows, 0);
  const output = layerAt(plan, plan.layerCount - 1);
  softmax(output.activations, output.activations, rows, output.units);
}

function batchRows(plan: Plan, step: i32): i32 {
  return min(plan.batchSize, plan.samples - step * plan.batchSize);
}

/** Chunks that a step's inputs are compressed in; none when they are dense. */
function countSparseChunks(plan: Plan, step: i32): i32 {
  return isSparse(plan, 0) ? ceilingDivide(batchRows(plan, step), SPARSE_ROWS) : 0;
}

/** Even and odd steps take turns, so that one can be compressed while the other is in use. */
function sparseBatch(plan: Plan, step: i32): SparseBatch {
  return changetype<SparseBatch>(plan.sparse + <usize>(step & 1) * offsetof<SparseBatch>());
}

function compress(plan: Plan, step: i32, chunk: i32): void {
  const row = chunk * SPARSE_ROWS;
  compressChunk(
    sparseBatch(plan, step),
    chunk,
    plan.inputs,
    plan.inputsAreBytes != 0,
    plan.order,
    step * plan.batchSize + row,
    min(SPARSE_ROWS, batchRows(plan, step) - row),
  );
}

/** The first layer's activations, when its inputs are compressed. */
function forwardSparse(plan: Plan, thread: i32, step: i32, rows: i32): void {
  const chunks = countSparseChunks(plan, step);
  if (chunks == 0) return;
  const layer = layerAt(plan, 0);
  const blockBytes = blockedBytes(layer.inputs, BLOCK_UNITS);
  const z = threadScratch(plan, thread);
  const tiles = chunks * countBlocks(layer.units);
  for (let tile = next(plan, thread, tiles); tile < tiles; tile = next(plan, thread, tiles)) {
    // Chunk after chunk for a block of units: its weights stay in the cache of this thread's core.
    const chunk = tile % chunks;
    const block = tile / chunks;
    const row = chunk * SPARSE_ROWS;
    const count = min(SPARSE_ROWS, rows - row);
    const weights = layer.packedWeights + <usize>block * blockBytes;
    multiplySparse(z, sparseBatch(plan, step), chunk, weights, count);
    const unit = block * BLOCK_UNITS;
    activate(layer, row, count, unit, min(BLOCK_UNITS, layer.units - unit), z, BLOCK_UNITS);
  }
  meet(plan);
}

/**
 * Passes one chunk of a batch of `rows` rows forward, and leaves the gradient of the batch's mean
 * loss with respect to the logits in the last layer's `gradient`.
 */
function forward(plan: Plan, thread: i32, step: i32, chunk: i32, rows: i32): void {
  const row = chunk * chunkRows(plan, rows);
  const count = min(chunkRows(plan, rows), rows - row);
  const position = step * plan.batchSize + row;
  if (isSparse(plan, 0)) {
    forwardLayers(plan, thread, row, count, 1);
  } else {
    const x = plan.batchInputs + <usize>row * plan.features * FLOAT;
    if (plan.inputsAreBytes) {
      gatherBytes(x, plan.inputs, plan.order, position, count, plan.features);
    } else {
      gatherFloats(x, plan.inputs, plan.order, position, count, plan.features);
    }
    forwardLayers(plan, thread, row, count, 0);
  }

  const output = layerAt(plan, plan.layerCount - 1);
  const place = <usize>(row * output.units) * FLOAT;
  const sample = (<usize>position) << 2;
  gatherLabels(plan.targets + sample, plan.labels, plan.order, position, count);
  softmaxCrossEntropy(
    output.gradient + place,
    plan.losses + sample,
    plan.predicted + sample,
    output.activations + place,
    plan.targets + sample,
    count,
    output.units,
    1 / <f32>rows,
  );
}

/** From layer `first` on: z = a·W + b, a = f(z); the last layer keeps its logits z. */
function forwardLayers(plan: Plan, thread: i32, row: i32, count: i32, first: i32): void {
  for (let index = first; index < plan.layerCount; index++) {
    const layer = layerAt(plan, index);
    const inputs = index ? layerAt(plan, index - 1).activations : plan.batchInputs;
    multiplyDense(plan, thread, layer, inputs, row, count);
    const z = layer.activations + <usize>(row * layer.units) * FLOAT;
    activate(layer, row, count, 0, layer.units, z, layer.units);
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

/** a = f(z + b) for units `unit` to `unit + units − 1` of a layer, rows of z `zStride` floats apart. */
function activate(
  layer: LayerPlan,
  row: i32,
  count: i32,
  unit: i32,
  units: i32,
  z: usize,
  zStride: i32,
): void {
  const stride = layer.units;
  const a = layer.activations + <usize>(row * stride + unit) * FLOAT;
  const biases = layer.biases + <usize>unit * FLOAT;
  switch (layer.activation) {
    case SOFTMAX:
      biasIdentity(a, stride, z, zStride, biases, count, units);
      break;
    case TANH:
      biasTanh(a, stride, z, zStride, biases, count, units);
      break;
    case RELU:
      biasRelu(a, stride, z, zStride, biases, count, units);
      break;
    case SIGMOID:
      biasSigmoid(a, stride, z, zStride, biases, count, units);
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
  const row = chunk * chunkRows(plan, rows);
  const count = min(chunkRows(plan, rows), rows - row);
  for (let index = plan.layerCount - 1; index >= 0; index--) {
    const layer = layerAt(plan, index);
    const units = layer.units;
    const gradient = layer.gradient + <usize>(row * units) * FLOAT;
    if (isSparse(plan, index)) {
      packBlocks(layer.packedGradient, gradient, row, count, rows, units);
    } else {
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
    ? ceilingDivide(layer.inputs, TILE_FEATURES) * countBlocks(layer.units)
    : ceilingDivide(layer.inputs, TILE_INPUTS);
}

/** Only the first layer reads the data set. */
function isSparse(plan: Plan, index: i32): bool {
  return index == 0 && plan.sparse != 0;
}

function ceilingDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

function updateTile(plan: Plan, thread: i32, step: i32, tile: i32, rows: i32): void {
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
      updateSparseTile(plan, thread, step, tile, rows);
      return;
    } else {
      updateDenseTile(plan, thread, index, tile, rows);
      return;
    }
  }
}

function updateSparseTile(plan: Plan, thread: i32, step: i32, tile: i32, rows: i32): void {
  const layer = layerAt(plan, 0);
  const featureTiles = ceilingDivide(layer.inputs, TILE_FEATURES);
  const feature = (tile % featureTiles) * TILE_FEATURES;
  const block = tile / featureTiles;
  descendSparse(
    layer.packedWeights + <usize>block * blockedBytes(layer.inputs, BLOCK_UNITS),
    layer.packedGradient + <usize>block * blockedBytes(rows, BLOCK_UNITS),
    sparseBatch(plan, step),
    ceilingDivide(rows, SPARSE_ROWS),
    feature,
    min(feature + TILE_FEATURES, layer.inputs),
    plan.learningRate,
    threadScratch(plan, thread),
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
  store<i32>(totals, countCorrect(plan.predicted + position, plan.targets + position, rows), 8);
}
