/** Writes the structs of `assembly/plan.ts` into linear memory. */
import type { Engine } from "./engine.js";
import type { Pointer } from "./kernels.js";

/** The fields of `Plan`, in order, four bytes each. */
export const PLAN_FIELDS = [
  "layerCount",
  "layers",
  "samples",
  "features",
  "inputs",
  "inputsAreBytes",
  "labels",
  "order",
  "seed",
  "epoch",
  "batchKept",
  "batchSize",
  "learningRate",
  "sparse",
  "batchInputs",
  "targets",
  "losses",
  "predicted",
  "scratch",
  "scratchStride",
  "totals",
  "threads",
  "team",
  "spins",
] as const;

/** The fields of `LayerPlan`, likewise. */
export const LAYER_FIELDS = [
  "inputs",
  "units",
  "activation",
  "weights",
  "biases",
  "activations",
  "gradient",
  "biasGradient",
  "packedWeights",
  "packedTransposed",
  "packedGradient",
] as const;

/** The fields of `SparseBatch` of `assembly/compress.ts`, likewise. */
export const SPARSE_FIELDS = [
  "features",
  "chunkBytes",
  "rowEntries",
  "rowStarts",
  "featureEntries",
  "featureStarts",
  "counts",
] as const;

/** Constants of the same names in `assembly/compress.ts` and `assembly/step.ts`. */
export const SPARSE_ROWS = 128;
export const ENTRY_BYTES = 8;
export const TILE_INPUTS = 64;

/** The constants of `assembly/activation.ts`. */
export const ACTIVATION_CODES = { softmax: 0, tanh: 1, relu: 2, sigmoid: 3 } as const;

/** Bytes of a row of totals: loss (float64), correct (int32), unused (int32). */
export const TOTALS_BYTES = 16;

export type PlanFields = Record<(typeof PLAN_FIELDS)[number], number>;
export type LayerFields = Record<(typeof LAYER_FIELDS)[number], number>;
export type SparseFields = Record<(typeof SPARSE_FIELDS)[number], number>;

const FIELD_BYTES = 4;
export const PLAN_BYTES = PLAN_FIELDS.length * FIELD_BYTES;
export const LAYER_BYTES = LAYER_FIELDS.length * FIELD_BYTES;
export const SPARSE_BYTES = SPARSE_FIELDS.length * FIELD_BYTES;

/** The fields that are float32; the others are int32 or pointers. */
const FLOAT_FIELDS: ReadonlySet<string> = new Set(["learningRate"]);

export function writePlan({ memory }: Engine, plan: Pointer, fields: PlanFields): void {
  writeFields(memory.fields(plan, PLAN_BYTES), PLAN_FIELDS, fields);
}

export function writeLayers({ memory }: Engine, layers: Pointer, fields: LayerFields[]): void {
  fields.forEach((layer, index) => {
    writeFields(memory.fields(layers + index * LAYER_BYTES, LAYER_BYTES), LAYER_FIELDS, layer);
  });
}

export function writeSparseBatches(
  { memory }: Engine,
  batches: Pointer,
  fields: SparseFields[],
): void {
  fields.forEach((batch, index) => {
    writeFields(memory.fields(batches + index * SPARSE_BYTES, SPARSE_BYTES), SPARSE_FIELDS, batch);
  });
}

/** Chooses the order of the samples for the epoch that begins with the next step 0. */
export function writeEpoch(engine: Engine, plan: Pointer, seed: number, epoch: number): void {
  rewriteField(engine, plan, "seed", seed);
  rewriteField(engine, plan, "epoch", epoch);
}

/** Says that the batch of the last step will do for the next one too. */
export function writeBatchKept(engine: Engine, plan: Pointer): void {
  rewriteField(engine, plan, "batchKept", 1);
}

function rewriteField(
  { memory }: Engine,
  plan: Pointer,
  name: (typeof PLAN_FIELDS)[number],
  value: number,
): void {
  const view = memory.fields(plan, PLAN_BYTES);
  view.setUint32(PLAN_FIELDS.indexOf(name) * FIELD_BYTES, value, true);
}

function writeFields<Name extends string>(
  view: DataView,
  names: readonly Name[],
  fields: Record<Name, number>,
): void {
  names.forEach((name, index) => {
    if (FLOAT_FIELDS.has(name)) view.setFloat32(index * FIELD_BYTES, fields[name], true);
    else view.setUint32(index * FIELD_BYTES, fields[name], true);
  });
}
