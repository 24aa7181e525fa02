/**
 * A model as one ES module: kernels and parameters inside, no dependency, nothing to fetch. It predicts to the same
 * bits as the library in plain SIMD.
 */
import { concatenate } from "../../data/concatenate.js";
import {
  inputNames,
  inputStandardization,
  missingInputs,
  type Standardization,
  targetStandardization,
} from "../../data/preprocessing.js";
import { ACTIVATION_CODES } from "../../engine/plan.js";
import { readPredictionModule } from "../../engine/predictionModule.js";
import { type Architecture, lossOf } from "../architecture.js";
import { runtime } from "./javascriptRuntime.js";
import { checkEncodeOptions, type EncodeOptions, quantizeLayer } from "./quantization.js";
import { checkSnapshot, type LayerSnapshot, type ModelSnapshot, transpose } from "./snapshot.js";

/**
 * The source text, UTF-8, of an ES module that exports `predict(inputs)`, `classNames`, `inputCount` and
 * `inputNames`. It runs in Node, in pages and in module workers, also without network and under `script-src 'self' 'wasm-unsafe-eval'`.
 *
 * @throws OptionError when the parts of the model do not fit together, or an option is none.
 * @throws EngineError "unsupported-host" when a server does not deliver the kernels.
 */
export async function encodeJavaScript(
  model: ModelSnapshot,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkEncodeOptions("encodeJavaScript", options);
  const { quantize } = options;
  checkSnapshot(model);
  const { architecture, classNames, preprocessing } = model;
  const kernels = await readPredictionModule();
  const parts = quantize ? model.layers.flatMap(quantizedParts) : model.layers.flatMap(exactParts);
  const source = `${header(model, quantize)}
export const classNames = ${JSON.stringify(classNames)};
export const inputCount = ${architecture.inputs};
/** Of a table's model what each input is: a column's number, or 1 in the rows of a category and 0 in all others. */
export const inputNames = ${JSON.stringify(preprocessing ? inputNames(preprocessing) : [])};

/** Inputs, units and code of the activation of each layer. */
const LAYERS = ${JSON.stringify(layersOf(architecture))};
const NORMALIZATION = ${JSON.stringify(normalizationOf(architecture))};
const WEIGHTS = ${JSON.stringify(quantize ?? "float32")};
/** What each input is where it is NaN; null where that is refused. */
const MISSING = ${JSON.stringify((preprocessing && missingInputs(preprocessing)) ?? [])};
const INPUT_STANDARDIZATION = ${numbers(preprocessing && inputStandardization(preprocessing))};
const OUTPUT_STANDARDIZATION = ${numbers(preprocessing && targetStandardization(preprocessing))};
const PARAMETERS =
  "${base64(concatenate(parts))}";
const KERNELS =
  "${base64(kernels)}";

${runtime}`;
  return new TextEncoder().encode(source);
}

function header(
  { architecture: { inputs, layers }, preprocessing }: ModelSnapshot,
  quantize: EncodeOptions["quantize"],
): string {
  const takes = preprocessing ? "values); // raw, in the order of inputNames" : "pixels);";
  const shape = [inputs, ...layers.map(({ units }) => units)].join("-");
  return `// A multilayer perceptron, ${shape}, ${quantize ?? "float32"} weights; written by \`wasmlp export --format js\`.
//
//   import { classNames, predict } from "./NAME"; // this file's
//   const outputs = predict(${takes}
//
// with an output for each class name.`;
}

/** `[inputs, units, code of the activation]` of each layer. */
function layersOf({ inputs, layers }: Architecture): number[][] {
  const takesLogits = normalizationOf({ inputs, layers }) !== "none";
  return layers.map(({ units, activation }, index) => {
    const before = index === 0 ? inputs : layers[index - 1].units;
    const linear = activation === "softmax" || (takesLogits && index === layers.length - 1);
    return [before, units, ACTIVATION_CODES[linear ? "identity" : activation]];
  });
}

/** What makes probabilities of the last layer's activations. */
function normalizationOf(architecture: Architecture): "softmax" | "logistic" | "none" {
  const loss = lossOf(architecture);
  if (loss === "cross-entropy") return "softmax";
  return loss === "binary-cross-entropy" ? "logistic" : "none";
}

/** Weights `[inputs, units]`, as the kernels read them, and biases `[units]`. */
function exactParts({ weights, biases }: LayerSnapshot): Uint8Array[] {
  const units = biases.length;
  return [transpose(weights, units, weights.length / units), biases].map(bytesOf);
}

/** Weights `[units, inputs]` in a byte each, scales `[units]`, biases `[units]`. */
function quantizedParts(layer: LayerSnapshot): Uint8Array[] {
  const { weights, scales, biases } = quantizeLayer(layer);
  return [weights, scales, biases].map(bytesOf);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Bytes that `btoa` is given at a time: arguments of a call are limited. */
const PIECE = 3 * 2 ** 12;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE) {
    text += btoa(String.fromCharCode(...bytes.subarray(start, start + PIECE)));
  }
  return text;
}

function numbers(standardization: Standardization | undefined): string {
  if (standardization === undefined) return "undefined";
  const { mean, factor } = standardization;
  return JSON.stringify({ mean: [...mean], factor: [...factor] });
}
