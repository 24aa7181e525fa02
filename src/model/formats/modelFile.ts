/**
 * Models as safetensors files that PyTorch reads as they are (`tensors.ts`), what tensors cannot say in the
 * metadata (`description.ts`).
 */
import { decodeFloats } from "../../data/arrays/elements.js";
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { splitSafetensors } from "../../data/arrays/safetensors.js";
import { ModelError } from "../../errors.js";
import { DESCRIPTION_KEY, formatDescription, parseDescription } from "./description.js";
import type { EncodeOptions } from "./quantization.js";
import { encodeSafetensors } from "./safetensors.js";
import type { ModelSnapshot } from "./snapshot.js";
import { layersFrom, tensorsOf } from "./tensors.js";

export function encodeModel(
  model: ModelSnapshot,
  options: EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  return encodeSafetensors({
    tensors: tensorsOf(model, options),
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
