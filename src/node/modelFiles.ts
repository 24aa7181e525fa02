/** Models in files. */
import { checkOptions } from "../arguments.js";
import { isSafetensors, wrongFormat } from "../data/arrays/arrayFile.js";
import { SAFETENSORS_LENGTH_BYTES } from "../data/arrays/safetensors.js";
import { ModelError, OptionError } from "../errors.js";
import { type LoadOptions, Mlp, type SaveOptions } from "../mlp.js";
import { decodeModelNpz, isNpz } from "../model/formats/npz.js";
import { ACTIVATION_OPTIONS, type MissingActivations } from "../model/formats/stateDict.js";
import { decodeStateDict } from "../model/formats/stateDictFile.js";
import { readFileBytes, writeFileAtomically } from "./files.js";

const EXPECTED = "expected a .safetensors or .npz file of a model";

/** The activations are wanted for files of other programs, whose tensors do not say them. */
export interface LoadModelOptions extends Omit<LoadOptions, "name">, MissingActivations {}

const OPTIONS = {
  threads: "checked",
  simd: "checked",
  ...ACTIVATION_OPTIONS,
} as const satisfies Record<keyof LoadModelOptions, string>;

/**
 * Reads a model that was saved, or tensors that PyTorch or NumPy saved: a safetensors or an .npz file.
 *
 * @throws FileError when the file cannot be read.
 * @throws ModelError when it is neither.
 * @throws OptionError when an option is out of range, or contradicts the file.
 */
export async function loadModel(path: string, options: LoadModelOptions = {}): Promise<Mlp> {
  checkOptions("loadModel", options, OPTIONS);
  const file = await readFileBytes(path);
  if (!isNpz(file) && !isSafetensors(file) && file.length > SAFETENSORS_LENGTH_BYTES) {
    throw new ModelError(`${path}: ${wrongFormat(file, EXPECTED)}`);
  }
  const decode = isNpz(file) ? decodeModelNpz : decodeStateDict;
  const { activation, outputActivation, ...execution } = options;
  const snapshot = await decode(file, path, { activation, outputActivation });
  return Mlp.fromSnapshot(snapshot, execution);
}

/**
 * Saves a model as a safetensors file. The file is there whole or not at all.
 *
 * @throws OptionError when what is given is no model and a path.
 * @throws FileError when the file cannot be written.
 */
export async function saveModel(
  model: Mlp,
  path: string,
  options: SaveOptions = {},
): Promise<void> {
  // A model may be of another copy of the library, such as a bundle.
  if (typeof model?.save !== "function" || typeof path !== "string") {
    throw new OptionError(
      `saveModel was given ${typeof model} and ${typeof path}, expected a model and the path of a file`,
    );
  }
  await writeFileAtomically(path, model.save(options));
}
