/**
 * A model's parameters as tensors that are named and laid out like the `state_dict` of PyTorch's
 * `nn.Sequential(Linear, activation, Linear, …)`: layer l has "2l.weight" `[units, inputs]` and "2l.bias"
 * `[units]`. Quantised weights are int8 and have "2l.weight_scale" `[units, 1]` beside them, so that
 * weight · weight_scale is what they stand for.
 */
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { show } from "../../data/arrays/show.js";
import { findNonFinite } from "../../data/nonFinite.js";
import { ModelError } from "../../errors.js";
import type { Architecture } from "../architecture.js";
import { dequantizeLayer, type EncodeOptions, quantizeLayer } from "./quantization.js";
import type { LayerSnapshot, ModelSnapshot } from "./snapshot.js";

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major; as many values as the product of the shape. */
  readonly data: Float32Array | Int8Array;
}

/** What follows a weight's name in that of its scales. */
const SCALE_SUFFIX = "_scale";

const FLOATS: readonly string[] = ["float64", "float32", "float16", "bfloat16"];

export function weightName(layer: number): string {
  return `${2 * layer}.weight`;
}

export function biasName(layer: number): string {
  return `${2 * layer}.bias`;
}

/** In the order of the layers. */
export function tensorsOf(model: ModelSnapshot, { quantize }: EncodeOptions = {}): Tensor[] {
  const tensors = floatTensorsOf(model);
  if (quantize === undefined) return tensors;
  return tensors.flatMap((tensor, index): Tensor[] => {
    if (index % 2 > 0) return [tensor];
    const { name, shape } = tensor;
    const { weights, scales } = quantizeLayer(model.layers[index / 2]);
    const scaleShape = [scales.length, 1];
    return [
      { name, shape, data: weights },
      { name: name + SCALE_SUFFIX, shape: scaleShape, data: scales },
    ];
  });
}

/** The same exactly, weights and biases in turn. */
export function floatTensorsOf({ layers }: ModelSnapshot): Tensor[] {
  return layers.flatMap(({ weights, biases }, index) => {
    const units = biases.length;
    return [
      { name: weightName(index), shape: [units, weights.length / units], data: weights },
      { name: biasName(index), shape: [units], data: biases },
    ];
  });
}

/**
 * The parameters of a network that is known.
 *
 * @param place what the file is called in messages
 * @throws ModelError when the tensors are not those of the architecture, and no others, or a value is not a
 *   finite number.
 */
export function layersFrom(
  arrays: readonly NumericArray[],
  architecture: Architecture,
  place: string,
): LayerSnapshot[] {
  const tensors = new Map(arrays.map((array) => [array.name, array]));
  const expected = new Set<string>();
  const take = (name: string, shape: readonly number[]): NumericArray => {
    expected.add(name);
    return checkTensor(tensors.get(name), name, shape, place);
  };
  let { inputs } = architecture;
  const layers = architecture.layers.map(({ units }, index): LayerSnapshot => {
    const weight = take(weightName(index), [units, inputs]);
    inputs = units;
    const biases = () => floatsOf(take(biasName(index), [units]), place);
    if (weight.dtype !== "int8") return { weights: floatsOf(weight, place), biases: biases() };
    const scales = scalesOf(take(weight.name + SCALE_SUFFIX, [units, 1]), place);
    return dequantizeLayer({
      weights: Int8Array.from(weight.values),
      scales,
      biases: biases(),
    });
  });
  for (const name of tensors.keys()) {
    if (expected.has(name)) continue;
    throw new ModelError(
      `${place}: holds a tensor ${show(name)}, expected none beyond its layers'`,
    );
  }
  return layers;
}

/**
 * The values as float32; float64 is rounded.
 *
 * @throws ModelError when they are integers, or not finite as float32.
 */
export function floatsOf({ name, dtype, values }: NumericArray, place: string): Float32Array {
  if (!FLOATS.includes(dtype)) {
    throw new ModelError(
      `${place}: tensor ${show(name)} is of ${dtype}, expected ${FLOATS.join(", ")}`,
    );
  }
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  const index = findNonFinite(floats);
  if (index >= 0) {
    const beyond = Number.isFinite(values[index]) ? " that float32 holds" : "";
    throw new ModelError(
      `${place}: value ${index} of tensor ${show(name)} is ${values[index]}, expected a finite number${beyond}`,
    );
  }
  return floats;
}

/** Products with whole numbers up to ±128 are finite as float32. */
const LARGEST_SCALE = 2 ** 120;

function scalesOf(tensor: NumericArray, place: string): Float32Array {
  const scales = floatsOf(tensor, place);
  const index = scales.findIndex((scale) => !(scale > 0 && scale <= LARGEST_SCALE));
  if (index < 0) return scales;
  throw new ModelError(
    `${place}: value ${index} of tensor ${show(tensor.name)} is ${scales[index]}, expected a scale above 0 and at most 2¹²⁰`,
  );
}

function checkTensor(
  tensor: NumericArray | undefined,
  name: string,
  shape: readonly number[],
  place: string,
): NumericArray {
  const wanted = `[${shape.join(", ")}]`;
  if (!tensor) {
    throw new ModelError(`${place}: lacks the tensor "${name}", expected one of ${wanted}`);
  }
  if (tensor.shape.join() !== shape.join()) {
    throw new ModelError(
      `${place}: tensor "${name}" has shape ${show(tensor.shape)}, expected ${wanted}`,
    );
  }
  return tensor;
}
