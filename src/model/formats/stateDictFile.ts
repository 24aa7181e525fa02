/** Safetensors files of other programs, beside our own: pages that read their own models only need none of it. */
import { checkOptions } from "../../arguments.js";
import { decodeElements } from "../../data/arrays/elements.js";
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { splitSafetensors } from "../../data/arrays/safetensors.js";
import { show } from "../../data/arrays/show.js";
import { DataError, ModelError } from "../../errors.js";
import { DESCRIPTION_KEY, parseDescription } from "./description.js";
import type { ModelSnapshot } from "./snapshot.js";
import {
  ACTIVATION_OPTIONS,
  checkAgreement,
  inferModel,
  type MissingActivations,
} from "./stateDict.js";
import { layersFrom } from "./tensors.js";

/**
 * The model of a safetensors file with the tensors of PyTorch's `nn.Sequential(Linear, …)`, of float32, float64
 * (rounded), float16 or bfloat16; or one that `encodeModel` wrote. `Mlp.fromSnapshot` makes a network of it.
 *
 * @param place what the file is called in messages
 * @throws ModelError when the file is neither.
 * @throws OptionError when an option is misspelt, or the activations that are asked for are none or contradict the file.
 */
export function decodeStateDict(
  file: Uint8Array,
  place: string,
  missing: MissingActivations = {},
): ModelSnapshot {
  checkOptions("decodeStateDict", missing, ACTIVATION_OPTIONS);
  const { entries, metadata } = splitSafetensors(file, { place, Refusal: ModelError });
  const arrays = entries.map(({ name, dtype, shape, bytes }): NumericArray => {
    const where = `${place}: tensor ${show(name)}`;
    return { name, shape, dtype, values: decodeValues(bytes, where, dtype) };
  });
  return modelFrom(arrays, metadata[DESCRIPTION_KEY], missing, place);
}

/** The model of these arrays, and of the text that describes it, if there is one. */
export function modelFrom(
  arrays: readonly NumericArray[],
  text: string | undefined,
  missing: MissingActivations,
  place: string,
): ModelSnapshot {
  if (text === undefined) return inferModel(arrays, missing, place);
  const description = parseDescription(text, place);
  checkAgreement(description.architecture, missing, place);
  return { ...description, layers: layersFrom(arrays, description.architecture, place) };
}

function decodeValues(bytes: Uint8Array, place: string, dtype: NumericArray["dtype"]) {
  try {
    return decodeElements(bytes, { place, dtype, littleEndian: true });
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new ModelError(cause.message, { cause });
  }
}
