/** The NPZ format, many arrays in one file: a zip archive of .npy files (`numpy.savez`). */
import { checkChoice, checkOptions } from "../../arguments.js";
import { DataError } from "../../errors.js";
import type { NumericArray, TextArray } from "./namedArray.js";
import { decodeNpy, encodeNpy } from "./npy.js";
import { decodeNpyTexts, holdsTexts } from "./npyTexts.js";
import { show } from "./show.js";
import { COMPRESSIONS, writeZip } from "./writeZip.js";
import { readZipDirectory, unpackZipEntry } from "./zip.js";
import type { ZipLimits } from "./zipFormat.js";

/** How much of an archive is read, and what becomes of entries that are no arrays of numbers. */
export interface DecodeNpzOptions extends ZipLimits {
  /**
   * Told of each entry that is no array which can be read, by its name without ".npy"; such entries are left
   * out. Without it they are refused.
   */
  readonly onUnreadable?: ((name: string, reason: DataError) => void) | undefined;
  /**
   * Told of each entry that is an array of texts, which is decoded when `read` is called: this throws a DataError
   * where the entry is damaged. Without it they count as unreadable.
   */
  readonly onTexts?: ((name: string, read: () => TextArray) => void) | undefined;
}

/** For `checkOptions`. */
export const DECODE_NPZ_OPTIONS = {
  onUnreadable: "function",
  onTexts: "function",
  maximumEntries: "number",
  maximumBytes: "number",
} as const satisfies Record<keyof DecodeNpzOptions, string>;

/** Of Excel's and LibreOffice's files, which are zip archives as well. */
const OFFICE_ENTRIES: ReadonlySet<string> = new Set([
  "[Content_Types].xml",
  "META-INF/manifest.xml",
]);
const EXTENSION = ".npy";

/**
 * The arrays in the order of the archive; an entry "W1.npy" is the array "W1". Folders are passed
 * over; an entry of any other kind is refused, rather than left out without a word.
 *
 * @param bytes the whole file
 * @param place what the file is called in messages
 * @throws DataError when the file is not a sound zip archive within `limits`, or when an entry is
 *   not an array that `decodeNpy` reads.
 * @throws OptionError when an option is misspelt or of another type.
 */
export async function decodeNpz(
  bytes: Uint8Array,
  place: string,
  options: DecodeNpzOptions = {},
): Promise<NumericArray[]> {
  checkOptions("decodeNpz", options, DECODE_NPZ_OPTIONS);
  const { onUnreadable, onTexts, ...limits } = options;
  const entries = readZipDirectory(bytes, place, limits).filter(({ name }) => !name.endsWith("/"));
  const others = entries.filter(({ name }) => !name.endsWith(EXTENSION));
  if (others.some(({ name }) => /(^|\/)data\.pkl$/.test(name))) {
    throw new DataError(
      `${place}: is a file of PyTorch's torch.save, expected a .npz file; save with safetensors or numpy.savez instead`,
    );
  }
  if (others.some(({ name }) => OFFICE_ENTRIES.has(name))) {
    throw new DataError(
      `${place}: is a document of an office program, expected arrays or a table; save a sheet as CSV in UTF-8`,
    );
  }
  for (const { name } of others) {
    const reason = new DataError(
      `${place}: holds the entry ${show(name)}, expected arrays only, whose names end with "${EXTENSION}"`,
    );
    if (!onUnreadable) throw reason;
    onUnreadable(name, reason);
  }
  const arrays: NumericArray[] = [];
  // One after the other: no more than one is in memory unpacked but not yet decoded.
  for (const entry of entries) {
    if (others.includes(entry)) continue;
    const name = entry.name.slice(0, -EXTENSION.length);
    const unpacked = await unpackZipEntry(entry, place);
    const placeInFile = `${place}: array ${show(name)}`;
    try {
      if (onTexts && holdsTexts(unpacked, placeInFile)) {
        onTexts(name, () => ({ name, ...decodeNpyTexts(unpacked, placeInFile) }));
      } else arrays.push({ name, ...decodeNpy(unpacked, placeInFile) });
    } catch (reason) {
      if (!onUnreadable || !(reason instanceof DataError)) throw reason;
      onUnreadable(name, reason);
    }
  }
  return arrays;
}

/** How an archive is packed. */
export interface EncodeNpzOptions {
  /** "deflate" takes time and saves space, as `numpy.savez_compressed` does. Default: "none". */
  readonly compression?: "none" | "deflate";
}

/**
 * A .npz file of `arrays`, which NumPy reads.
 *
 * @throws DataError when names are not unique or lead out of a folder, when `encodeNpy` refuses an
 *   array, or when the file would be of 2³¹ bytes or more.
 * @throws OptionError when an option is misspelt, or there is no such compression.
 */
export async function encodeNpz(
  arrays: readonly NumericArray[],
  options: EncodeNpzOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkOptions("encodeNpz", options, { compression: "checked" });
  checkChoice("compression", options.compression, COMPRESSIONS);
  const entries = arrays.map(({ name, ...array }) => ({
    name: `${name}${EXTENSION}`,
    bytes: encodeNpy(array, `array ${show(name)}`),
  }));
  return await writeZip(entries, options);
}
