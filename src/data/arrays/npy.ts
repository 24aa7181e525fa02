/**
 * The NPY format, one array per file, versions 1.0, 2.0 and 3.0 (NumPy Enhancement Proposal 1, and
 * the documentation of `numpy.lib.format`): "\x93NUMPY", the version in two bytes, the header's
 * length in two bytes (1.0) or four, little-endian; a Python dictionary that gives dtype, order and
 * shape, in Latin-1 or (3.0) UTF-8; then the values without gaps.
 */
import { DataError } from "../../errors.js";
import { HOST_IS_LITTLE_ENDIAN } from "./byteOrder.js";
import { decodeElements, type EncodableDType, encodeElements } from "./elements.js";
import {
  type ArrayValues,
  checkShape,
  countValues,
  DTYPE_BYTES,
  showShape,
  type UnnamedArray,
} from "./namedArray.js";
import { type PythonValue, parsePythonLiteral } from "./pythonLiteral.js";
import { show, showBytes } from "./show.js";

/** "\x93NUMPY" */
export const NPY_MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Magic, version and the shortest length. */
const SHORTEST = NPY_MAGIC.length + 4;
/** The longest of version 1.0; those of numeric arrays have some hundred bytes. */
const MAXIMUM_HEADER = 65_535;
/** NumPy's own limit. */
const MAXIMUM_DIMENSIONS = 64;
/** The values begin at a multiple of this, so that a file mapped into memory can be used in place. */
const ALIGNMENT = 64;
const KEYS = ["descr", "fortran_order", "shape"];

/** The letter and the size by which NumPy calls each dtype. */
const CODES: Readonly<Record<EncodableDType, string>> = {
  bool: "b1",
  int8: "i1",
  int16: "i2",
  int32: "i4",
  int64: "i8",
  uint8: "u1",
  uint16: "u2",
  uint32: "u4",
  uint64: "u8",
  float16: "f2",
  float32: "f4",
  float64: "f8",
};
const DTYPES: ReadonlyMap<string, EncodableDType> = new Map([
  ...Object.entries(CODES).map(([dtype, code]) => [code, dtype as EncodableDType] as const),
  ["?", "bool"],
]);

/** What else NumPy writes, by the letter. */
const OTHER_KINDS: Readonly<Record<string, string>> = {
  O: "Python objects, pickled",
  S: "byte strings",
  a: "byte strings",
  U: "strings",
  c: "complex numbers",
  V: "raw bytes, as bfloat16 becomes when it is saved without a conversion to float32",
  M: "dates",
  m: "durations",
};

/**
 * @param bytes the whole file
 * @param place what the file is called in messages
 * @throws DataError when the file is not a .npy file of booleans, integers or floats of at most 64
 *   bits, or not all of one, or an integer lies beyond ±2⁵³.
 */
export function decodeNpy(bytes: Uint8Array, place: string): UnnamedArray {
  const { text, end } = readHeaderText(bytes, place);
  const { dtype, littleEndian, columnMajor, shape } = readHeader(text, place);
  const data = bytes.subarray(end);
  const expected = countValues(shape) * DTYPE_BYTES[dtype];
  if (data.length !== expected) {
    throw new DataError(
      `${place}: the length of its data is ${data.length} bytes, expected ${expected} for ${showShape(shape)} of ${dtype}`,
    );
  }
  const values = decodeElements(data, { place, dtype, littleEndian });
  return { shape, dtype, values: columnMajor ? toRowMajor(values, shape) : values };
}

/**
 * A .npy file, version 1.0, little-endian, C order.
 *
 * @throws DataError when the values are not as many as the shape says, when the dtype does not hold
 *   one of them exactly, or is bfloat16, which the format does not have.
 */
export function encodeNpy(array: UnnamedArray, place = "the array"): Uint8Array<ArrayBuffer> {
  const { shape, dtype, values } = array;
  checkShape(array, place);
  if (shape.length > MAXIMUM_DIMENSIONS) throw tooManyDimensions(shape.length, place);
  if (dtype === "bfloat16") {
    throw new DataError(
      `${place}: its dtype is bfloat16, which .npy files do not have, expected float32, which holds the same values`,
    );
  }
  const data = encodeElements(values, { place, dtype });
  const header = new TextEncoder().encode(formatHeader(shape, dtype));
  const file = new Uint8Array(SHORTEST + header.length + data.length);
  file.set([...NPY_MAGIC, 1, 0]);
  new DataView(file.buffer).setUint16(SHORTEST - 2, header.length, true);
  file.set(header, SHORTEST);
  file.set(data, SHORTEST + header.length);
  return file;
}

function formatHeader(shape: readonly number[], dtype: EncodableDType): string {
  const order = DTYPE_BYTES[dtype] === 1 ? "|" : "<";
  // Python takes (3) for a number in parentheses.
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}${CODES[dtype]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = SHORTEST + text.length + 1;
  const padded = Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  return `${text}${" ".repeat(padded - length)}\n`;
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

interface Header {
  readonly dtype: EncodableDType;
  readonly littleEndian: boolean;
  /** "Fortran order": the first dimension varies fastest. */
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
}

function readHeader(text: string, place: string): Header {
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
    ...readDescription(header.get("descr"), place),
    columnMajor,
    shape: readShape(header.get("shape"), place),
  };
}

function readDescription(
  description: PythonValue | undefined,
  place: string,
): Pick<Header, "dtype" | "littleEndian"> {
  const expected = "expected booleans, integers or floats of at most 64 bits";
  if (typeof description !== "string") {
    const isList = isSequence(description) && description.kind === "list";
    const found = isList ? "a structure of several fields" : showValue(description);
    throw new DataError(`${place}: its dtype is ${found}, ${expected}`);
  }
  const [, order = "=", code] = /^([<>|=])?(.*)$/s.exec(description) ?? [];
  const dtype = DTYPES.get(code);
  if (dtype === undefined) {
    const kind = OTHER_KINDS[code.charAt(0)];
    throw new DataError(
      `${place}: its dtype is ${show(description)}${kind ? `, ${kind}` : ""}, ${expected}`,
    );
  }
  if (order === "|" && DTYPE_BYTES[dtype] > 1) {
    throw new DataError(
      `${place}: its dtype is ${show(description)}, without a byte order, expected "<${code}" or ">${code}"`,
    );
  }
  return { dtype, littleEndian: order === "<" || (order !== ">" && HOST_IS_LITTLE_ENDIAN) };
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

function tooManyDimensions(count: number, place: string): DataError {
  return new DataError(
    `${place}: the number of its dimensions is ${count}, expected at most ${MAXIMUM_DIMENSIONS}`,
  );
}

/** The values of an array whose first dimension varies fastest, in C order. */
function toRowMajor(values: ArrayValues, shape: readonly number[]): ArrayValues {
  // Dimensions of size 1 do not matter; with fewer than two others both orders are the same.
  const sizes = shape.filter((size) => size !== 1);
  if (sizes.length < 2 || values.length === 0) return values;
  const strides = sizes.map((_, axis) => countValues(sizes.slice(0, axis)));
  const last = sizes.length - 1;
  const place = new Array<number>(last).fill(0);
  const ordered = values.slice();
  let from = 0;
  for (let to = 0; to < ordered.length; ) {
    for (let index = 0; index < sizes[last]; index++, to++) {
      ordered[to] = values[from + index * strides[last]];
    }
    // On to the next row: like an odometer, the last but one dimension first.
    for (let axis = last - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++place[axis] < sizes[axis]) break;
      from -= sizes[axis] * strides[axis];
      place[axis] = 0;
    }
  }
  return ordered;
}

function isSequence(
  value: PythonValue | undefined,
): value is Extract<PythonValue, { kind: string }> {
  return typeof value === "object" && "items" in value;
}

function showValue(value: PythonValue | undefined): string {
  if (isSequence(value)) return `a ${value.kind} of ${value.items.length}`;
  if (value instanceof Map) return "a dictionary";
  return typeof value === "boolean" ? (value ? "True" : "False") : show(value);
}
