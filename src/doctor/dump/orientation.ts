/**
 * Which way round the arrays of a dump lie: samples in rows or in columns, weights `[inputs, units]` or
 * `[units, inputs]`. Shapes tell, unless they are square.
 */
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { DataError } from "../../errors.js";
import { Matrix } from "../../reference/matrix.js";
import type { LayerQuantity, NamedArrays } from "./names.js";
import { isFiniteArray } from "./products.js";
import { type Quantity, quantity } from "./quantity.js";

/** Which way the program's matrices lie. */
export interface Orientation {
  /** Whether each row of X is a sample, or each column. */
  readonly samples: "rows" | "columns";
  /** Which dimension of W comes first. */
  readonly weights: "inputs × units" | "units × inputs";
}

/** A layer's arrays; those that hold a row a sample have `samples` rows. */
export interface LayerDump {
  /** Counted from 1. */
  readonly index: number;
  readonly inputs: number;
  readonly units: number;
  /** `[inputs, units]` */
  readonly W: Quantity;
  /** `[1, units]`, or `[samples, units]` when it has become a matrix; absent when there is none. */
  readonly b: Quantity | undefined;
  /** `[samples, units]` */
  readonly Z: Quantity | undefined;
  readonly A: Quantity | undefined;
  readonly dZ: Quantity | undefined;
  readonly dA: Quantity | undefined;
  /** `[inputs, units]` */
  readonly dW: Quantity | undefined;
  /** Whether its shape is that of the transposed weights. */
  readonly dWIsTransposed: boolean;
  /** `[1, units]`; by mistake `[samples, 1]`, `[samples, units]` or `[1, 1]`. */
  readonly db: Quantity | undefined;
  readonly newW: Quantity | undefined;
  readonly newB: Quantity | undefined;
}

export interface Dump {
  readonly orientation: Orientation;
  readonly samples: number;
  readonly features: number;
  /** Units of the last layer. */
  readonly outputs: number;
  /** `[samples, features]` */
  readonly X: Quantity;
  /** One-hot or values `[samples, outputs]`, or labels `[samples, 1]`. */
  readonly Y: Quantity;
  readonly layers: readonly LayerDump[];
  /** Loss and cost, each one number, one for each sample, or by mistake something else: `[1, n]`. */
  readonly losses: readonly Quantity[];
  readonly learningRate: number | undefined;
  readonly accuracy: Quantity | undefined;
}

type Shape = readonly number[];

const ORIENTATIONS: readonly Orientation[] = [
  { samples: "rows", weights: "inputs × units" },
  { samples: "rows", weights: "units × inputs" },
  { samples: "columns", weights: "units × inputs" },
  { samples: "columns", weights: "inputs × units" },
];

/**
 * The dump in every orientation that its shapes allow.
 *
 * @throws DataError when there is none, or numbers are not finite where nothing can be said without them.
 */
export function orient(named: NamedArrays): Dump[] {
  const tried = ORIENTATIONS.map((orientation) => read(named, orientation));
  const fitting = tried.filter((dump) => typeof dump !== "string");
  if (fitting.length === 0) {
    // Whichever orientation read furthest knows best what is wrong.
    throw new DataError(furthest(tried.filter((reason) => typeof reason === "string")));
  }
  for (const { X, Y, layers, learningRate } of fitting.slice(0, 1)) {
    const needed = [X, Y, ...layers.flatMap(({ W, b }) => (b ? [W, b] : [W]))];
    for (const { name, matrix } of needed) checkFinite(name, matrix);
    if (learningRate !== undefined && !Number.isFinite(learningRate)) {
      throw new DataError(`lr is ${learningRate}, expected a finite number`);
    }
  }
  return fitting;
}

function furthest(reasons: readonly string[]): string {
  // A reason begins with how many arrays had been read.
  const best = reasons.toSorted((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))[0];
  return best.slice(best.indexOf(" ") + 1);
}

function checkFinite(name: string, { data }: Matrix): void {
  if (isFiniteArray(data)) return;
  const count = data.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
  throw new DataError(
    `${name} has ${count} of ${data.length} entries that are NaN or infinite, expected finite numbers: dump an earlier step`,
  );
}

/** The dump in one orientation, or why not: "<arrays read> <sentence>". */
function read({ step, layers }: NamedArrays, orientation: Orientation): Dump | string {
  let count = 0;
  const inRows = orientation.samples === "rows";
  const fail = (array: NumericArray, expected: string) =>
    `${count} ${array.name} has shape ${show(array.shape)}, expected ${expected}`;
  const { X, Y, lr, accuracy } = step as Required<typeof step>;
  const dimensions = X.shape;
  if (dimensions.length < 2 || dimensions.includes(0)) {
    return fail(X, "[samples, features] or [features, samples], both at least 1");
  }
  const samples = inRows ? dimensions[0] : dimensions[dimensions.length - 1];
  const features = X.values.length / samples;
  count++;

  const ofSamples = (array: NumericArray | undefined, columns: number): Quantity | undefined => {
    if (!array) return undefined;
    const expected = inRows ? [samples, columns] : [columns, samples];
    if (!sameShape(array.shape, expected)) return undefined;
    count++;
    return quantity(array, samples, columns, inRows ? "stored" : "transposed");
  };
  const byInputs = orientation.weights === "inputs × units";
  const dumps: LayerDump[] = [];
  let inputs = features;
  for (const [position, arrays] of layers.entries()) {
    const { W } = arrays as Required<typeof arrays>;
    const [rows, columns] = W.shape.length === 1 ? [W.shape[0], 1] : W.shape;
    const units = byInputs ? columns : rows;
    if (W.shape.length > 2 || (byInputs ? rows : columns) !== inputs || units < 1) {
      const other = position === 0 ? "features" : `units of layer ${position}`;
      const shape = byInputs ? `[${inputs}, units]` : `[units, ${inputs}]`;
      const x = `with X of shape ${show(X.shape)}`;
      return fail(W, `${shape} as there are ${inputs} ${other} ${x}`);
    }
    count++;
    const weights = (array: NumericArray) =>
      quantity(array, inputs, units, byInputs ? "stored" : "transposed");
    const layer: { -readonly [K in keyof LayerDump]: LayerDump[K] } = {
      index: position + 1,
      inputs,
      units,
      W: weights(W),
      b: undefined,
      Z: undefined,
      A: undefined,
      dZ: undefined,
      dA: undefined,
      dW: undefined,
      dWIsTransposed: false,
      db: undefined,
      newW: undefined,
      newB: undefined,
    };
    const matrixShape = inRows ? [samples, units] : [units, samples];
    for (const key of ["Z", "A", "dZ", "dA"] as const satisfies LayerQuantity[]) {
      const array = arrays[key];
      if (!array) continue;
      layer[key] = ofSamples(array, units);
      // ∂L/∂a is nothing that was asked for.
      if (key === "dA") continue;
      if (!layer[key])
        return fail(array, `${show(matrixShape)}, a number for each sample and unit`);
    }
    const ofBiases = (array: NumericArray): Quantity | undefined => {
      if (isVector(array.shape, units)) return quantity(array, 1, units);
      const matrix = ofSamples(array, units);
      if (matrix) return matrix;
      if (isVector(array.shape, samples)) return broadcast(quantity(array, samples, 1), units);
      return undefined;
    };
    const biasShape = `[${units}] as the layer has units`;
    for (const [key, array] of [
      ["b", arrays.b],
      ["newB", arrays.newB],
    ] as const) {
      if (!array) continue;
      layer[key] = ofBiases(array);
      if (!layer[key]) return fail(array, biasShape);
      count++;
    }
    if (arrays.db) {
      const { db } = arrays;
      layer.db = isVector(db.shape, units)
        ? quantity(db, 1, units)
        : isVector(db.shape, samples)
          ? quantity(db, samples, 1)
          : db.values.length === 1
            ? quantity(db, 1, 1)
            : ofSamples(db, units);
      if (!layer.db) return fail(db, biasShape);
      count++;
    }
    const weightShape = byInputs ? [inputs, units] : [units, inputs];
    if (arrays.newW) {
      if (!sameShape(arrays.newW.shape, weightShape)) return fail(arrays.newW, show(weightShape));
      layer.newW = weights(arrays.newW);
      count++;
    }
    if (arrays.dW) {
      const { dW } = arrays;
      layer.dWIsTransposed = !sameShape(dW.shape, weightShape);
      if (layer.dWIsTransposed && !sameShape(dW.shape, weightShape.toReversed())) {
        return fail(dW, `${show(weightShape)} as ${W.name} has`);
      }
      layer.dW = layer.dWIsTransposed
        ? quantity(dW, inputs, units, byInputs ? "transposed" : "stored")
        : weights(dW);
      count++;
    }
    dumps.push(layer);
    inputs = units;
  }
  const outputs = inputs;
  const targets = isVector(Y.shape, samples) ? quantity(Y, samples, 1) : ofSamples(Y, outputs);
  if (!targets) {
    const oneHot = show(inRows ? [samples, outputs] : [outputs, samples]);
    return fail(Y, `${oneHot}, a row for each sample, or its label: [${samples}]`);
  }
  for (const [name, array] of [
    ["lr", lr],
    ["accuracy", accuracy],
  ] as const) {
    if (array && array.values.length !== 1) return fail(array, `one number as ${name}`);
  }
  return {
    orientation,
    samples,
    features,
    outputs,
    X: quantity(X, samples, features, inRows ? "stored" : "transposed"),
    Y: targets,
    layers: dumps,
    losses: [step.loss, step.cost].flatMap((loss) =>
      loss ? [quantity(loss, 1, loss.values.length)] : [],
    ),
    learningRate: lr?.values[0],
    accuracy: accuracy && quantity(accuracy, 1, 1),
  };
}

/** A column `[samples, 1]` repeated for every unit, which is what adding it to a matrix does. */
function broadcast(column: Quantity, units: number): Quantity {
  const { data, rows } = column.matrix;
  const matrix = new Matrix(rows, units);
  for (let index = 0; index < matrix.data.length; index++) {
    matrix.data[index] = data[Math.floor(index / units)];
  }
  return { ...column, matrix, locate: (row) => column.locate(row, 0) };
}

/** Whether a shape is that of a list of `length` numbers, of whatever dimensions. */
function isVector(shape: Shape, length: number): boolean {
  const sizes = shape.filter((size) => size !== 1);
  return sizes.length === 0 ? length === 1 : sizes.length === 1 && sizes[0] === length;
}

/** Leaves dimensions of size 1 at the end out of account: `[n]` is `[n, 1]`. */
function sameShape(shape: Shape, expected: Shape): boolean {
  const full = shape.length === 1 ? (expected[1] === 1 ? [shape[0], 1] : [1, shape[0]]) : shape;
  return full.length === 2 && full[0] === expected[0] && full[1] === expected[1];
}

function show(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}
