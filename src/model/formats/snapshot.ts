/** A model as files hold it, apart from any engine: what it is, and its parameters. */

import { checkType, wrongType } from "../../arguments.js";
import type { ImageShape } from "../../data/imageShape.js";
import { findNonFinite } from "../../data/nonFinite.js";
import type { Preprocessing } from "../../data/preprocessing.js";
import { OptionError } from "../../errors.js";
import { type Architecture, checkArchitecture } from "../architecture.js";
import type { Network } from "../network.js";

/** What a model is, apart from its parameters. */
export interface ModelDescription {
  /** Inputs, layers and loss. */
  readonly architecture: Architecture;
  /** One for each output unit. */
  readonly classNames: readonly string[];
  /** Present when the inputs are images. */
  readonly image?: ImageShape;
  /** What becomes of raw inputs and values; the parameters are those of what becomes of them. */
  readonly preprocessing?: Preprocessing;
  /** How it was trained. */
  readonly training?: TrainingRecord;
}

/** The options of a training run by name. */
export type TrainingRecord = Readonly<Record<string, string | number | boolean>>;

/** A layer's parameters the way PyTorch's `nn.Linear` has them: a = f(x·Wᵀ + b). */
export interface LayerSnapshot {
  /** W `[units, inputs]`, row-major */
  readonly weights: Float32Array;
  /** b `[units]` */
  readonly biases: Float32Array;
}

/** A model as plain arrays and text: what files are made of, and what `Mlp.fromSnapshot` takes. */
export interface ModelSnapshot extends ModelDescription {
  /** One for each layer of the architecture. */
  readonly layers: readonly LayerSnapshot[];
}

/** The network's parameters as they are now, copied. */
export function snapshotLayers(network: Network): LayerSnapshot[] {
  const { memory } = network.engine;
  return network.layers.map(({ inputs, units, weights, biases }) => ({
    weights: transpose(memory.floats(weights, inputs * units), inputs, units),
    biases: memory.floats(biases, units).slice(),
  }));
}

/** Copies parameters into a network of the same architecture. */
export function writeParameters(network: Network, snapshots: readonly LayerSnapshot[]): void {
  const { memory } = network.engine;
  network.layers.forEach(({ inputs, units, weights, biases }, index) => {
    const snapshot = snapshots[index];
    memory.floats(weights, inputs * units).set(transpose(snapshot.weights, units, inputs));
    memory.floats(biases, units).set(snapshot.biases);
  });
}

/**
 * @throws OptionError when the layers are not those of the architecture, or a parameter is not a finite number.
 * @throws ModelError when there are more parameters than linear memory can hold.
 */
export function checkSnapshot({ architecture, layers }: ModelSnapshot): void {
  checkArchitecture(architecture);
  checkType("layers of the snapshot", layers, "array");
  if (layers.length !== architecture.layers.length) {
    throw new OptionError(
      `the snapshot has ${layers.length} layers, expected ${architecture.layers.length} as its architecture`,
    );
  }
  let { inputs } = architecture;
  architecture.layers.forEach(({ units }, index) => {
    checkType(`layer ${index + 1} of the snapshot`, layers[index], "object");
    const { weights, biases } = layers[index];
    checkParameters(weights, inputs * units, `weights of layer ${index + 1}`);
    checkParameters(biases, units, `biases of layer ${index + 1}`);
    inputs = units;
  });
}

function checkParameters(values: Float32Array, count: number, what: string): void {
  if (!(values instanceof Float32Array)) throw wrongType(`the ${what}`, values, "a Float32Array");
  if (values.length !== count) {
    throw new OptionError(`the ${what} are ${values.length} numbers, expected ${count}`);
  }
  const index = findNonFinite(values);
  if (index >= 0) {
    throw new OptionError(
      `value ${index} of the ${what} is ${values[index]}, expected a finite number`,
    );
  }
}

/** `[rows, columns]` to `[columns, rows]` */
export function transpose(
  matrix: Float32Array,
  rows: number,
  columns: number,
): Float32Array<ArrayBuffer> {
  const transposed = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      transposed[column * rows + row] = matrix[row * columns + column];
    }
  }
  return transposed;
}
