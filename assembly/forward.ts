/** The forward pass of a step, layer after layer, and its loss. */
import { activate } from "./activation";
import { gatherFloats, gatherLabels, labelTargets } from "./batch";
import { BLOCK_UNITS, SPARSE_ROWS } from "./compress";
import { dropUnits } from "./dropout";
import { multiplyPacked } from "./gemm";
import { gatherInputs, sparseBatch } from "./inputs";
import { binaryCrossEntropy, classify, softmaxCrossEntropy, squaredError } from "./loss";
import { batchRows, ceilingDivide, layerAt, Plan, threadScratch } from "./plan";
import { multiplyRow } from "./row";
import { FLOAT } from "./simd";
import { blockedBytes, countBlocks, multiplySparse } from "./sparse";

/** How a plan names its loss; `src/engine/plan.ts` holds the same list. */
export const CROSS_ENTROPY: i32 = 0;
export const BINARY_CROSS_ENTROPY: i32 = 1;
export const SQUARED_ERROR: i32 = 2;

/** Tiles of a matrix `[rows, units]` of a layer: a block of units of a chunk of rows each. */
export function countSparseTiles(rows: i32, units: i32): i32 {
  return ceilingDivide(rows, SPARSE_ROWS) * countBlocks(units);
}

/** A tile of the activations of a layer over compressed inputs. */
export function forwardSparseTile(plan: Plan, thread: i32, step: i32, index: i32, tile: i32): void {
  const layer = layerAt(plan, index);
  const chunks = ceilingDivide(batchRows(plan, step), SPARSE_ROWS);
  // Chunk after chunk for a block of units: its weights stay in the cache of this thread's core.
  const chunk = tile % chunks;
  const block = tile / chunks;
  const row = chunk * SPARSE_ROWS;
  const count = min(SPARSE_ROWS, batchRows(plan, step) - row);
  const weights = layer.packedWeights + <usize>block * blockedBytes(layer.inputs, BLOCK_UNITS);
  const z = threadScratch(plan, thread);
  multiplySparse(z, sparseBatch(plan, thread, step, index), chunk, weights, count);
  const unit = block * BLOCK_UNITS;
  const units = min(BLOCK_UNITS, layer.units - unit);
  activateUnits(plan, index, step, row, count, unit, units, z, BLOCK_UNITS, z);
}

/**
 * Passes rows `row` to `row + count − 1` of a batch forward, from layer `first` on, and leaves the
 * gradient of the batch's mean loss with respect to what the loss takes in the last layer's `gradient`.
 */
export function forward(
  plan: Plan,
  thread: i32,
  step: i32,
  row: i32,
  count: i32,
  first: i32,
): void {
  forwardRows(plan, thread, step, row, count, first, plan.layerCount);
  const output = layerAt(plan, plan.layerCount - 1);
  const position = step * plan.batchSize + row;
  const sample = (<usize>position) << 2;
  const place = <usize>(row * output.units) * FLOAT;
  const outputs = output.activations + place;
  const gradient = output.gradient + place;
  const losses = plan.losses + sample;
  const predicted = plan.predicted + sample;
  const labels = plan.targets + sample;
  const units = output.units;
  const weight: f32 = 1 / <f32>batchRows(plan, step);
  if (plan.labels) gatherLabels(labels, plan.labels, plan.order, position, count);
  if (plan.loss == CROSS_ENTROPY) {
    const smoothing = plan.labelSmoothing;
    softmaxCrossEntropy(
      gradient,
      losses,
      predicted,
      outputs,
      labels,
      count,
      units,
      smoothing,
      weight,
    );
    return;
  }
  const targets = plan.batchTargets + place;
  if (plan.values) gatherFloats(targets, plan.values, plan.order, position, count, units, 1);
  else labelTargets(targets, labels, count, units);
  if (plan.loss == BINARY_CROSS_ENTROPY) {
    classify(predicted, outputs, count, units, 0);
    binaryCrossEntropy(gradient, losses, outputs, targets, count, units, weight);
  } else {
    classify(predicted, outputs, count, units, 0.5);
    squaredError(gradient, losses, outputs, targets, count, units, weight);
  }
}

/** The activations of dense layers `first` to `end − 1`; of the data set inputs are gathered first. */
export function forwardRows(
  plan: Plan,
  thread: i32,
  step: i32,
  row: i32,
  count: i32,
  first: i32,
  end: i32,
): void {
  if (first == 0) gatherInputs(plan, step, row, count);
  forwardLayers(plan, thread, step, row, count, first, end);
}

/** Layers `first` to `end − 1`: a = f(a·W + b) of the layer below. */
export function forwardLayers(
  plan: Plan,
  thread: i32,
  step: i32,
  row: i32,
  count: i32,
  first: i32,
  end: i32,
): void {
  const scratch = threadScratch(plan, thread);
  for (let index = first; index < end; index++) {
    const layer = layerAt(plan, index);
    const inputs = index ? layerAt(plan, index - 1).activations : plan.batchInputs;
    const z = layer.activations + <usize>(row * layer.units) * FLOAT;
    multiplyPacked(
      z,
      inputs + <usize>row * layer.inputs * FLOAT,
      layer.inputs,
      1,
      layer.packedWeights,
      scratch,
      count,
      layer.units,
      layer.inputs,
      false,
    );
    activateUnits(plan, index, step, row, count, 0, layer.units, z, layer.units, scratch);
  }
}

/** The same of all layers and a single row, by the weights as they lie in memory. */
export function forwardRow(plan: Plan): void {
  let inputs = plan.batchInputs;
  for (let index = 0; index < plan.layerCount; index++) {
    const layer = layerAt(plan, index);
    const units = layer.units;
    const z = layer.activations;
    multiplyRow(z, inputs, layer.weights, layer.inputs, units);
    activateUnits(plan, index, 0, 0, 1, 0, units, z, units, threadScratch(plan, 0));
    inputs = z;
  }
}

/**
 * a = f(z + b) for units `unit` to `unit + units − 1` of a layer, rows of z `zStride` floats apart; then
 * some of them are dropped. `scratch` is read no more when dropping begins, so that z may be there.
 */
function activateUnits(
  plan: Plan,
  index: i32,
  step: i32,
  row: i32,
  count: i32,
  unit: i32,
  units: i32,
  z: usize,
  zStride: i32,
  scratch: usize,
): void {
  const layer = layerAt(plan, index);
  const place = <usize>(row * layer.units + unit) * FLOAT;
  const a = layer.activations + place;
  const factors = layer.factors ? layer.factors + place : 0;
  const biases = layer.biases + <usize>unit * FLOAT;
  activate(layer.activation, a, factors, layer.units, z, zStride, biases, count, units);
  if (layer.dropout == 0) return;
  dropUnits(
    a,
    factors,
    layer.units,
    count,
    units,
    unit,
    step * plan.batchSize + row,
    index + 1,
    layer.dropout,
    layer.dropoutScale,
    plan.seed,
    plan.epoch,
    scratch,
  );
}
