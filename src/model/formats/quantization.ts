/**
 * Weights in eight bits: symmetric, a scale for each output unit, w ≈ scale · q with q a whole number from
 * −127 to 127 (Krishnamoorthi 2018, "Quantizing deep convolutional networks for efficient inference", section
 * 3). The error of a weight is at most half its unit's scale, 1/254 of the unit's largest weight. Biases,
 * of which there are few, stay as they are.
 */
import { checkChoice, checkOptions } from "../../arguments.js";
import type { LayerSnapshot, ModelSnapshot } from "./snapshot.js";

/** How weights may be kept in fewer bits. */
export const QUANTIZATIONS = ["int8"] as const;
/** A way to keep weights in fewer bits. */
export type Quantization = (typeof QUANTIZATIONS)[number];

/** How the weights are kept in a file. */
export interface EncodeOptions {
  /** Keeps weights in fewer bits; default: as float32, exactly. */
  readonly quantize?: Quantization | undefined;
}

/**
 * @param owner the function whose options they are, for messages
 * @throws OptionError when an option is misspelt, or there is no such quantisation.
 */
export function checkEncodeOptions(owner: string, options: EncodeOptions): void {
  checkOptions(owner, options, { quantize: "checked" });
  checkChoice("quantize", options.quantize, QUANTIZATIONS);
}

export interface QuantizedLayer {
  /** q `[units, inputs]`, row-major */
  readonly weights: Int8Array;
  /** `[units]`, each above 0 */
  readonly scales: Float32Array;
  /** `[units]` */
  readonly biases: Float32Array;
}

/** −128 has no counterpart, and is not used. */
const LARGEST = 127;

export function quantizeLayer({ weights, biases }: LayerSnapshot): QuantizedLayer {
  const units = biases.length;
  const inputs = weights.length / units;
  const quantized = new Int8Array(weights.length);
  const scales = new Float32Array(units);
  for (let unit = 0; unit < units; unit++) {
    const start = unit * inputs;
    let largest = 0;
    for (let index = start; index < start + inputs; index++) {
      largest = Math.max(largest, Math.abs(weights[index]));
    }
    // Of weights that are all zero, or too small for a scale of their own, any scale makes zeros.
    const scale = Math.fround(largest / LARGEST) || 1;
    scales[unit] = scale;
    for (let index = start; index < start + inputs; index++) {
      // A subnormal scale is rounded so coarsely that the quotient may lie beyond.
      const rounded = Math.round(weights[index] / scale);
      quantized[index] = Math.max(-LARGEST, Math.min(LARGEST, rounded));
    }
  }
  return { weights: quantized, scales, biases };
}

/** scale · q, rounded to float32. */
export function dequantizeLayer({ weights, scales, biases }: QuantizedLayer): LayerSnapshot {
  const inputs = weights.length / scales.length;
  const floats = new Float32Array(weights.length);
  for (let index = 0; index < weights.length; index++) {
    floats[index] = scales[Math.floor(index / inputs)] * weights[index];
  }
  return { weights: floats, biases };
}

/** The model that a file of quantised weights stands for. */
export function quantizeModel(model: ModelSnapshot): ModelSnapshot {
  return { ...model, layers: model.layers.map((layer) => dequantizeLayer(quantizeLayer(layer))) };
}
