/** Which quantity of a training step an array is, by its name. */
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { DataError } from "../../errors.js";

/** Quantities that each layer has one of. */
export type LayerQuantity = "W" | "b" | "Z" | "A" | "dZ" | "dA" | "dW" | "db" | "newW" | "newB";
/** Quantities of the step as a whole. */
type StepQuantity = "X" | "Y" | "loss" | "cost" | "lr" | "accuracy";

/** The arrays of a dump by what they are. */
export interface NamedArrays {
  readonly step: Readonly<Partial<Record<StepQuantity, NumericArray>>>;
  /** One entry a layer, the first layer first. */
  readonly layers: readonly Readonly<Partial<Record<LayerQuantity, NumericArray>>>[];
  /** Names that say nothing to the doctor. */
  readonly unknown: readonly string[];
}

const STEP_NAMES: Readonly<Record<string, StepQuantity>> = {
  x: "X",
  inputs: "X",
  y: "Y",
  labels: "Y",
  targets: "Y",
  loss: "loss",
  cost: "cost",
  lr: "lr",
  learningrate: "lr",
  accuracy: "accuracy",
  acc: "accuracy",
};

const LAYER_NAMES: Readonly<Record<string, LayerQuantity>> = {
  w: "W",
  b: "b",
  z: "Z",
  a: "A",
  dz: "dZ",
  da: "dA",
  dw: "dW",
  db: "db",
  wnew: "newW",
  neww: "newW",
  bnew: "newB",
  newb: "newB",
};

/** Whether an array of this name means something to the doctor. */
export function isDumpName(name: string): boolean {
  return quantityOf(name) !== undefined;
}

/** More layers than anybody has; the number in a name is checked before memory is asked for by it. */
const MOST_LAYERS = 1000;

/** What an array is, by its name. */
function quantityOf(
  name: string,
): StepQuantity | { readonly quantity: LayerQuantity; readonly layer: number } | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const step = STEP_NAMES[plain];
  if (step) return step;
  const [, before = "", digits = "", after = ""] = /^([a-z]+)(\d+)([a-z]*)$/.exec(plain) ?? [];
  const quantity = LAYER_NAMES[before + after];
  const layer = Number(digits);
  return quantity && layer >= 1 && layer <= MOST_LAYERS ? { quantity, layer } : undefined;
}

/**
 * Case, underscores, dots and brackets do not matter: "dW1", "dw_1" and "DW[1]" are the same.
 *
 * @throws DataError when a quantity comes twice or a layer's weights are missing.
 */
export function nameArrays(arrays: readonly NumericArray[]): NamedArrays {
  const step: Partial<Record<StepQuantity, NumericArray>> = {};
  const layers = new Map<number, Partial<Record<LayerQuantity, NumericArray>>>();
  const unknown: string[] = [];
  const put = <K extends string>(
    quantities: Partial<Record<K, NumericArray>>,
    key: K,
    array: NumericArray,
  ) => {
    const other = quantities[key];
    if (other)
      throw new DataError(`"${array.name}" and "${other.name}" are the same, expected one`);
    quantities[key] = array;
  };
  for (const array of arrays) {
    const found = quantityOf(array.name);
    if (found === undefined) {
      unknown.push(array.name);
    } else if (typeof found === "string") {
      put(step, found, array);
    } else {
      const quantities = layers.get(found.layer) ?? {};
      put(quantities, found.quantity, array);
      layers.set(found.layer, quantities);
    }
  }
  const count = Math.max(0, ...layers.keys());
  const found = Array.from({ length: count }, (_, index) => layers.get(index + 1) ?? {});
  const without = found.findIndex(({ W }) => !W);
  const missing = [
    ...(step.X ? [] : ["X"]),
    ...(step.Y ? [] : ["Y"]),
    ...(count === 0 ? ["W1"] : without < 0 ? [] : [`W${without + 1}`]),
  ];
  if (missing.length > 0) {
    const names = arrays.map(({ name }) => name).join(", ") || "nothing";
    throw new DataError(
      `the dump has no ${missing.join(", ")} among ${names}, expected X, Y and W1, W2, …`,
    );
  }
  return { step, layers: found, unknown };
}
