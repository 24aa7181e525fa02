/**
 * The update of a step: from every layer's ∂L/∂z to its new parameters, in tiles that are independent
 * of each other.
 *
 * A tile goes from the gradient of its parameters to their new values at once, and the gradient never
 * leaves the cache. A limit to the norm of the whole gradient breaks that in two, because it is known
 * only when every tile's gradient is: `descend` then leaves the gradient in memory and `clip` takes the
 * step. A limit to the norms of columns of weights adds a last part, `constrain`.
 */
import { BLOCK_UNITS, ROW_BYTES, SPARSE_ROWS } from "./compress";
import { multiplyPacked, pack, packPart, scratchBytes } from "./gemm";
import { sparseBatch } from "./inputs";
import { columnSquares, normFactors, scaleColumns } from "./maxNorm";
import { columnSums } from "./metrics";
import { follow, StepSettings, sumOfSquares, update } from "./optimizer";
import { ceilingDivide, isSparse, LayerPlan, layerAt, Plan, threadScratch } from "./plan";
import { FLOAT } from "./simd";
import { blockedBytes, countBlocks, gradientSparse, packBlocks, transposeBlock } from "./sparse";

/** Rows of a dense layer's W that are updated at a time; a multiple of the panels of 8. */
const TILE_INPUTS: i32 = 64;
/** Rows of a block of a sparse layer's W that are updated at a time. */
const TILE_FEATURES: i32 = 112;

/** Of each layer a tile of biases, then those of its weights. */
export function countDescentTiles(plan: Plan): i32 {
  let tiles = 0;
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

/** The layer that a tile belongs to. */
function layerOfTile(plan: Plan, tile: i32): i32 {
  let index = 0;
  tile -= 1 + countWeightTiles(plan, 0);
  while (tile >= 0) {
    index += 1;
    tile -= 1 + countWeightTiles(plan, index);
  }
  return index;
}

/** The number of a layer's first tile, its biases. */
function firstTile(plan: Plan, layer: i32): i32 {
  let tiles = 0;
  for (let index = 0; index < layer; index++) tiles += 1 + countWeightTiles(plan, index);
  return tiles;
}

// Where tile `tile` of a layer's weights lies. Of a dense layer it is rows of W `[inputs, units]`, over
// compressed inputs rows of a block `[inputs, 32]` of it. The gradient and the optimiser's state are
// laid out alike.

function firstRow(plan: Plan, index: i32, tile: i32): i32 {
  if (!isSparse(plan, index)) return tile * TILE_INPUTS;
  return (tile % ceilingDivide(layerAt(plan, index).inputs, TILE_FEATURES)) * TILE_FEATURES;
}

function blockOf(plan: Plan, index: i32, tile: i32): i32 {
  if (!isSparse(plan, index)) return 0;
  return tile / ceilingDivide(layerAt(plan, index).inputs, TILE_FEATURES);
}

function rowsOf(plan: Plan, index: i32, tile: i32): i32 {
  const most = isSparse(plan, index) ? TILE_FEATURES : TILE_INPUTS;
  return min(most, layerAt(plan, index).inputs - firstRow(plan, index, tile));
}

function columnsOf(plan: Plan, index: i32): i32 {
  return isSparse(plan, index) ? BLOCK_UNITS : layerAt(plan, index).units;
}

/** Bytes from the beginning of W. */
function offsetOf(plan: Plan, index: i32, tile: i32): usize {
  const block = <usize>blockOf(plan, index, tile);
  const row = <usize>firstRow(plan, index, tile);
  const layer = layerAt(plan, index);
  return (block * <usize>layer.inputs + row) * <usize>columnsOf(plan, index) * FLOAT;
}

/** W as it is trained: over compressed inputs in blocks. */
function trainedWeights(plan: Plan, index: i32): usize {
  const layer = layerAt(plan, index);
  return isSparse(plan, index) ? layer.packedWeights : layer.weights;
}

/** Columns of a row of `LayerPlan.columnSquares`. */
function squaresStride(plan: Plan, index: i32): i32 {
  const units = layerAt(plan, index).units;
  return isSparse(plan, index) ? countBlocks(units) * BLOCK_UNITS : units;
}

function settingsOf(plan: Plan, step: i32): StepSettings {
  return changetype<StepSettings>(plan.settings + <usize>step * offsetof<StepSettings>());
}

/** A tile's gradient, and unless the norm of the whole is limited its step. */
export function descend(plan: Plan, thread: i32, step: i32, tile: i32, rows: i32): void {
  const index = layerOfTile(plan, tile);
  const local = tile - firstTile(plan, index);
  const layer = layerAt(plan, index);
  if (local == 0) {
    columnSums(layer.biasGradient, layer.gradient, rows, layer.units);
    if (plan.squares) {
      storeSquares(plan, tile, layer.biasGradient, layer.units);
    } else {
      updateBiases(plan, step, layer, 1);
    }
    return;
  }
  const gradient = weightGradient(plan, thread, step, index, local - 1, rows);
  if (plan.squares) {
    const count = rowsOf(plan, index, local - 1) * columnsOf(plan, index);
    storeSquares(plan, tile, gradient, count);
  } else {
    updateWeights(plan, step, index, local - 1, gradient, 1);
  }
}

/** The step of a tile against its gradient, scaled so that the norm of the whole keeps to the limit. */
export function clip(plan: Plan, step: i32, tile: i32, scale: f32): void {
  const index = layerOfTile(plan, tile);
  const local = tile - firstTile(plan, index);
  const layer = layerAt(plan, index);
  if (local == 0) {
    updateBiases(plan, step, layer, scale);
  } else {
    const gradient = layer.weightGradient + offsetOf(plan, index, local - 1);
    updateWeights(plan, step, index, local - 1, gradient, scale);
  }
}

/** min(1, limit / ‖∇‖) over all parameters, after every tile has left its sum of squares. */
export function clipScale(plan: Plan): f32 {
  const tiles = countDescentTiles(plan);
  let sum: f64 = 0;
  for (let tile = 0; tile < tiles; tile++) {
    sum += load<f64>(plan.squares + ((<usize>tile) << 3));
  }
  const norm = sqrt(sum);
  return norm > plan.clipNorm ? <f32>(<f64>plan.clipNorm / norm) : 1;
}

/** Shrinks those columns of a tile of weights that are too long, and packs it. */
export function constrain(plan: Plan, thread: i32, step: i32, tile: i32): void {
  const index = layerOfTile(plan, tile);
  const local = tile - firstTile(plan, index) - 1;
  if (local < 0) return;
  const layer = layerAt(plan, index);
  const columns = columnsOf(plan, index);
  const stride = squaresStride(plan, index);
  const column = blockOf(plan, index, local) * BLOCK_UNITS;
  const tiles = ceilingDivide(layer.inputs, isSparse(plan, index) ? TILE_FEATURES : TILE_INPUTS);
  const squares = layer.columnSquares + <usize>column * FLOAT;
  const factors = threadScratch(plan, thread) + scratchBytes();
  const rows = rowsOf(plan, index, local);
  const weights = trainedWeights(plan, index) + offsetOf(plan, index, local);
  if (normFactors(factors, squares, stride, tiles, columns, plan.maxNorm)) {
    scaleColumns(weights, factors, rows, columns);
  }
  finishWeights(plan, step, index, local);
}

function storeSquares(plan: Plan, tile: i32, gradient: usize, count: i32): void {
  store<f64>(plan.squares + ((<usize>tile) << 3), sumOfSquares(gradient, count));
}

/** ∂L/∂W = aᵀ·∂L/∂z of a tile, with the layer's inputs a; returns where it is. */
function weightGradient(
  plan: Plan,
  thread: i32,
  step: i32,
  index: i32,
  tile: i32,
  rows: i32,
): usize {
  const layer = layerAt(plan, index);
  const scratch = threadScratch(plan, thread);
  const gradient = layer.weightGradient
    ? layer.weightGradient + offsetOf(plan, index, tile)
    : scratch + scratchBytes();
  const first = firstRow(plan, index, tile);
  const count = rowsOf(plan, index, tile);
  if (isSparse(plan, index)) {
    const block = <usize>blockOf(plan, index, tile);
    gradientSparse(
      gradient,
      layer.packedGradient + block * blockedBytes(rows, BLOCK_UNITS),
      sparseBatch(plan, thread, step, index),
      ceilingDivide(rows, SPARSE_ROWS),
      first,
      first + count,
    );
  } else {
    const inputs = index ? layerAt(plan, index - 1).activations : plan.batchInputs;
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
  }
  return gradient;
}

function updateBiases(plan: Plan, step: i32, layer: LayerPlan, scale: f32): void {
  const settings = settingsOf(plan, step);
  // Biases do not decay: they are few and cannot overfit much (Goodfellow et al. 2016, section 7.1).
  update(
    plan.optimizer,
    layer.biases,
    layer.biasGradient,
    layer.biasFirst,
    layer.biasSecond,
    layer.units,
    settings,
    scale,
    1,
  );
  if (layer.biasAverage) follow(layer.biasAverage, layer.biases, layer.units, settings.averaging);
}

function updateWeights(
  plan: Plan,
  step: i32,
  index: i32,
  tile: i32,
  gradient: usize,
  scale: f32,
): void {
  const layer = layerAt(plan, index);
  const settings = settingsOf(plan, step);
  const offset = offsetOf(plan, index, tile);
  const rows = rowsOf(plan, index, tile);
  const columns = columnsOf(plan, index);
  const weights = trainedWeights(plan, index) + offset;
  update(
    plan.optimizer,
    weights,
    gradient,
    layer.weightFirst ? layer.weightFirst + offset : 0,
    layer.weightSecond ? layer.weightSecond + offset : 0,
    rows * columns,
    settings,
    scale,
    settings.retained,
  );
  if (layer.columnSquares) {
    const column = blockOf(plan, index, tile) * BLOCK_UNITS;
    const row = isSparse(plan, index) ? firstRow(plan, index, tile) / TILE_FEATURES : tile;
    const place = row * squaresStride(plan, index) + column;
    columnSquares(layer.columnSquares + <usize>place * FLOAT, weights, rows, columns);
  } else {
    finishWeights(plan, step, index, tile);
  }
}

/** What follows the new values of a tile of weights: their average, and their packed forms. */
function finishWeights(plan: Plan, step: i32, index: i32, tile: i32): void {
  const layer = layerAt(plan, index);
  const rows = rowsOf(plan, index, tile);
  if (layer.weightAverage) {
    const offset = offsetOf(plan, index, tile);
    const weights = trainedWeights(plan, index) + offset;
    const count = rows * columnsOf(plan, index);
    follow(layer.weightAverage + offset, weights, count, settingsOf(plan, step).averaging);
  }
  const first = firstRow(plan, index, tile);
  if (isSparse(plan, index)) packBlockTransposed(layer, blockOf(plan, index, tile), first, rows);
  else packRows(layer, first, rows);
}

/** Packs W wherever it is read. */
export function packWeights(plan: Plan, index: i32): void {
  const layer = layerAt(plan, index);
  const inputs = layer.inputs;
  if (!isSparse(plan, index)) {
    packRows(layer, 0, inputs);
    return;
  }
  packBlocks(layer.packedWeights, layer.weights, 0, inputs, inputs, layer.units);
  for (let block = 0; block < countBlocks(layer.units); block++) {
    packBlockTransposed(layer, block, 0, inputs);
  }
}

/** Packs rows `first` to `first + count − 1` of a dense layer's W, `first` a multiple of 8. */
function packRows(layer: LayerPlan, first: i32, count: i32): void {
  const weights = layer.weights + <usize>(first * layer.units) * FLOAT;
  const inputs = layer.inputs;
  const units = layer.units;
  if (layer.packedWeights) {
    pack(layer.packedWeights, weights, units, 1, first, count, inputs, units);
  }
  if (layer.packedTransposed) {
    // Columns of Wᵀ `[units, inputs]`.
    packPart(layer.packedTransposed, weights, 1, units, 0, units, first, count, units, inputs);
  }
}

/**
 * Packs rows `first` to `first + count − 1` of a block of W `[inputs, 32]`, `first` a multiple of 8,
 * for the layer below: Wᵀ `[units, inputs]` in blocks where ∂L/∂z is compressed, in panels otherwise.
 */
function packBlockTransposed(layer: LayerPlan, block: i32, first: i32, count: i32): void {
  if (layer.packedTransposed == 0) return;
  const inputs = layer.inputs;
  const unit = block * BLOCK_UNITS;
  const units = min(BLOCK_UNITS, layer.units - unit);
  const weights = layer.packedWeights + <usize>(block * inputs + first) * ROW_BYTES;
  const transposed = layer.packedTransposed;
  if (layer.sparseGradient) {
    transposeBlock(transposed, weights, first, count, unit, units, layer.units);
  } else {
    packPart(transposed, weights, 1, BLOCK_UNITS, unit, units, first, count, layer.units, inputs);
  }
}
