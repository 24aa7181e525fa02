/** Lays out, in linear memory, what the kernels need of a network beside its parameters. */
import type { ImageShape } from "../data/imageShape.js";
import type { Pointer } from "../engine/kernels.js";
import {
  ACTIVATION_CODES,
  BLOCK_UNITS,
  LAYER_BYTES,
  TILE_FEATURES,
  TILE_INPUTS,
  writeLayers,
} from "../engine/plan.js";
import type { Regions } from "../engine/regions.js";
import { lossOf } from "./architecture.js";
import { dropoutFields, type Learning, STATES } from "./learning.js";
import type { Network } from "./network.js";
import { isMostlyZero, isWorthCompressing, layOutSparseMatrix } from "./sparseLayout.js";

/** Bytes of a float32. */
const FLOAT_BYTES = 4;
/** Each thread's scratch memory begins on a cache line of its own. */
const LINE_BYTES = 64;

/** Where what training keeps of a layer from step to step is; 0 where there is none. */
export interface LayerState {
  /** Whether the weights' arrays are in blocks of 32 units, as with compressed inputs. */
  readonly blocked: boolean;
  /** Floats of each of the weights' arrays. */
  readonly weightCount: number;
  readonly biasCount: number;
  readonly weightFirst: Pointer;
  readonly weightSecond: Pointer;
  readonly weightAverage: Pointer;
  readonly biasFirst: Pointer;
  readonly biasSecond: Pointer;
  readonly biasAverage: Pointer;
}

export interface LayerLayout {
  /** The table of `LayerPlan`s. */
  readonly table: Pointer;
  /** The last layer's activations `[rows, outputs]`. */
  readonly outputs: Pointer;
  /** Every layer's activations `[rows, units]`. */
  readonly activations: readonly Pointer[];
  /** Every layer's ∂L/∂z `[rows, units]`; of evaluation its activations. */
  readonly gradients: readonly Pointer[];
  /** Every layer's weights as its products read them. */
  readonly packedWeights: readonly Pointer[];
  readonly states: readonly LayerState[];
}

/**
 * Buffers for batches of up to `rows` rows: activations of each layer, packed weights, and when
 * learning the gradients and the optimiser's state, all zero.
 *
 * @param firstLayer how the first layer reads its inputs
 * @param packedWeights another layout's of the same network, to be shared
 */
export function layOutLayers(
  network: Network,
  regions: Regions,
  rows: number,
  firstLayer: "dense" | "sparse",
  learning?: Learning,
  packedWeights?: readonly Pointer[],
): LayerLayout {
  const { engine, layers } = network;
  const { memory } = engine;
  const { blockedBytes, packedBytes } = engine.kernels;
  const table = regions.allocateBytes(LAYER_BYTES * layers.length);
  const takesLogits = lossOf(network.architecture) !== "mean-squared-error";
  const states: LayerState[] = [];
  const compresses = (layer: number) =>
    learning !== undefined && isMostlyZero(layers[layer], learning.dropout.hidden);
  const fields = layers.map(({ inputs, units, activation, weights, biases }, index) => {
    const last = index === layers.length - 1;
    const sparse =
      index === 0
        ? firstLayer === "sparse"
        : compresses(index - 1) && isWorthCompressing(inputs, units, rows);
    const sparseGradient = index > 0 && sparse && !last && compresses(index);
    const layOut = sparse ? blockedBytes : packedBytes;
    const activations = regions.allocateNumbers(rows * units);
    const code = activation === "softmax" || (last && takesLogits) ? "identity" : activation;
    const dropped = last ? 0 : (learning?.dropout.hidden ?? 0);
    const keepsFactors = learning && (dropped > 0 || code === "gelu" || code === "silu");
    const weightCount = sparse ? blockedBytes(inputs, units) / FLOAT_BYTES : inputs * units;
    const zeros = (count: number) => {
      const place = regions.allocateNumbers(count);
      memory.floats(place, count).fill(0);
      return place;
    };
    const layOutTransposed = () => {
      if (!learning || index === 0) return 0;
      // Where the last block is not full, lanes that nothing is written to take part in products.
      return sparseGradient
        ? zeros(blockedBytes(units, inputs) / FLOAT_BYTES)
        : regions.allocateBytes(packedBytes(units, inputs));
    };
    const kept = learning ? STATES[learning.optimizer] : 0;
    const state: LayerState = {
      blocked: sparse,
      weightCount,
      biasCount: units,
      weightFirst: kept > 0 ? zeros(weightCount) : 0,
      weightSecond: kept > 1 ? zeros(weightCount) : 0,
      weightAverage: learning?.averages ? zeros(weightCount) : 0,
      biasFirst: kept > 0 ? zeros(units) : 0,
      biasSecond: kept > 1 ? zeros(units) : 0,
      biasAverage: learning?.averages ? zeros(units) : 0,
    };
    states.push(state);
    const { weightFirst, weightSecond, weightAverage, biasFirst, biasSecond, biasAverage } = state;
    const { threshold, scale } = dropoutFields(dropped);
    return {
      inputs,
      units,
      activation: ACTIVATION_CODES[code],
      dropout: threshold,
      dropoutScale: scale,
      weights,
      biases,
      activations,
      factors: keepsFactors ? regions.allocateNumbers(rows * units) : 0,
      // Evaluation has no use for the gradient of the loss: it may overwrite what the loss takes.
      gradient: learning ? regions.allocateNumbers(rows * units) : activations,
      biasGradient: learning ? regions.allocateNumbers(units) : 0,
      packedWeights: packedWeights?.[index] ?? regions.allocateBytes(layOut(inputs, units)),
      packedTransposed: layOutTransposed(),
      packedGradient: learning ? regions.allocateBytes(layOut(rows, units)) : 0,
      weightFirst,
      weightSecond,
      weightAverage,
      biasFirst,
      biasSecond,
      biasAverage,
      weightGradient: learning && learning.clipNorm > 0 ? regions.allocateNumbers(weightCount) : 0,
      columnSquares:
        learning && learning.maxNorm > 0
          ? regions.allocateNumbers(squaresCount(inputs, units, sparse))
          : 0,
      sparseInputs:
        sparse && index > 0
          ? layOutSparseMatrix(engine, regions, "by row and feature", { features: inputs, rows })
          : 0,
      sparseGradient: sparseGradient
        ? layOutSparseMatrix(engine, regions, "by row", { features: units, rows })
        : 0,
    };
  });
  writeLayers(engine, table, fields);
  return {
    table,
    outputs: fields[fields.length - 1].activations,
    activations: fields.map(({ activations }) => activations),
    gradients: fields.map(({ gradient }) => gradient),
    packedWeights: fields.map((layer) => layer.packedWeights),
    states,
  };
}

/** Sums of squares of W's columns, a row for each tile of W's rows. */
function squaresCount(inputs: number, units: number, sparse: boolean): number {
  if (!sparse) return Math.ceil(inputs / TILE_INPUTS) * units;
  return Math.ceil(inputs / TILE_FEATURES) * Math.ceil(units / BLOCK_UNITS) * BLOCK_UNITS;
}

/** Tiles of an update: of each layer one of biases and those of its weights. */
export function countDescentTiles({ layers }: Network, states: readonly LayerState[]): number {
  return layers.reduce((sum, { inputs, units }, index) => {
    const weights = states[index].blocked
      ? Math.ceil(inputs / TILE_FEATURES) * Math.ceil(units / BLOCK_UNITS)
      : Math.ceil(inputs / TILE_INPUTS);
    return sum + 1 + weights;
  }, 0);
}

/**
 * Scratch memory of each thread: its address, and the distance to the next thread's.
 *
 * @param image the images that are augmented, if any are
 */
export function layOutScratch(
  { engine, layers }: Network,
  regions: Regions,
  threads: number,
  image?: ImageShape,
): { scratch: Pointer; scratchStride: number } {
  const blocked = TILE_FEATURES * BLOCK_UNITS;
  const numbers = Math.max(blocked, ...layers.map(({ units }) => TILE_INPUTS * units));
  const tile = numbers * FLOAT_BYTES;
  const augmenting = image ? engine.kernels.augmentationScratchBytes(image.width, image.height) : 0;
  const bytes = Math.max(engine.kernels.scratchBytes() + tile, augmenting);
  const scratchStride = Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
  return { scratch: regions.allocateBytes(threads * scratchStride), scratchStride };
}
