/** Models in files. */
import { type LoadOptions, Mlp, type SaveOptions } from "../mlp.js";
import { readFileBytes, writeFileAtomically } from "./files.js";

/**
 * Reads a model that was saved.
 *
 * @throws FileError when the file cannot be read.
 * @throws ModelError when it is not a saved model.
 */
export async function loadModel(
  path: string,
  options: Omit<LoadOptions, "name"> = {},
): Promise<Mlp> {
  return Mlp.load(await readFileBytes(path), { ...options, name: path });
}

/**
 * Saves a model as a safetensors file. The file is there whole or not at all.
 *
 * @throws FileError when the file cannot be written.
 */
export async function saveModel(
  model: Mlp,
  path: string,
  options: SaveOptions = {},
): Promise<void> {
  await writeFileAtomically(path, model.save(options));
}
