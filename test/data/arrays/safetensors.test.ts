import fc from "fast-check";
import { expect, test } from "vitest";
import type { ArrayValues, DType } from "../../../src/data/arrays/namedArray.js";
import { decodeSafetensorsArrays } from "../../../src/data/arrays/safetensors.js";
import { DataError } from "../../../src/errors.js";
import { join } from "../../support/safetensors.js";

/** A file of one tensor "t", of two values. */
function file(dtype: string, data: ArrayLike<number>): Uint8Array {
  const entry = { dtype, shape: [1, 2], data_offsets: [0, data.length] };
  return join({ t: entry }, Uint8Array.from(data));
}

test.each<{ code: string; dtype: DType; data: number[]; values: ArrayValues }>([
  { code: "BOOL", dtype: "bool", data: [1, 0], values: Uint8Array.of(1, 0) },
  { code: "U8", dtype: "uint8", data: [255, 1], values: Uint8Array.of(255, 1) },
  { code: "I8", dtype: "int8", data: [255, 1], values: Int32Array.of(-1, 1) },
  { code: "U16", dtype: "uint16", data: [1, 2, 255, 255], values: Int32Array.of(513, 65535) },
  { code: "I16", dtype: "int16", data: [1, 2, 255, 255], values: Int32Array.of(513, -1) },
  {
    code: "U32",
    dtype: "uint32",
    data: [255, 255, 255, 255, 1, 0, 0, 0],
    values: Float64Array.of(2 ** 32 - 1, 1),
  },
  {
    code: "I32",
    dtype: "int32",
    data: [255, 255, 255, 255, 1, 0, 0, 0],
    values: Int32Array.of(-1, 1),
  },
  {
    code: "U64",
    dtype: "uint64",
    data: [0, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0],
    values: Float64Array.of(2 ** 32, 7),
  },
  {
    code: "I64",
    dtype: "int64",
    data: [254, 255, 255, 255, 255, 255, 255, 255, 7, 0, 0, 0, 0, 0, 0, 0],
    values: Float64Array.of(-2, 7),
  },
  { code: "F16", dtype: "float16", data: [0, 0x3e, 1, 0], values: Float32Array.of(1.5, 2 ** -24) },
  {
    code: "BF16",
    dtype: "bfloat16",
    data: [0xc0, 0x3f, 0x80, 0xff],
    values: Float32Array.of(1.5, -Infinity),
  },
  {
    code: "F32",
    dtype: "float32",
    data: [0, 0, 0xc0, 0x3f, 0, 0, 0, 0x80],
    values: Float32Array.of(1.5, -0),
  },
  {
    code: "F64",
    dtype: "float64",
    data: [0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x80],
    values: Float64Array.of(1.5, -0),
  },
])("$code is read as $dtype", ({ code, dtype, data, values }) => {
  expect(decodeSafetensorsArrays(file(code, data), "f")).toEqual([
    { name: "t", shape: [1, 2], dtype, values },
  ]);
});

test("tensors of several dtypes stand one after the other, unaligned", () => {
  const header = {
    __metadata__: { format: "pt" },
    b: { dtype: "F32", shape: [], data_offsets: [1, 5] },
    a: { dtype: "U8", shape: [1], data_offsets: [0, 1] },
    c: { dtype: "F32", shape: [0, 9], data_offsets: [5, 5] },
  };
  expect(decodeSafetensorsArrays(join(header, Uint8Array.of(7, 0, 0, 0x80, 0x3f)), "f")).toEqual([
    { name: "a", shape: [1], dtype: "uint8", values: Uint8Array.of(7) },
    { name: "b", shape: [], dtype: "float32", values: Float32Array.of(1) },
    { name: "c", shape: [0, 9], dtype: "float32", values: new Float32Array(0) },
  ]);
});

test.each([
  {
    what: "another dtype",
    bytes: file("F8_E4M3", [1, 2]),
    message:
      'tensor "t" has dtype "F8_E4M3", expected "F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"',
  },
  {
    what: "a name that every object has",
    bytes: file("constructor", [1, 2]),
    message:
      'tensor "t" has dtype "constructor", expected "F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"',
  },
  {
    what: "too few bytes for the dtype",
    bytes: file("F64", [1, 2]),
    message: 'tensor "t" of shape [1, 2] takes 2 bytes, expected 16',
  },
  {
    what: "a bool of 2",
    bytes: file("BOOL", [0, 2]),
    message: 'tensor "t": value 1 is 2, expected 0 or 1 in a bool',
  },
  {
    what: "an integer beyond 2⁵³",
    bytes: file("U64", new Uint8Array(16).fill(255)),
    message:
      'tensor "t": value 0 is 18446744073709551615, expected at most ±2⁵³ = 9007199254740992, up to where a float64 holds whole numbers exactly',
  },
])("$what is refused with a sentence", ({ bytes, message }) => {
  expect(() => decodeSafetensorsArrays(bytes, "f")).toThrow(new DataError(`f: ${message}`));
});

test("a file cut short anywhere is refused", () => {
  const whole = file("F32", [0, 0, 0xc0, 0x3f, 0, 0, 0, 0x80]);
  for (let length = 0; length < whole.length; length++) {
    expect(() => decodeSafetensorsArrays(whole.subarray(0, length), "f")).toThrow(DataError);
  }
});

test("any byte may change: the file is refused or read", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(255), (place, byte) => {
      const bytes = file("I64", new Uint8Array(16));
      bytes[place % bytes.length] = byte;
      try {
        decodeSafetensorsArrays(bytes, "f");
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a key that stands twice is refused: of two tensors of a name readers take different ones", () => {
  const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
  const twice = join(`{"t":${entry},"t":${entry}}`, Uint8Array.of(1));
  expect(() => decodeSafetensorsArrays(twice, "f")).toThrow(
    new DataError('f: the header has the key "t" twice, expected it once'),
  );
});
