/** The values of arrays between the bytes of a file and typed arrays. */
import { DataError } from "../../errors.js";
import { copyElements, HOST_IS_LITTLE_ENDIAN, reverseBytes } from "./byteOrder.js";
import { narrowToFloat16, widenBfloat16, widenFloat16 } from "./float16.js";
import { type ArrayValues, DTYPE_BYTES, type DType } from "./namedArray.js";

/** Which of the two 32-bit words of a 64-bit integer is the lower one. */
const LOW = HOST_IS_LITTLE_ENDIAN ? 0 : 1;
const WORD = 2 ** 32;
/** Up to here a float64 holds every whole number. */
const LARGEST_WHOLE = 2 ** 53;

/**
 * 4 GiB: of longer arrays not every engine makes one, and a small archive of zeros could ask for
 * values four times as long as what it unpacks to.
 */
const MAXIMUM_BYTES = 2 ** 32;

export interface ElementEncoding {
  /** What the array is called in messages. */
  readonly place: string;
  readonly dtype: DType;
  readonly littleEndian: boolean;
}

/**
 * Values of one dtype, without gaps, as a typed array with memory of its own.
 *
 * @param bytes a multiple of the dtype's size
 * @throws DataError when a bool is neither 0 nor 1, an integer lies beyond ±2⁵³, or the values take
 *   more than 4 GiB.
 */
export function decodeElements(
  bytes: Uint8Array,
  { place, dtype, littleEndian }: ElementEncoding,
): ArrayValues {
  const needed = (bytes.length / DTYPE_BYTES[dtype]) * BYTES_IN_MEMORY[dtype];
  if (needed > MAXIMUM_BYTES) {
    throw new DataError(
      `${place}: its values take ${needed} bytes in memory, expected at most ${MAXIMUM_BYTES}`,
    );
  }
  const copy = copyElements(bytes, { dtype, littleEndian });
  const { buffer } = copy;
  switch (dtype) {
    case "bool":
      return checkBooleans(copy, place);
    case "uint8":
      return copy;
    case "int8":
      return new Int32Array(new Int8Array(buffer));
    case "int16":
      return new Int32Array(new Int16Array(buffer));
    case "uint16":
      return new Int32Array(new Uint16Array(buffer));
    case "int32":
      return new Int32Array(buffer);
    case "uint32":
      return new Float64Array(new Uint32Array(buffer));
    case "int64":
      return decodeWhole(new Int32Array(buffer), new BigInt64Array(buffer), place);
    case "uint64":
      return decodeWhole(new Uint32Array(buffer), new BigUint64Array(buffer), place);
    case "float16":
      return widenFloat16(new Uint16Array(buffer));
    case "bfloat16":
      return widenBfloat16(new Uint16Array(buffer));
    case "float32":
      return new Float32Array(buffer);
    case "float64":
      return new Float64Array(buffer);
  }
}

/** What a value takes in the typed array that holds its dtype. */
const BYTES_IN_MEMORY: Readonly<Record<DType, number>> = {
  bool: 1,
  uint8: 1,
  int8: 4,
  int16: 4,
  uint16: 4,
  int32: 4,
  float16: 4,
  bfloat16: 4,
  float32: 4,
  uint32: 8,
  int64: 8,
  uint64: 8,
  float64: 8,
};

/** The dtypes that .npy files have. */
export type EncodableDType = Exclude<DType, "bfloat16">;

/**
 * The bytes of `values`, little-endian; they may share memory with `values`.
 *
 * @param place what the array is called in messages
 * @throws DataError when the dtype does not hold one of the values exactly.
 */
export function encodeElements(
  values: ArrayValues,
  { place, dtype }: { readonly place: string; readonly dtype: EncodableDType },
): Uint8Array {
  const { buffer, byteOffset, byteLength } = narrow(values, dtype, place);
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  if (HOST_IS_LITTLE_ENDIAN) return bytes;
  const copy = new Uint8Array(bytes);
  reverseBytes(copy, DTYPE_BYTES[dtype]);
  return copy;
}

/** The typed array whose memory is that of a file's array, but for the byte order. */
function narrow(values: ArrayValues, dtype: EncodableDType, place: string): ArrayBufferView {
  switch (dtype) {
    case "float64":
      return values instanceof Float64Array ? values : new Float64Array(values);
    case "float32":
      if (values instanceof Float32Array) return values;
      return checkSame(new Float32Array(values), { values, dtype, place });
    case "float16": {
      const halves = narrowToFloat16(new Float32Array(values));
      checkSame(widenFloat16(halves), { values, dtype, place });
      return halves;
    }
    case "int64":
    case "uint64":
      checkRange({ values, dtype, place });
      return encodeWhole(values);
    default: {
      const { array: IntegerArray } = INTEGERS[dtype];
      if (dtype !== "bool" && values instanceof IntegerArray) return values;
      checkRange({ values, dtype, place });
      return new IntegerArray(values);
    }
  }
}

interface Given {
  readonly values: ArrayValues;
  readonly dtype: DType;
  readonly place: string;
}

/** The whole numbers that each dtype holds, and the typed array of its size. */
const INTEGERS = {
  bool: { minimum: 0, maximum: 1, array: Uint8Array },
  uint8: { minimum: 0, maximum: 2 ** 8 - 1, array: Uint8Array },
  uint16: { minimum: 0, maximum: 2 ** 16 - 1, array: Uint16Array },
  uint32: { minimum: 0, maximum: 2 ** 32 - 1, array: Uint32Array },
  uint64: { minimum: 0, maximum: LARGEST_WHOLE, array: BigUint64Array },
  int8: { minimum: -(2 ** 7), maximum: 2 ** 7 - 1, array: Int8Array },
  int16: { minimum: -(2 ** 15), maximum: 2 ** 15 - 1, array: Int16Array },
  int32: { minimum: -(2 ** 31), maximum: 2 ** 31 - 1, array: Int32Array },
  int64: { minimum: -LARGEST_WHOLE, maximum: LARGEST_WHOLE, array: BigInt64Array },
} as const;

function checkRange({
  values,
  dtype,
  place,
}: Given & { readonly dtype: keyof typeof INTEGERS }): void {
  const { minimum, maximum } = INTEGERS[dtype];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!(Number.isInteger(value) && minimum <= value && value <= maximum)) {
      throw new DataError(
        `${place}: value ${index} is ${value}, expected a whole number from ${minimum} to ${maximum} as ${dtype} holds them`,
      );
    }
  }
}

function checkSame(rounded: Float32Array, { values, dtype, place }: Given): Float32Array {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (rounded[index] !== value && !Number.isNaN(value)) {
      throw new DataError(
        `${place}: value ${index} is ${value}, expected one that ${dtype} holds exactly`,
      );
    }
  }
  return rounded;
}

function checkBooleans(bytes: Uint8Array, place: string): Uint8Array {
  const stray = bytes.findIndex((byte) => byte > 1);
  if (stray >= 0) {
    throw new DataError(`${place}: value ${stray} is ${bytes[stray]}, expected 0 or 1 in a bool`);
  }
  return bytes;
}

/** From pairs of words, since a BigInt for each value would take twenty times as long. */
function decodeWhole(
  words: Int32Array | Uint32Array,
  exact: BigInt64Array | BigUint64Array,
  place: string,
): Float64Array {
  const values = new Float64Array(exact.length);
  for (let index = 0; index < values.length; index++) {
    const low = words[2 * index + LOW] >>> 0;
    const value = words[2 * index + 1 - LOW] * WORD + low;
    const size = Math.abs(value);
    // 2⁵³ + 1 is rounded to 2⁵³, but its lower word is not 0.
    if (size > LARGEST_WHOLE || (size === LARGEST_WHOLE && low !== 0)) {
      throw new DataError(
        `${place}: value ${index} is ${exact[index]}, expected at most ±2⁵³ = ${LARGEST_WHOLE}, up to where a float64 holds whole numbers exactly`,
      );
    }
    values[index] = value;
  }
  return values;
}

/** In two's complement, which for positive numbers is that of uint64 as well. */
function encodeWhole(values: ArrayValues): Int32Array {
  const words = new Int32Array(2 * values.length);
  for (let index = 0; index < values.length; index++) {
    words[2 * index + LOW] = values[index];
    words[2 * index + 1 - LOW] = Math.floor(values[index] / WORD);
  }
  return words;
}
