/**
 * Models as ONNX files (Open Neural Network Exchange, onnx.proto of IR version 8, operators of opset 13), which
 * onnxruntime and others run. The graph takes "inputs" `[batch, features]`, raw numbers as `predict` does (a
 * pixel is byte / 255), and gives "logits", what the last activation is given, and "outputs" `[batch, units]`.
 */

import {
  inputStandardization,
  missingInputs,
  type Standardization,
  targetStandardization,
} from "../../data/preprocessing.js";
import {
  bytesField,
  floatField,
  integerField,
  message,
  messageField,
  textField,
} from "../../data/protobuf.js";
import { ModelError } from "../../errors.js";
import type { OutputActivation } from "../architecture.js";
import { DESCRIPTION_KEY, formatDescription } from "./description.js";
import { checkEncodeOptions, type EncodeOptions, quantizeLayer } from "./quantization.js";
import type { ModelSnapshot } from "./snapshot.js";
import { biasName, weightName } from "./tensors.js";

/** Of the operators; per-axis DequantizeLinear and today's Softmax came with it. */
export const ONNX_OPSET = 13;
const IR_VERSION = 8;
/** Protocol Buffers' messages end below 2³¹ bytes. */
const MOST_BYTES = 2 ** 31 - 1;

// Numbers of fields, from onnx.proto.
const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8, metadata: 14 };
const OPSET = { domain: 1, version: 2 };
const ENTRY = { key: 1, value: 2 };
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2, integer: 3, type: 20 };
const ATTRIBUTE_TYPES = { float: 1, integer: 2 };
const TENSOR = { dimension: 1, type: 2, name: 8, raw: 9 };
const TENSOR_TYPES = { float: 1, int8: 3 };
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR_TYPE = { element: 1, shape: 2 };
const SHAPE = { dimension: 1 };
const DIMENSION = { size: 1, parameter: 2 };

/** As the kernels have it. */
const LEAK = 0.01;

/**
 * @throws ModelError when the file would be of 2³¹ bytes or more, which ONNX cannot hold in one file.
 * @throws OptionError when an option is misspelt, or there is no such quantisation.
 */
export function encodeOnnx(
  model: ModelSnapshot,
  options: EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  checkEncodeOptions("encodeOnnx", options);
  const { quantize } = options;
  const { architecture, layers, preprocessing } = model;
  const size = layers.reduce((sum, { weights }) => sum + 4 * weights.length, 0);
  if (size > MOST_BYTES) {
    throw new ModelError(`the model is of ${size} bytes, expected at most ${MOST_BYTES} for ONNX`);
  }
  const graph = new Graph();
  let values = "inputs";
  const missing = preprocessing && missingInputs(preprocessing);
  if (missing) values = fillMissing(graph, values, missing);
  const standardization = preprocessing && inputStandardization(preprocessing);
  if (standardization) values = standardize(graph, values, standardization);
  architecture.layers.forEach(({ activation }, index) => {
    const isLast = index === layers.length - 1;
    const layer = layers[index];
    const units = layer.biases.length;
    const shape = [units, layer.weights.length / units];
    const name = weightName(index);
    if (quantize === undefined) {
      graph.floats(name, shape, layer.weights);
    } else {
      const { weights, scales } = quantizeLayer(layer);
      graph.bytes(`${name}_quantized`, shape, weights);
      graph.floats(`${name}_scale`, [units], scales);
      graph.bytes(`${name}_zero`, [units], new Int8Array(units));
      const parts = ["quantized", "scale", "zero"].map((part) => `${name}_${part}`);
      graph.node("DequantizeLinear", parts, name, { axis: 0 });
    }
    graph.floats(biasName(index), [units], layer.biases);
    const sums = isLast ? "logits" : `z${index + 1}`;
    graph.node("Gemm", [values, name, biasName(index)], sums, { transB: 1 });
    values = applyActivation(graph, activation, sums, isLast ? "activations" : `a${index + 1}`);
  });
  const undone = preprocessing && targetStandardization(preprocessing);
  if (undone) values = unstandardize(graph, values, undone);
  graph.node("Identity", [values], "outputs");
  const units = layers[layers.length - 1].biases.length;
  return message([
    integerField(MODEL.irVersion, IR_VERSION),
    textField(MODEL.producer, "wasmlp"),
    messageField(MODEL.graph, [
      ...graph.fields(),
      textField(GRAPH.name, "multilayer perceptron"),
      valueField(GRAPH.input, "inputs", architecture.inputs),
      valueField(GRAPH.output, "logits", units),
      valueField(GRAPH.output, "outputs", units),
    ]),
    messageField(MODEL.opset, [
      textField(OPSET.domain, ""),
      integerField(OPSET.version, ONNX_OPSET),
    ]),
    messageField(MODEL.metadata, [
      textField(ENTRY.key, DESCRIPTION_KEY),
      textField(ENTRY.value, formatDescription(model)),
    ]),
  ]);
}

/** Nodes and the constants that they take. */
class Graph {
  readonly #nodes: Uint8Array[] = [];
  readonly #initializers: Uint8Array[] = [];

  fields(): Uint8Array[] {
    return [...this.#nodes, ...this.#initializers];
  }

  /** Attributes that are not whole numbers are written as floats. */
  node(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, number>> = {},
  ): string {
    this.#nodes.push(
      messageField(GRAPH.node, [
        ...inputs.map((input) => textField(NODE.input, input)),
        textField(NODE.output, output),
        textField(NODE.name, output),
        textField(NODE.operator, operator),
        ...Object.entries(attributes).map(([name, value]) => attributeField(name, value)),
      ]),
    );
    return output;
  }

  floats(name: string, shape: readonly number[], values: Float32Array): void {
    const raw = new Uint8Array(4 * values.length);
    const view = new DataView(raw.buffer);
    values.forEach((value, index) => {
      view.setFloat32(4 * index, value, true);
    });
    this.#tensor(name, shape, TENSOR_TYPES.float, raw);
  }

  bytes(name: string, shape: readonly number[], values: Int8Array): void {
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.length);
    this.#tensor(name, shape, TENSOR_TYPES.int8, raw);
  }

  /** A number, which is combined with each entry of whatever it meets. */
  constant(name: string, value: number): string {
    this.floats(name, [], Float32Array.of(value));
    return name;
  }

  #tensor(name: string, shape: readonly number[], type: number, raw: Uint8Array): void {
    this.#initializers.push(
      messageField(GRAPH.initializer, [
        ...shape.map((size) => integerField(TENSOR.dimension, size)),
        integerField(TENSOR.type, type),
        textField(TENSOR.name, name),
        bytesField(TENSOR.raw, raw),
      ]),
    );
  }
}

function attributeField(name: string, value: number): Uint8Array {
  const content = Number.isInteger(value)
    ? [
        integerField(ATTRIBUTE.integer, value),
        integerField(ATTRIBUTE.type, ATTRIBUTE_TYPES.integer),
      ]
    : [floatField(ATTRIBUTE.float, value), integerField(ATTRIBUTE.type, ATTRIBUTE_TYPES.float)];
  return messageField(NODE.attribute, [textField(ATTRIBUTE.name, name), ...content]);
}

/** A tensor `[batch, width]` of floats. */
function valueField(number: number, name: string, width: number): Uint8Array {
  const shape = [
    messageField(SHAPE.dimension, [textField(DIMENSION.parameter, "batch")]),
    messageField(SHAPE.dimension, [integerField(DIMENSION.size, width)]),
  ];
  const tensor = [
    integerField(TENSOR_TYPE.element, TENSOR_TYPES.float),
    messageField(TENSOR_TYPE.shape, shape),
  ];
  const type = messageField(VALUE.type, [messageField(TYPE.tensor, tensor)]);
  return messageField(number, [textField(VALUE.name, name), type]);
}

/** a = f(z) by the opset's own operators: GELU = z/2 · (1 + erf(z/√2)), SiLU = z·σ(z). */
function applyActivation(graph: Graph, activation: OutputActivation, z: string, a: string): string {
  switch (activation) {
    case "tanh":
      return graph.node("Tanh", [z], a);
    case "relu":
      return graph.node("Relu", [z], a);
    case "leaky-relu":
      return graph.node("LeakyRelu", [z], a, { alpha: LEAK });
    case "sigmoid":
      return graph.node("Sigmoid", [z], a);
    case "silu":
      return graph.node("Mul", [z, graph.node("Sigmoid", [z], `${a}_sigmoid`)], a);
    case "gelu": {
      const scaled = graph.node("Mul", [z, graph.constant(`${a}_r`, Math.SQRT1_2)], `${a}_scaled`);
      const error = graph.node("Erf", [scaled], `${a}_erf`);
      const sum = graph.node("Add", [error, graph.constant(`${a}_one`, 1)], `${a}_sum`);
      const half = graph.node("Mul", [z, graph.constant(`${a}_half`, 0.5)], `${a}_z_half`);
      return graph.node("Mul", [half, sum], a);
    }
    case "softmax":
      return graph.node("Softmax", [z], a, { axis: 1 });
    case "identity":
      return graph.node("Identity", [z], a);
  }
}

/** What stands for each NaN; where that is NaN too, it stays. */
function fillMissing(graph: Graph, values: string, missing: readonly number[]): string {
  graph.floats("missing", [missing.length], Float32Array.from(missing));
  const isMissing = graph.node("IsNaN", [values], "is_missing");
  return graph.node("Where", [isMissing, "missing", values], "filled");
}

/**
 * (x − mean) / scale in float32, to nearly the digits that float64 gives: of a mean that is large beside the scale,
 * such as that of a column of years, what float32 rounds off is subtracted in a second step.
 */
function standardize(graph: Graph, values: string, { mean, factor }: Standardization): string {
  const rounded = Float32Array.from(mean);
  graph.floats("mean", [mean.length], rounded);
  graph.floats(
    "mean_rest",
    [mean.length],
    Float32Array.from(mean, (value, feature) => value - rounded[feature]),
  );
  // A factor, 1 / scale, may be too large for float32; a scale is not.
  graph.floats(
    "scale",
    [factor.length],
    Float32Array.from(factor, (value) => 1 / value),
  );
  const near = graph.node("Sub", [values, "mean"], "nearly_centred");
  const centred = graph.node("Sub", [near, "mean_rest"], "centred");
  return graph.node("Div", [centred, "scale"], "standardized");
}

function unstandardize(graph: Graph, values: string, { mean, factor }: Standardization): string {
  graph.floats("target_mean", [mean.length], Float32Array.from(mean));
  const scale = Float32Array.from(factor, (value) => 1 / value);
  graph.floats("target_scale", [factor.length], scale);
  const scaled = graph.node("Mul", [values, "target_scale"], "scaled");
  return graph.node("Add", [scaled, "target_mean"], "unstandardized");
}
