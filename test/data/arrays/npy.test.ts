import fc from "fast-check";
import { expect, test } from "vitest";
import type { ArrayValues, DType, UnnamedArray } from "../../../src/data/arrays/namedArray.js";
import { decodeNpy, encodeNpy } from "../../../src/data/arrays/npy.js";
import { DataError } from "../../../src/errors.js";
import { anyArray } from "../../support/arrays.js";
import { type NumpyFileName, numpyFile } from "../../support/numpyFiles.js";

/** What the files hold: of each dtype the ends of its range, and values between. */
const VALUES: Readonly<Record<string, { dtype: DType; values: ArrayValues }>> = {
  b1: { dtype: "bool", values: Uint8Array.of(1, 0, 1, 1, 0, 0) },
  i1: { dtype: "int8", values: Int32Array.of(-128, 127, 0, 1, -1, 5) },
  i2: { dtype: "int16", values: Int32Array.of(-32768, 32767, 0, 1, -1, 5) },
  i4: { dtype: "int32", values: Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1, -1, 5) },
  i8: { dtype: "int64", values: Float64Array.of(-(2 ** 53), 2 ** 53, 0, 1, -1, 5) },
  u1: { dtype: "uint8", values: Uint8Array.of(0, 255, 1, 2, 3, 4) },
  u2: { dtype: "uint16", values: Int32Array.of(0, 65535, 1, 2, 3, 4) },
  u4: { dtype: "uint32", values: Float64Array.of(0, 2 ** 32 - 1, 1, 2, 3, 4) },
  u8: { dtype: "uint64", values: Float64Array.of(0, 2 ** 53, 1, 2, 3, 4) },
  f2: {
    dtype: "float16",
    values: Float32Array.of(-0, 65504, 2 ** -24, 0.333251953125, Infinity, Number.NaN),
  },
  f4: {
    dtype: "float32",
    values: Float32Array.of(-0, 3.4e38, 1e-45, 1 / 3, -Infinity, Number.NaN),
  },
  f8: {
    dtype: "float64",
    values: Float64Array.of(-0, 1.7e308, 5e-324, 1 / 3, -Infinity, Number.NaN),
  },
};
const ORDERED = Object.keys(VALUES).flatMap((code) =>
  (code.endsWith("1") ? ["<"] : ["<", ">"]).map((order) => ({ code, order })),
);

/** A file of version 1.0 with a header that may be anything. */
function npy(header: string, data = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  return Uint8Array.of(
    ...[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length % 256, text.length >> 8],
    ...text,
    ...data,
  );
}

function describe(parts: { descr?: string; order?: string; shape?: string }): string {
  const { descr = "'<f4'", order = "False", shape = "(2,)" } = parts;
  return `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
}

test.each(ORDERED)("what NumPy writes of $order$code is read", ({ code, order }) => {
  const array = decodeNpy(numpyFile(`${order}${code}` as NumpyFileName), "f");
  expect(array).toEqual({ shape: [2, 3], ...VALUES[code] });
});

test.each(ORDERED.filter(({ order }) => order === "<"))(
  "$code is written to the byte as NumPy does",
  ({ code }) => {
    const file = encodeNpy({ shape: [2, 3], ...VALUES[code] });
    expect(file).toEqual(numpyFile(`<${code}` as NumpyFileName));
  },
);

test("Fortran order becomes C order", () => {
  expect(decodeNpy(numpyFile("fortranOrder"), "f")).toEqual({
    shape: [2, 3, 4],
    dtype: "int16",
    values: Int32Array.from({ length: 24 }, (_, index) => index),
  });
});

test("Fortran order of any shape is that of reversed indices", () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(shapes, (shape) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const tuple = `(${shape.map((size) => `${size},`).join(" ")})`;
      // Value i of the file has the indices that count i in mixed radix, the first one lowest.
      const expected = new Int32Array(count);
      for (let index = 0; index < count; index++) {
        let rest = index;
        const indices = shape.map((size) => {
          const digit = rest % size;
          rest = Math.floor(rest / size);
          return digit;
        });
        expected[indices.reduce((place, digit, axis) => place * shape[axis] + digit, 0)] = index;
      }
      const data = new Uint8Array(Int32Array.from({ length: count }, (_, i) => i).buffer);
      const file = npy(describe({ descr: "'<i4'", order: "True", shape: tuple }), data);
      expect(decodeNpy(file, "f")).toEqual({ shape, dtype: "int32", values: expected });
    }),
  );
});

test("versions 2.0 and 3.0 are read", () => {
  const expected = { shape: [3], dtype: "float64", values: Float64Array.of(0, 1, 2) };
  expect(decodeNpy(numpyFile("version2"), "f")).toEqual(expected);
  expect(decodeNpy(numpyFile("version3"), "f")).toEqual(expected);
});

test("single numbers and empty arrays are read", () => {
  expect(decodeNpy(numpyFile("scalar"), "f")).toEqual({
    shape: [],
    dtype: "float32",
    values: Float32Array.of(2.5),
  });
  expect(decodeNpy(numpyFile("empty"), "f")).toEqual({
    shape: [0, 3],
    dtype: "float64",
    values: new Float64Array(0),
  });
});

test("headers as others write them are read", () => {
  const data = new Uint8Array(Float32Array.of(1, 2).buffer);
  const expected = { shape: [2], dtype: "float32", values: Float32Array.of(1, 2) };
  // Of Python 2; of another order, with other quotes; with the order of the host.
  expect(decodeNpy(npy(describe({ shape: "(2L,)" }), data), "f")).toEqual(expected);
  const other = '{"shape":(2,),"fortran_order":False,"descr":"<f4"}';
  expect(decodeNpy(npy(other, data), "f")).toEqual(expected);
  expect(decodeNpy(npy(describe({ descr: "'=f4'" }), data), "f")).toEqual(expected);
  expect(decodeNpy(npy(describe({ descr: "'f4'" }), data), "f")).toEqual(expected);
  expect(decodeNpy(npy(describe({ descr: "'?'" }), Uint8Array.of(1, 0)), "f").dtype).toBe("bool");
});

test("the values are a copy, from wherever the file lies in memory", () => {
  const file = numpyFile("<f8");
  for (let offset = 0; offset < 8; offset++) {
    const larger = Buffer.alloc(file.length + offset);
    larger.set(file, offset);
    const { values } = decodeNpy(larger.subarray(offset), "f");
    larger.fill(0);
    expect(values).toEqual(VALUES.f8.values);
  }
});

test("any array comes back as it was", () => {
  fc.assert(
    fc.property(anyArray(), (array) => {
      const file = encodeNpy(array);
      expect(decodeNpy(file, "f")).toEqual(array);
      expect((file.length - array.values.length * bytesOf(array)) % 64).toBe(0);
    }),
  );
});

function bytesOf({ dtype }: UnnamedArray): number {
  return Number(/\d+$/.exec(dtype)?.[0] ?? 8) / 8;
}

test("values of a larger type are written when the dtype holds them", () => {
  const array: UnnamedArray = { shape: [2], dtype: "float32", values: Float64Array.of(0.5, -3) };
  expect(decodeNpy(encodeNpy(array), "f").values).toEqual(Float32Array.of(0.5, -3));
  const whole: UnnamedArray = { shape: [2], dtype: "uint8", values: Float32Array.of(255, 0) };
  expect(decodeNpy(encodeNpy(whole), "f").values).toEqual(Uint8Array.of(255, 0));
});

test.each<{ what: string; array: UnnamedArray; message: string }>([
  {
    what: "too few values",
    array: { shape: [2, 2], dtype: "uint8", values: new Uint8Array(3) },
    message: "the number of its values is 3, expected 4 for 2 × 2",
  },
  {
    what: "a negative size",
    array: { shape: [-1], dtype: "uint8", values: new Uint8Array(0) },
    message: "a size of its shape is -1, expected a whole number from 0",
  },
  {
    what: "65 dimensions",
    array: { shape: new Array(65).fill(1), dtype: "uint8", values: new Uint8Array(1) },
    message: "the number of its dimensions is 65, expected at most 64",
  },
  {
    what: "bfloat16",
    array: { shape: [1], dtype: "bfloat16", values: new Float32Array(1) },
    message:
      "its dtype is bfloat16, which .npy files do not have, expected float32, which holds the same values",
  },
  {
    what: "a value that float32 rounds",
    array: { shape: [2], dtype: "float32", values: Float64Array.of(1, 0.1) },
    message: "value 1 is 0.1, expected one that float32 holds exactly",
  },
  {
    what: "a value beyond float16",
    array: { shape: [1], dtype: "float16", values: Float32Array.of(65_536) },
    message: "value 0 is 65536, expected one that float16 holds exactly",
  },
  {
    what: "a value that is not whole",
    array: { shape: [1], dtype: "int64", values: Float64Array.of(1.5) },
    message:
      "value 0 is 1.5, expected a whole number from -9007199254740992 to 9007199254740992 as int64 holds them",
  },
  {
    what: "a bool of 2",
    array: { shape: [1], dtype: "bool", values: Uint8Array.of(2) },
    message: "value 0 is 2, expected a whole number from 0 to 1 as bool holds them",
  },
  {
    what: "a negative unsigned value",
    array: { shape: [1], dtype: "uint32", values: Float64Array.of(-1) },
    message: "value 0 is -1, expected a whole number from 0 to 4294967295 as uint32 holds them",
  },
])("$what is not written", ({ array, message }) => {
  expect(() => encodeNpy(array, "a")).toThrow(new DataError(`a: ${message}`));
});

const KINDS = "expected booleans, integers or floats of at most 64 bits";

test.each<{ what: string; file: Uint8Array; message: string }>([
  {
    what: "an empty file",
    file: new Uint8Array(0),
    message: "its length is 0 bytes, expected a .npy file, which has at least 10",
  },
  {
    what: "another format",
    file: Uint8Array.of(0x80, 4, 0x95, 0, 0, 0, 0, 0, 0),
    message:
      "begins with the bytes 80 04 95 00 00 00, expected 93 4e 55 4d 50 59 as in every .npy file",
  },
  {
    what: "version 4.0",
    file: Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 4, 0, 0, 0, 0, 0),
    message: "its format version is 4.0, expected 1.0, 2.0 or 3.0",
  },
  {
    what: "a header of 4 GiB",
    file: Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 255),
    message:
      "a header of 4294967295 bytes is announced, expected at most 0 in a .npy file of this length",
  },
  {
    what: "a header that is not UTF-8",
    file: Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 3, 0, 1, 0, 0, 0, 0xff),
    message: "its header is not UTF-8, expected that of version 3.0",
  },
  {
    what: "a header that is no dictionary",
    file: npy("(1,)"),
    message: "its header is no dictionary, expected one of descr, fortran_order, shape",
  },
  {
    what: "a header with a key more",
    file: npy("{'descr': 'f4', 'fortran_order': False, 'shape': (), 'x': 1}"),
    message:
      'its header gives "descr", "fortran_order", "shape", "x", expected descr, fortran_order, shape',
  },
  {
    what: "an order that is a number",
    file: npy(describe({ order: "1" })),
    message: "fortran_order is 1, expected True or False",
  },
  {
    what: "a structure",
    file: numpyFile("structured"),
    message: `its dtype is a structure of several fields, ${KINDS}`,
  },
  {
    what: "Python objects",
    file: numpyFile("object"),
    message: `its dtype is "|O", Python objects, pickled (of texts, save array.astype(str)), ${KINDS}`,
  },
  { what: "text", file: numpyFile("text"), message: `its dtype is "<U2", strings, ${KINDS}` },
  {
    what: "complex numbers",
    file: numpyFile("complex"),
    message: `its dtype is "<c16", complex numbers, ${KINDS}`,
  },
  {
    what: "bfloat16",
    file: numpyFile("bfloat16"),
    message: `its dtype is "<V2", raw bytes, as bfloat16 becomes when it is saved without a conversion to float32, ${KINDS}`,
  },
  {
    what: "long double",
    file: npy(describe({ descr: "'<f16'" })),
    message: `its dtype is "<f16", ${KINDS}`,
  },
  {
    what: "no byte order",
    file: npy(describe({ descr: "'|f4'" })),
    message: 'its dtype is "|f4", without a byte order, expected "<f4" or ">f4"',
  },
  {
    what: "a negative size",
    file: npy(describe({ shape: "(-2,)" })),
    message: "a size of its shape is -2, expected a whole number from 0",
  },
  {
    what: "a shape that is no tuple",
    file: npy(describe({ shape: "(2)" })),
    message: "its shape is 2, expected a tuple of sizes",
  },
  {
    what: "a size beyond 2⁵³",
    file: npy(describe({ shape: "(9007199254740993,)" })),
    message: "a size of its shape is 9007199254740992, expected a whole number from 0",
  },
  {
    what: "sizes that overflow",
    file: npy(describe({ shape: "(4294967296, 4294967296)" })),
    message:
      "the length of its data is 0 bytes, expected 73786976294838210000 for 4294967296 × 4294967296 of float32",
  },
  {
    what: "data cut short",
    file: npy(describe({}), new Uint8Array(7)),
    message: "the length of its data is 7 bytes, expected 8 for 2 of float32",
  },
  {
    what: "data left over",
    file: npy(describe({}), new Uint8Array(9)),
    message: "the length of its data is 9 bytes, expected 8 for 2 of float32",
  },
  {
    what: "a bool of 2",
    file: npy(describe({ descr: "'|b1'" }), Uint8Array.of(1, 2)),
    message: "value 1 is 2, expected 0 or 1 in a bool",
  },
])("$what is refused with a sentence", ({ file, message }) => {
  expect(() => decodeNpy(file, "f.npy")).toThrow(new DataError(`f.npy: ${message}`));
});

test.each([
  ["<i8", 2n ** 53n + 1n],
  ["<i8", -(2n ** 53n) - 1n],
  ["<i8", -(2n ** 63n)],
  ["<u8", 2n ** 53n + 1n],
  ["<u8", 2n ** 64n - 1n],
])("an integer of %s that is %s is refused", (descr, value) => {
  const data = new Uint8Array(BigInt64Array.of(5n, BigInt.asIntN(64, value)).buffer);
  expect(() => decodeNpy(npy(describe({ descr: `'${descr}'` }), data), "f")).toThrow(
    new DataError(
      `f: value 1 is ${value}, expected at most ±2⁵³ = 9007199254740992, up to where a float64 holds whole numbers exactly`,
    ),
  );
});

test("a file cut short anywhere is refused", () => {
  for (const name of ["<f4", "version2", "version3", "fortranOrder"] as const) {
    const file = numpyFile(name);
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeNpy(file.subarray(0, length), "f")).toThrow(DataError);
    }
  }
});

test("any byte may change: the file is refused or read", () => {
  const names = fc.constantFrom<NumpyFileName>(
    "<f4",
    "<i8",
    "version3",
    "fortranOrder",
    "structured",
  );
  fc.assert(
    fc.property(names, fc.nat(), fc.nat(255), (name, place, byte) => {
      const file = numpyFile(name);
      // The header's 128 bytes matter more than the data.
      file[place % Math.min(file.length, 140)] = byte;
      try {
        decodeNpy(file, "f");
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    }),
    { numRuns: 5000 },
  );
});
