/** The NPY format, one array per file: a header, then the values without gaps. */
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
import {
  isSequence,
  MAXIMUM_DIMENSIONS,
  NPY_MAGIC,
  type NpyHeader,
  readNpyHeader,
  SHORTEST,
  showValue,
  tooManyDimensions,
} from "./npyHeader.js";
import { show } from "./show.js";

/** The values begin at a multiple of this, so that a file mapped into memory can be used in place. */
const ALIGNMENT = 64;

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
  O: "Python objects, pickled (of texts, save array.astype(str))",
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
  const header = readNpyHeader(bytes, place);
  const { columnMajor, shape } = header;
  const { dtype, littleEndian } = readDescription(header, place);
  const data = bytes.subarray(header.end);
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

function readDescription(
  { description }: NpyHeader,
  place: string,
): { readonly dtype: EncodableDType; readonly littleEndian: boolean } {
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
