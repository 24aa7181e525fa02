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
  "batchSize",
  "learningRate",
  "batchInputs",
  "batchLabels",
  "losses",
  "predicted",
  "workspace",
  "totals",
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
  "weightGradient",
  "biasGradient",
] as const;

/** The constants of `assembly/activation.ts`. */
export const ACTIVATION_CODES = { softmax: 0, tanh: 1, relu: 2, sigmoid: 3 } as const;

/** Bytes of a row of totals: loss (float64), correct (int32), unused (int32). */
export const TOTALS_BYTES = 16;

export type PlanFields = Record<(typeof PLAN_FIELDS)[number], number>;
export type LayerFields = Record<(typeof LAYER_FIELDS)[number], number>;

const FIELD_BYTES = 4;
export const PLAN_BYTES = PLAN_FIELDS.length * FIELD_BYTES;
export const LAYER_BYTES = LAYER_FIELDS.length * FIELD_BYTES;

/** The fields of `Plan` that are float32; the others are int32 or pointers. */
const FLOAT_FIELDS: ReadonlySet<string> = new Set(["learningRate"]);

export function writePlan({ memory }: Engine, plan: Pointer, fields: PlanFields): void {
  const view = memory.fields(plan, PLAN_BYTES);
  PLAN_FIELDS.forEach((name, index) => {
    if (FLOAT_FIELDS.has(name)) view.setFloat32(index * FIELD_BYTES, fields[name], true);
    else view.setUint32(index * FIELD_BYTES, fields[name], true);
  });
}

export function writeLayers({ memory }: Engine, layers: Pointer, fields: LayerFields[]): void {
  const view = memory.fields(layers, LAYER_BYTES * fields.length);
  fields.forEach((layer, row) => {
    LAYER_FIELDS.forEach((name, index) => {
      view.setUint32(row * LAYER_BYTES + index * FIELD_BYTES, layer[name], true);
    });
  });
}
