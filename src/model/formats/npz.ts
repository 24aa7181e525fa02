/**
 * Models as NumPy's .npz files: the arrays of `tensors.ts`, and "wasmlp", the bytes of the description's JSON
 * (`json.loads(bytes(file["wasmlp"]))`).
 */

import { checkOptions } from "../../arguments.js";
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { decodeNpz, encodeNpz } from "../../data/arrays/npz.js";
import { DataError, ModelError } from "../../errors.js";
import { DESCRIPTION_KEY, formatDescription } from "./description.js";
import { checkEncodeOptions, type EncodeOptions } from "./quantization.js";
import type { ModelSnapshot } from "./snapshot.js";
import { ACTIVATION_OPTIONS, type MissingActivations } from "./stateDict.js";
import { modelFrom } from "./stateDictFile.js";
import { tensorsOf } from "./tensors.js";

/** What every zip archive begins with, and no safetensors file that could be in memory does. */
const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];

export function isNpz(file: Uint8Array): boolean {
  return ZIP_MAGIC.every((byte, index) => file[index] === byte);
}

/**
 * A model as a .npz file: an array for each tensor, named as PyTorch names them, and the description in JSON.
 *
 * @throws OptionError when the training record has more than strings, numbers and booleans, or an option is none.
 * @throws DataError when the file would be of 2³¹ bytes or more.
 */
export async function encodeModelNpz(
  model: ModelSnapshot,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkEncodeOptions("encodeModelNpz", options);
  const arrays = tensorsOf(model, options).map(({ name, shape, data }): NumericArray => {
    if (!(data instanceof Int8Array)) return { name, shape, dtype: "float32", values: data };
    return { name, shape, dtype: "int8", values: Int32Array.from(data) };
  });
  const text = new TextEncoder().encode(formatDescription(model));
  const description = { name: DESCRIPTION_KEY, shape: [text.length], dtype: "uint8" as const };
  return encodeNpz([...arrays, { ...description, values: text }]);
}

/**
 * @param place what the file is called in messages
 * @throws ModelError when the file is not a model.
 * @throws OptionError when an option is misspelt, or the activations that are asked for are none or contradict the file.
 */
export async function decodeModelNpz(
  file: Uint8Array,
  place: string,
  missing: MissingActivations = {},
): Promise<ModelSnapshot> {
  checkOptions("decodeModelNpz", missing, ACTIVATION_OPTIONS);
  try {
    const arrays = await decodeNpz(file, place);
    const text = arrays.find(({ name }) => name === DESCRIPTION_KEY);
    if (text && text.dtype !== "uint8") {
      throw new ModelError(
        `${place}: array "${DESCRIPTION_KEY}" is of ${text.dtype}, expected uint8, the bytes of its description`,
      );
    }
    const description = text && new TextDecoder().decode(Uint8Array.from(text.values));
    return modelFrom(
      arrays.filter((array) => array !== text),
      description,
      missing,
      place,
    );
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new ModelError(cause.message, { cause });
  }
}
