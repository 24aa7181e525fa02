/** Files of arrays in any of the formats that are read, told apart by their first bytes. */
import { DataError } from "../../errors.js";
import type { NumericArray } from "./namedArray.js";
import { decodeNpy } from "./npy.js";
import { NPY_MAGIC } from "./npyHeader.js";
import { decodeNpyTexts, holdsTexts } from "./npyTexts.js";
import { type DecodeNpzOptions, decodeNpz } from "./npz.js";
import { decodeSafetensorsArrays, SAFETENSORS_LENGTH_BYTES } from "./safetensors.js";
import { show, showBytes } from "./show.js";

export const EXPECTED_ARRAY_FILE = "expected a .npz, .npy or .safetensors file";

export interface ArrayFileOptions extends DecodeNpzOptions {
  /** What the file is called in messages. */
  readonly place: string;
  /** The name of the array of a .npy file, which itself gives none. */
  readonly name: string;
}

/** Files that somebody may take for one of arrays, by the bytes they begin with. */
const OTHERS: readonly {
  readonly start: readonly number[];
  readonly found: string;
  readonly advice?: string;
}[] = [
  { start: [...latin1("\x89PNG")], found: "is a PNG picture" },
  { start: [0xff, 0xd8, 0xff], found: "is a JPEG picture" },
  { start: [0x1f, 0x8b], found: "is compressed with gzip", advice: "unpack it first" },
  {
    start: [...latin1("\x89HDF\r\n\x1a\n")],
    found: "is an HDF5 file",
    advice: "read it with h5py and save with numpy.savez",
  },
  {
    start: [...latin1("MATLAB ")],
    found: "is a MATLAB file",
    advice: "read it with scipy.io.loadmat and save with numpy.savez",
  },
];
const ZIP_STARTS = [latin1("PK\x03\x04"), latin1("PK\x05\x06")];
const [BRACE, BRACKET] = latin1("{[");
const WHITE_SPACE: ReadonlySet<number> = new Set(latin1(" \t\r\n"));
/** A pickle of protocol 2, the first that says so, or later. */
const PICKLE = 0x80;
const PICKLE_PROTOCOLS = { first: 2, last: 5 };

/**
 * The arrays of a .npz, .npy or .safetensors file, whatever the file is called.
 *
 * @param bytes the whole file
 * @throws DataError when the file is of another kind, damaged, or beyond a limit.
 */
export async function decodeArrayFile(
  bytes: Uint8Array,
  { place, name, ...limits }: ArrayFileOptions,
): Promise<NumericArray[]> {
  if (bytes.length === 0) {
    throw new DataError(`${place}: is empty, ${EXPECTED_ARRAY_FILE}`);
  }
  if (beginsWith(bytes, NPY_MAGIC)) {
    const { onTexts } = limits;
    if (!onTexts || !holdsTexts(bytes, place)) return [{ name, ...decodeNpy(bytes, place) }];
    onTexts(name, () => ({ name, ...decodeNpyTexts(bytes, place) }));
    return [];
  }
  if (ZIP_STARTS.some((start) => beginsWith(bytes, start))) {
    return await decodeNpz(bytes, place, limits);
  }
  if (isSafetensors(bytes)) return decodeSafetensorsArrays(bytes, place);
  throw new DataError(`${place}: ${wrongFormat(bytes, EXPECTED_ARRAY_FILE)}`);
}

/** What a file is that is none of those that are `expected`, as far as its first bytes say it. */
export function wrongFormat(bytes: Uint8Array, expected: string): string {
  const { found, advice } = describeOther(bytes);
  return `${found}, ${expected}${advice === undefined ? "" : `; ${advice}`}`;
}

/** Whether a file begins as one of those that `decodeArrayFile` reads. */
export function beginsAsArrayFile(head: Uint8Array): boolean {
  const starts = [NPY_MAGIC, ...ZIP_STARTS];
  return starts.some((start) => beginsWith(head, start)) || isSafetensors(head);
}

/** After a length, of the header within the file or in a file cut short, comes JSON. */
export function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length <= SAFETENSORS_LENGTH_BYTES || bytes[SAFETENSORS_LENGTH_BYTES] !== BRACE) {
    return false;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, SAFETENSORS_LENGTH_BYTES);
  // Eight characters of text make a number far beyond 2³².
  return view.getUint32(4, true) === 0;
}

function describeOther(bytes: Uint8Array): { readonly found: string; readonly advice?: string } {
  const other = OTHERS.find(({ start }) => beginsWith(bytes, start));
  if (other !== undefined) return other;
  const { first, last } = PICKLE_PROTOCOLS;
  if (bytes[0] === PICKLE && bytes[1] >= first && bytes[1] <= last) {
    return {
      found: "is a Python pickle, which may run any program",
      advice: "save with safetensors or numpy.savez instead",
    };
  }
  // A protocol buffer whose first two fields are ONNX's: ir_version, and producer_name or what follows it.
  if (bytes[0] === 0x08 && bytes[1] < 0x20 && [0x12, 0x3a, 0x42].includes(bytes[2])) {
    return {
      found: "is an ONNX model, as it seems",
      advice: "save with safetensors or numpy.savez instead",
    };
  }
  const visible = bytes.find((byte) => !WHITE_SPACE.has(byte));
  if (visible === BRACE || visible === BRACKET) return { found: "is JSON text" };
  const head = bytes.subarray(0, 8);
  if (head.every((byte) => (0x20 <= byte && byte < 0x7f) || WHITE_SPACE.has(byte))) {
    return { found: `is text that begins with ${show(String.fromCharCode(...head))}` };
  }
  return { found: `begins with the bytes ${showBytes(head)}` };
}

function beginsWith(bytes: Uint8Array, start: ArrayLike<number>): boolean {
  return Array.from(start).every((byte, index) => bytes[index] === byte);
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
