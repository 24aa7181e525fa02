/**
 * What stands before the values of a .npy file, versions 1.0, 2.0 and 3.0 (NumPy Enhancement Proposal 1, and
 * the documentation of `numpy.lib.format`): "\x93NUMPY", the version in two bytes, the header's
 * length in two bytes (1.0) or four, little-endian; a Python dictionary that gives dtype, order and
 * shape, in Latin-1 or (3.0) UTF-8.
 */
import { DataError } from "../../errors.js";
import { type PythonValue, parsePythonLiteral } from "./pythonLiteral.js";
import { show, showBytes } from "./show.js";

/** "\x93NUMPY" */
export const NPY_MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Magic, version and the shortest length. */
export const SHORTEST = NPY_MAGIC.length + 4;
/** The longest of version 1.0; those of numeric arrays have some hundred bytes. */
const MAXIMUM_HEADER = 65_535;
/** NumPy's own limit. */
export const MAXIMUM_DIMENSIONS = 64;
const KEYS = ["descr", "fortran_order", "shape"];

/** What a .npy file says of its values, before them. */
export interface NpyHeader {
  /** "descr": as a rule a text such as "<f4". */
  readonly description: PythonValue | undefined;
  /** "Fortran order": the first dimension varies fastest. */
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
  /** The byte that the values begin at. */
  readonly end: number;
}

/**
 * @param bytes the whole file
 * @param place what the file is called in messages
 * @throws DataError when the file is no .npy file, or cut short in its header.
 */
export function readNpyHeader(bytes: Uint8Array, place: string): NpyHeader {
  const { text, end } = readHeaderText(bytes, place);
  const header = parsePythonLiteral(text, `${place}: its header`);
  if (!(header instanceof Map)) {
    throw new DataError(
      `${place}: its header is no dictionary, expected one of ${KEYS.join(", ")}`,
    );
  }
  const keys = [...header.keys()].sort();
  if (keys.join() !== KEYS.join()) {
    const found = keys.length === 0 ? "nothing" : keys.map(show).join(", ");
    throw new DataError(`${place}: its header gives ${found}, expected ${KEYS.join(", ")}`);
  }
  const columnMajor = header.get("fortran_order");
  if (typeof columnMajor !== "boolean") {
    throw new DataError(
      `${place}: fortran_order is ${showValue(columnMajor)}, expected True or False`,
    );
  }
  return {
    description: header.get("descr"),
    columnMajor,
    shape: readShape(header.get("shape"), place),
    end,
  };
}

/** The header, and the byte that the values begin at. */
function readHeaderText(bytes: Uint8Array, place: string): { text: string; end: number } {
  const start = bytes.subarray(0, NPY_MAGIC.length);
  if (NPY_MAGIC.some((byte, index) => index < start.length && start[index] !== byte)) {
    throw new DataError(
      `${place}: begins with the bytes ${showBytes(start)}, expected ${showBytes(NPY_MAGIC)} as in every .npy file`,
    );
  }
  const [major, minor] = bytes.subarray(NPY_MAGIC.length);
  const begin = major === undefined || major === 1 ? SHORTEST : SHORTEST + 2;
  if (bytes.length < begin) {
    throw new DataError(
      `${place}: its length is ${bytes.length} bytes, expected a .npy file, which has at least ${begin}`,
    );
  }
  if (major < 1 || major > 3 || minor !== 0) {
    throw new DataError(
      `${place}: its format version is ${major}.${minor}, expected 1.0, 2.0 or 3.0`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, begin);
  const length =
    major === 1 ? view.getUint16(SHORTEST - 2, true) : view.getUint32(SHORTEST - 2, true);
  const available = Math.min(bytes.length - begin, MAXIMUM_HEADER);
  if (length > available) {
    throw new DataError(
      `${place}: a header of ${length} bytes is announced, expected at most ${available} in a .npy file of this length`,
    );
  }
  const end = begin + length;
  return { text: decodeText(bytes.subarray(begin, end), major === 3, place), end };
}

function decodeText(bytes: Uint8Array, isUtf8: boolean, place: string): string {
  try {
    return new TextDecoder(isUtf8 ? "utf-8" : "latin1", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DataError(`${place}: its header is not UTF-8, expected that of version 3.0`, {
      cause,
    });
  }
}

function readShape(shape: PythonValue | undefined, place: string): number[] {
  if (!isSequence(shape) || shape.kind !== "tuple") {
    throw new DataError(`${place}: its shape is ${showValue(shape)}, expected a tuple of sizes`);
  }
  if (shape.items.length > MAXIMUM_DIMENSIONS) throw tooManyDimensions(shape.items.length, place);
  return shape.items.map((size) => {
    if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
    throw new DataError(
      `${place}: a size of its shape is ${showValue(size)}, expected a whole number from 0`,
    );
  });
}

export function tooManyDimensions(count: number, place: string): DataError {
  return new DataError(
    `${place}: the number of its dimensions is ${count}, expected at most ${MAXIMUM_DIMENSIONS}`,
  );
}

export function isSequence(
  value: PythonValue | undefined,
): value is Extract<PythonValue, { kind: string }> {
  return typeof value === "object" && "items" in value;
}

/** As it appears in messages. */
export function showValue(value: PythonValue | undefined): string {
  if (isSequence(value)) return `a ${value.kind} of ${value.items.length}`;
  if (value instanceof Map) return "a dictionary";
  return typeof value === "boolean" ? (value ? "True" : "False") : show(value);
}
