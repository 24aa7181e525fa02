/** Lays out, in linear memory, what the kernels need of a network beside its parameters. */
import type { Pointer } from "../engine/kernels.js";
import { ACTIVATION_CODES, LAYER_BYTES, TILE_INPUTS, writeLayers } from "../engine/plan.js";
import type { Regions } from "../engine/regions.js";
import type { Network } from "./network.js";

/** Bytes of a float32. */
const FLOAT_BYTES = 4;
/** Each thread's scratch memory begins on a cache line of its own. */
const LINE_BYTES = 64;

/** What the batches are for: gradients take buffers of their own. */
export type Purpose = "train" | "evaluate";

export interface LayerLayout {
  /** The table of `LayerPlan`s. */
  readonly table: Pointer;
  /** The last layer's activations `[rows, classes]`. */
  readonly outputs: Pointer;
}

/**
 * Buffers for batches of up to `rows` rows: activations of each layer, packed weights, and when
 * training the gradients.
 *
 * @param firstLayer how the first layer reads its inputs
 */
export function layOutLayers(
  network: Network,
  regions: Regions,
  rows: number,
  purpose: Purpose,
  firstLayer: "dense" | "sparse",
): LayerLayout {
  const { engine, layers } = network;
  const { blockedBytes, packedBytes } = engine.kernels;
  const training = purpose === "train";
  const table = regions.allocateBytes(LAYER_BYTES * layers.length);
  const fields = layers.map(({ inputs, units, activation, weights, biases }, index) => {
    const layOut = index > 0 || firstLayer === "dense" ? packedBytes : blockedBytes;
    const activations = regions.allocateNumbers(rows * units);
    return {
      inputs,
      units,
      activation: ACTIVATION_CODES[activation],
      weights,
      biases,
      activations,
      // Evaluation has no use for the gradient of the loss: it may overwrite the logits.
      gradient: training ? regions.allocateNumbers(rows * units) : activations,
      biasGradient: training ? regions.allocateNumbers(units) : 0,
      packedWeights: regions.allocateBytes(layOut(inputs, units)),
      packedTransposed:
        training && index > 0 ? regions.allocateBytes(packedBytes(units, inputs)) : 0,
      packedGradient: training ? regions.allocateBytes(layOut(rows, units)) : 0,
    };
  });
  writeLayers(engine, table, fields);
  return { table, outputs: fields[fields.length - 1].activations };
}

/** Scratch memory of each thread: its address, and the distance to the next thread's. */
export function layOutScratch(
  { engine, layers }: Network,
  regions: Regions,
  threads: number,
): { scratch: Pointer; scratchStride: number } {
  const tile = Math.max(...layers.map(({ units }) => TILE_INPUTS * units * FLOAT_BYTES));
  const bytes = engine.kernels.scratchBytes() + tile;
  const scratchStride = Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
  return { scratch: regions.allocateBytes(threads * scratchStride), scratchStride };
}
