/**
 * Models as safetensors files that PyTorch reads as they are (`tensors.ts`), what tensors cannot say in the
 * metadata (`description.ts`).
 */
import { decodeFloats } from "../../data/arrays/byteOrder.js";
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { splitSafetensors } from "../../data/arrays/safetensors.js";
import { ModelError } from "../../errors.js";
import { DESCRIPTION_KEY, formatDescription, parseDescription } from "./description.js";
import { checkEncodeOptions, type EncodeOptions } from "./quantization.js";
import { encodeSafetensors } from "./safetensors.js";
import type { ModelSnapshot } from "./snapshot.js";
import { floatTensorsOf, layersFrom, type Tensor, tensorsOf } from "./tensors.js";

/**
 * A model as the bytes of a safetensors file, which `Mlp.load` reads, and PyTorch too.
 *
 * @throws OptionError when the training record has more than strings, numbers and booleans, or an option is none.
 */
export function encodeModel(
  model: ModelSnapshot,
  options: EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  checkEncodeOptions("encodeModel", options);
  return encodeTensors(model, tensorsOf(model, options));
}

/** The same without a choice: pages that save models need no quantisation. */
export function encodeExactly(model: ModelSnapshot): Uint8Array<ArrayBuffer> {
  return encodeTensors(model, floatTensorsOf(model));
}

function encodeTensors(model: ModelSnapshot, tensors: readonly Tensor[]): Uint8Array<ArrayBuffer> {
  return encodeSafetensors({
    tensors,
    metadata: { format: "pt", [DESCRIPTION_KEY]: formatDescription(model) },
  });
}

/**
 * A model that `encodeModel` wrote.
 *
 * @param place what the file is called in messages
 * @throws ModelError when the file is none.
 */
export function decodeModel(file: Uint8Array, place: string): ModelSnapshot {
  const { entries, metadata } = splitSafetensors(file, {
    place,
    dtypes: ["F32", "I8"],
    Refusal: ModelError,
  });
  const text = metadata[DESCRIPTION_KEY];
  if (text === undefined) {
    throw new ModelError(
      `${place}: lacks the metadata "${DESCRIPTION_KEY}", expected a model that wasmlp saved`,
    );
  }
  const description = parseDescription(text, place);
  const arrays = entries.map(({ name, dtype, shape, bytes }): NumericArray => {
    if (dtype !== "int8") return { name, shape, dtype, values: decodeFloats(bytes) };
    return { name, shape, dtype, values: Int32Array.from(Int8Array.from(bytes)) };
  });
  return { ...description, layers: layersFrom(arrays, description.architecture, place) };
}
