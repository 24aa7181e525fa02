/** Arrays in files, as other programs dump them. */
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { checkOptions } from "../arguments.js";
import { decodeArrayFile, EXPECTED_ARRAY_FILE } from "../data/arrays/arrayFile.js";
import type { NumericArray } from "../data/arrays/namedArray.js";
import { decodeNpy } from "../data/arrays/npy.js";
import {
  DECODE_NPZ_OPTIONS,
  type DecodeNpzOptions,
  type EncodeNpzOptions,
  encodeNpz,
} from "../data/arrays/npz.js";
import { ZIP_LIMITS } from "../data/arrays/zipFormat.js";
import { DataError, FileError } from "../errors.js";
import { readError } from "./fileErrors.js";
import { readFileBytes, writeFileAtomically } from "./files.js";

const EXTENSION = ".npy";
/** Node reads no longer file at once. */
const LONGEST_FILE = ZIP_LIMITS.maximumBytes;
/** Of a folder without arrays, this many names are told. */
const NAMES_TOLD = 5;

/**
 * The arrays of a .npz, .npy or .safetensors file, told apart by their content, or of the .npy files
 * in a folder, by name. The array of a .npy file is called as the file is, without ".npy". Other
 * files of the folder and folders within it are passed over.
 *
 * @param limits `onUnreadable` is told of arrays in a .npz file or a folder that are left out; `maximumBytes` holds for a file and for what it unpacks to, and for all files of a
 *   folder together; no file beyond 2³¹ − 1 bytes is read.
 * @throws FileError when there is nothing of that name or it cannot be read.
 * @throws DataError when there are no arrays in it, or it is damaged, of another kind, or beyond a
 *   limit.
 * @throws OptionError when an option is misspelt or of another type.
 */
export async function readArrays(
  path: string,
  limits: DecodeNpzOptions = {},
): Promise<NumericArray[]> {
  checkOptions("readArrays", limits, DECODE_NPZ_OPTIONS);
  const { isDirectory, bytes } = await inspect(path);
  if (isDirectory) return await readFolder(path, limits);
  checkLength(path, bytes, Math.min(limits.maximumBytes ?? Infinity, LONGEST_FILE));
  const arrays = await decodeArrayFile(await readFileBytes(path), {
    ...limits,
    place: path,
    name: basename(path, EXTENSION),
  });
  if (arrays.length === 0) throw new DataError(`${path}: holds no arrays, expected at least one`);
  return arrays;
}

/**
 * Writes `arrays` as a .npz file, which NumPy reads. The file is there whole or not at all.
 *
 * @throws DataError when `encodeNpz` refuses the arrays.
 * @throws FileError when the file cannot be written.
 */
export async function writeNpz(
  path: string,
  arrays: readonly NumericArray[],
  options: EncodeNpzOptions = {},
): Promise<void> {
  await writeFileAtomically(path, await encodeNpz(arrays, options));
}

async function readFolder(folder: string, limits: DecodeNpzOptions): Promise<NumericArray[]> {
  const { maximumEntries, maximumBytes } = { ...ZIP_LIMITS, ...limits };
  const all = (await listFolder(folder)).sort();
  const names = all.filter((name) => name.endsWith(EXTENSION) && name !== EXTENSION);
  if (names.length === 0) {
    throw new DataError(
      `${folder}: holds ${tell(all)}, expected a folder of ${EXTENSION} files, or a .npz or .safetensors file`,
    );
  }
  if (names.length > maximumEntries) {
    throw new DataError(
      `${folder}: the number of its ${EXTENSION} files is ${names.length}, expected at most ${maximumEntries}`,
    );
  }
  const paths = names.map((name) => join(folder, name));
  let total = 0;
  for (const path of paths) {
    const { isDirectory, bytes } = await inspect(path);
    if (isDirectory) throw new DataError(`${path}: is a folder, expected a ${EXTENSION} file`);
    checkLength(path, bytes, LONGEST_FILE);
    total += bytes;
  }
  checkLength(folder, total, maximumBytes);
  const arrays: NumericArray[] = [];
  for (const path of paths) {
    const name = basename(path, EXTENSION);
    try {
      arrays.push({ name, ...decodeNpy(await readFileBytes(path), path) });
    } catch (reason) {
      if (!limits.onUnreadable || !(reason instanceof DataError)) throw reason;
      limits.onUnreadable(name, reason);
    }
  }
  return arrays;
}

async function inspect(path: string): Promise<{ isDirectory: boolean; bytes: number }> {
  try {
    const found = await stat(path);
    const isDirectory = found.isDirectory();
    // Reading a pipe may wait for ever, and a device has no end.
    if (!isDirectory && !found.isFile()) {
      throw new FileError(`${path}: is a device or a pipe, ${EXPECTED_ARRAY_FILE}`);
    }
    return { isDirectory, bytes: found.size };
  } catch (cause) {
    throw readError(path, cause, "a file or a folder");
  }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw readError(folder, cause, "a folder");
  }
}

function checkLength(path: string, bytes: number, maximumBytes: number): void {
  if (bytes > maximumBytes) {
    throw new DataError(`${path}: its length is ${bytes} bytes, expected at most ${maximumBytes}`);
  }
}

/** "nothing", or some of the names. */
function tell(names: readonly string[]): string {
  if (names.length === 0) return "nothing";
  const told = names.slice(0, NAMES_TOLD).map((name) => JSON.stringify(name));
  const more = names.length - told.length;
  return `${told.join(", ")}${more > 0 ? ` and ${more} more` : ""}, no ${EXTENSION} file`;
}
