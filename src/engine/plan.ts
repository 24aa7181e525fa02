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
  "inputScale",
  "values",
  "labels",
  "order",
  "seed",
  "epoch",
  "batchKept",
  "weightsKept",
  "batchSize",
  "loss",
  "labelSmoothing",
  "optimizer",
  "settings",
  "clipNorm",
  "maxNorm",
  "squares",
  "prepared",
  "preparedStride",
  "augmentation",
  "inputDropout",
  "sparse",
  "sparsePerThread",
  "batchInputs",
  "batchTargets",
  "targets",
  "losses",
  "predicted",
  "outputs",
  "inputsAreFinite",
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
  "dropout",
  "dropoutScale",
  "weights",
  "biases",
  "activations",
  "factors",
  "gradient",
  "biasGradient",
  "packedWeights",
  "packedTransposed",
  "packedGradient",
  "weightFirst",
  "weightSecond",
  "weightAverage",
  "biasFirst",
  "biasSecond",
  "biasAverage",
  "weightGradient",
  "columnSquares",
  "sparseInputs",
  "sparseGradient",
] as const;

/** The fields of `StepSettings` of `assembly/optimizer.ts`, likewise. */
export const SETTINGS_FIELDS = [
  "learningRate",
  "retained",
  "momentum",
  "secondMomentum",
  "epsilon",
  "firstCorrection",
  "secondCorrection",
  "averaging",
] as const;

/** The fields of `Augmentation` of `assembly/augment.ts`, likewise. */
export const AUGMENTATION_FIELDS = [
  "width",
  "height",
  "shift",
  "rotation",
  "scale",
  "shear",
  "elastic",
  "columnFilter",
  "rowFilter",
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

/** Constants of the same names in `assembly/compress.ts` and `assembly/descend.ts`. */
export const SPARSE_ROWS = 128;
export const BLOCK_UNITS = 32;
export const ENTRY_BYTES = 8;
export const TILE_INPUTS = 64;
export const TILE_FEATURES = 112;

/** The constants of `assembly/activation.ts`. */
export const ACTIVATION_CODES = {
  identity: 0,
  tanh: 1,
  relu: 2,
  sigmoid: 3,
  "leaky-relu": 4,
  gelu: 5,
  silu: 6,
} as const;

/** The constants of `assembly/forward.ts`. */
export const LOSS_CODES = {
  "cross-entropy": 0,
  "binary-cross-entropy": 1,
  "mean-squared-error": 2,
} as const;

/** The constants of `assembly/optimizer.ts`. */
export const OPTIMIZER_CODES = { sgd: 0, momentum: 1, nesterov: 2, rmsprop: 3, adam: 4 } as const;

/** Bytes of a row of totals: loss (float64), correct (int32), unused (int32). */
export const TOTALS_BYTES = 16;

export type PlanFields = Record<(typeof PLAN_FIELDS)[number], number>;
/** A plan of nothing: no samples, no learning, one thread. */
export const EMPTY_PLAN: Readonly<PlanFields> = {
  ...(Object.fromEntries(PLAN_FIELDS.map((name) => [name, 0])) as PlanFields),
  threads: 1,
};

export type LayerFields = Record<(typeof LAYER_FIELDS)[number], number>;
export type SparseFields = Record<(typeof SPARSE_FIELDS)[number], number>;
export type StepSettings = Record<(typeof SETTINGS_FIELDS)[number], number>;
export type AugmentationFields = Record<(typeof AUGMENTATION_FIELDS)[number], number>;

const FIELD_BYTES = 4;
export const PLAN_BYTES = PLAN_FIELDS.length * FIELD_BYTES;
export const LAYER_BYTES = LAYER_FIELDS.length * FIELD_BYTES;
export const SPARSE_BYTES = SPARSE_FIELDS.length * FIELD_BYTES;
export const SETTINGS_BYTES = SETTINGS_FIELDS.length * FIELD_BYTES;
export const AUGMENTATION_BYTES = AUGMENTATION_FIELDS.length * FIELD_BYTES;

/** The fields that are float32; the others are int32 or pointers. */
const FLOAT_FIELDS: ReadonlySet<string> = new Set([
  "inputScale",
  "labelSmoothing",
  "clipNorm",
  "maxNorm",
  "dropoutScale",
  "shift",
  "rotation",
  "scale",
  "shear",
  "elastic",
  ...SETTINGS_FIELDS,
]);

export function writePlan({ memory }: Engine, plan: Pointer, fields: PlanFields): void {
  writeFields(memory.fields(plan, PLAN_BYTES), PLAN_FIELDS, fields);
}

export function writeLayers({ memory }: Engine, layers: Pointer, fields: LayerFields[]): void {
  fields.forEach((layer, index) => {
    writeFields(memory.fields(layers + index * LAYER_BYTES, LAYER_BYTES), LAYER_FIELDS, layer);
  });
}

export function writeSparseBatches(
  { memory }: Pick<Engine, "memory">,
  batches: Pointer,
  fields: SparseFields[],
): void {
  fields.forEach((batch, index) => {
    writeFields(memory.fields(batches + index * SPARSE_BYTES, SPARSE_BYTES), SPARSE_FIELDS, batch);
  });
}

export function writeAugmentation(
  { memory }: Pick<Engine, "memory">,
  augmentation: Pointer,
  fields: AugmentationFields,
): void {
  const view = memory.fields(augmentation, AUGMENTATION_BYTES);
  writeFields(view, AUGMENTATION_FIELDS, fields);
}

/** Writes the settings of step number `step` of the next run. */
export function writeSettings(
  { memory }: Pick<Engine, "memory">,
  settings: Pointer,
  step: number,
  fields: StepSettings,
): void {
  const view = memory.fields(settings + step * SETTINGS_BYTES, SETTINGS_BYTES);
  writeFields(view, SETTINGS_FIELDS, fields);
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
