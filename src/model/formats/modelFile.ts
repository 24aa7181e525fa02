/**
 * A model as a safetensors file that PyTorch reads as it is: the tensors are named and laid out
 * like the `state_dict` of `nn.Sequential(Linear, activation, Linear, …)`, so layer l has
 * "2l.weight" `[units, inputs]` and "2l.bias" `[units]`. What tensors cannot say (activations,
 * class names, image shape, preprocessing) is JSON under the metadata key "wasmlp".
 */

import { show } from "../../data/arrays/show.js";
import { type ImageShape, isImageOf } from "../../data/imageShape.js";
import {
  checkPreprocessing,
  isPreprocessing,
  type Preprocessing,
} from "../../data/preprocessing.js";
import { ModelError, WasmlpError } from "../../errors.js";
import {
  type Architecture,
  checkArchitecture,
  countClasses,
  fitsTargets,
  type Layer,
  type Loss,
} from "../architecture.js";
import type { Network } from "../network.js";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "./safetensors.js";

/** What a model is, apart from its parameters. */
export interface ModelDescription {
  readonly architecture: Architecture;
  /** One for each output unit. */
  readonly classNames: readonly string[];
  /** Present when the inputs are images. */
  readonly image?: ImageShape;
  /** What becomes of raw inputs and values; the tensors are those of what becomes of them. */
  readonly preprocessing?: Preprocessing;
  /** How it was trained. */
  readonly training?: TrainingRecord;
}

/** The options of a training run by name. */
export type TrainingRecord = Readonly<Record<string, string | number | boolean>>;

/** A model file taken apart and checked: `tensors` holds what `writeParameters` wants. */
export interface ModelFile {
  readonly description: ModelDescription;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const METADATA_KEY = "wasmlp";
const VERSION = 1;

export function encodeModel(
  network: Network,
  { classNames, image, preprocessing, training }: Omit<ModelDescription, "architecture">,
): Uint8Array<ArrayBuffer> {
  const { memory } = network.engine;
  const tensors = network.layers.flatMap(({ inputs, units, weights, biases }, index) => [
    {
      name: weightName(index),
      shape: [units, inputs],
      data: transpose(memory.floats(weights, inputs * units), inputs, units),
    },
    { name: biasName(index), shape: [units], data: memory.floats(biases, units) },
  ]);
  const { inputs, layers, loss } = network.architecture;
  const description = {
    version: VERSION,
    inputs,
    layers,
    loss,
    classNames,
    image,
    preprocessing,
    training,
  };
  return encodeSafetensors({
    tensors,
    metadata: { format: "pt", [METADATA_KEY]: JSON.stringify(description) },
  });
}

/**
 * @param name what the file is called in messages
 * @throws ModelError when the file is not a model that `encodeModel` could have written.
 */
export function decodeModel(file: Uint8Array, name: string): ModelFile {
  const { tensors, metadata } = decodeSafetensors(file, name);
  const description = readDescription(metadata[METADATA_KEY], name);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const expected = new Map<string, readonly number[]>();
  let inputs = description.architecture.inputs;
  description.architecture.layers.forEach(({ units }, index) => {
    expected.set(weightName(index), [units, inputs]);
    expected.set(biasName(index), [units]);
    inputs = units;
  });
  for (const [tensor, shape] of expected) checkTensor(byName.get(tensor), tensor, shape, name);
  for (const tensor of byName.keys()) {
    if (!expected.has(tensor)) {
      throw new ModelError(
        `${name}: holds a tensor ${show(tensor)}, expected none beyond its layers'`,
      );
    }
  }
  return { description, tensors: byName };
}

/** Copies the file's tensors into a network of the file's architecture. */
export function writeParameters(network: Network, { tensors }: ModelFile): void {
  const { memory } = network.engine;
  network.layers.forEach(({ inputs, units, weights, biases }, index) => {
    const weight = tensors.get(weightName(index));
    const bias = tensors.get(biasName(index));
    if (weight) memory.floats(weights, inputs * units).set(transpose(weight.data, units, inputs));
    if (bias) memory.floats(biases, units).set(bias.data);
  });
}

function weightName(layer: number): string {
  return `${2 * layer}.weight`;
}

function biasName(layer: number): string {
  return `${2 * layer}.bias`;
}

/** `[rows, columns]` to `[columns, rows]` */
function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const transposed = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      transposed[column * rows + row] = matrix[row * columns + column];
    }
  }
  return transposed;
}

function checkTensor(
  tensor: Tensor | undefined,
  tensorName: string,
  shape: readonly number[],
  name: string,
): void {
  const wanted = `[${shape.join(", ")}]`;
  if (!tensor) {
    throw new ModelError(`${name}: lacks the tensor "${tensorName}", expected one of ${wanted}`);
  }
  if (tensor.shape.join() !== shape.join()) {
    throw new ModelError(
      `${name}: tensor "${tensorName}" has shape ${show(tensor.shape)}, expected ${wanted}`,
    );
  }
  const index = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    throw new ModelError(
      `${name}: value ${index} of tensor "${tensorName}" is ${tensor.data[index]}, expected a finite number`,
    );
  }
}

function readDescription(text: string | undefined, name: string): ModelDescription {
  if (text === undefined) {
    throw new ModelError(
      `${name}: the header has no "${METADATA_KEY}" metadata, expected a model saved by wasmlp`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${name}: the "${METADATA_KEY}" metadata is not JSON, expected it to be`, {
      cause,
    });
  }
  if (!isDescription(value)) {
    throw new ModelError(
      `${name}: the "${METADATA_KEY}" metadata does not describe a network, expected version ${VERSION} with inputs, layers and classNames`,
    );
  }
  const { inputs, loss, classNames, image, preprocessing, training } = value;
  // Only what a layer is made of is taken over, whatever else the file says of it.
  const layers = value.layers.map(({ units, activation }) => ({ units, activation }));
  const architecture = { inputs, layers, ...(loss !== undefined && { loss }) };
  try {
    checkArchitecture(architecture);
    if (preprocessing) checkPreprocessing(preprocessing, inputs, classNames);
  } catch (cause) {
    if (!(cause instanceof WasmlpError)) throw cause;
    throw new ModelError(`${name}: ${cause.message}`, { cause });
  }
  if (!fitsTargets(architecture, classNames.length)) {
    throw new ModelError(
      `${name}: names ${classNames.length} classes, expected ${countClasses(architecture)} as the network tells apart`,
    );
  }
  if (image && !isImageOf(image, inputs)) {
    throw new ModelError(
      `${name}: says its images are ${image.width} × ${image.height}, expected ${inputs} pixels as there are inputs`,
    );
  }
  return {
    architecture,
    classNames,
    ...(image && { image: { width: image.width, height: image.height } }),
    ...(preprocessing && { preprocessing }),
    ...(training && { training }),
  };
}

interface StoredDescription {
  inputs: number;
  layers: Layer[];
  loss?: Loss;
  classNames: string[];
  image?: ImageShape;
  preprocessing?: Preprocessing;
  training?: TrainingRecord;
}

/** Types only; ranges are checked afterwards. */
function isDescription(value: unknown): value is StoredDescription {
  if (!isRecord(value) || value.version !== VERSION) return false;
  const { inputs, layers, loss, classNames, image, preprocessing, training } = value;
  return (
    typeof inputs === "number" &&
    (loss === undefined || typeof loss === "string") &&
    Array.isArray(layers) &&
    layers.every(
      (layer) =>
        isRecord(layer) && typeof layer.units === "number" && typeof layer.activation === "string",
    ) &&
    Array.isArray(classNames) &&
    classNames.every((className) => typeof className === "string") &&
    (preprocessing === undefined || isPreprocessing(preprocessing)) &&
    (training === undefined || isTrainingRecord(training)) &&
    (image === undefined ||
      (isRecord(image) && typeof image.width === "number" && typeof image.height === "number"))
  );
}

function isTrainingRecord(value: unknown): value is TrainingRecord {
  return (
    isRecord(value) &&
    Object.values(value).every((item) => ["string", "number", "boolean"].includes(typeof item))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
