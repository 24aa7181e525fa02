import fc from "fast-check";
import { expect, test } from "vitest";
import { createImageDataset, decodeIdx, decodeIdxArray, isIdx } from "../../src/data/idx.js";
import { DataError } from "../../src/errors.js";
import { type IdxParts, idx } from "../support/idx.js";

const NAMES = ["zero", "one", "two"];

test("dimensions are read big-endian and the values share memory with the file", () => {
  const bytes = [0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 10, 11, 20, 21, 30, 255];
  const file = Uint8Array.from(bytes);
  const array = decodeIdx(file, "points");
  expect(array).toEqual({
    name: "points",
    dimensions: [3, 2],
    data: Uint8Array.of(10, 11, 20, 21, 30, 255),
  });
  expect(array.data.buffer).toBe(file.buffer);
});

test("a size takes four bytes", () => {
  const size = 0x010203;
  const array = decodeIdx(Uint8Array.of(0, 0, 8, 1, 0, 1, 2, 3, ...new Uint8Array(size)), "labels");
  expect(array.dimensions).toEqual([size]);
});

test("a file that lies within a larger buffer is read from its own first byte", () => {
  const file = idx({ dimensions: [2, 2] });
  const padded = new Uint8Array(file.length + 3);
  padded.set(file, 3);
  expect(decodeIdx(padded.subarray(3), "x")).toEqual(decodeIdx(file, "x"));
});

test.each([
  [0x08, "uint8", [255, 1], Uint8Array.of(255, 1)],
  [0x09, "int8", [255, 1], Int32Array.of(-1, 1)],
  [0x0b, "int16", [255, 254, 0, 3], Int32Array.of(-2, 3)],
  [0x0c, "int32", [0, 1, 0, 0, 255, 255, 255, 255], Int32Array.of(65_536, -1)],
  [0x0d, "float32", [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0], Float32Array.of(1, -2)],
  [
    0x0e,
    "float64",
    [0x3f, 0xf0, ...Array(6).fill(0), 0xc0, ...Array(7).fill(0)],
    Float64Array.of(1, -2),
  ],
] as const)("arrays of type %d are %s", (type, dtype, data, values) => {
  const file = idx({ start: [0, 0, type], dimensions: [2], data });
  expect(isIdx(file)).toBe(true);
  expect(decodeIdxArray(file, "f")).toEqual({ shape: [2], dtype, values });
  expect(() => decodeIdxArray(file.subarray(0, -1), "f")).toThrow(
    `f: the length of its data is ${data.length - 1}, expected ${data.length} for 2 values`,
  );
});

test("arrays of other types are refused", () => {
  expect(() => decodeIdxArray(Uint8Array.of(0, 0, 0x0a, 1, 0, 0, 0, 0), "f")).toThrow(
    "f: its values are of type 0a, expected 08, uint8; 09, int8; 0b, int16; 0c, int32; 0d, float32; 0e, float64",
  );
});

const HOSTILE = 0xffff_ffff;

test.each<{ what: string; file: Uint8Array; message: string }>([
  {
    what: "an empty file",
    file: new Uint8Array(0),
    message: "f: its length is 0, expected an IDX file, which has at least 4 bytes",
  },
  {
    what: "three bytes",
    file: Uint8Array.of(0, 0, 8),
    message: "f: its length is 3, expected an IDX file, which has at least 4 bytes",
  },
  {
    what: "another format",
    file: Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
    message: "f: begins with the bytes 89 50, expected 00 00 as in every IDX file",
  },
  {
    what: "a second byte that is not zero",
    file: idx({ dimensions: [1], start: [0, 1, 8] }),
    message: "f: begins with the bytes 00 01, expected 00 00 as in every IDX file",
  },
  {
    what: "floats",
    file: idx({ dimensions: [1], start: [0, 0, 0x0d] }),
    message: "f: its values are of type 0d, expected 08, uint8",
  },
  {
    what: "no dimensions",
    file: idx({ dimensions: [] }),
    message: "f: the number of dimensions is 0, expected 1 to 4",
  },
  {
    what: "more dimensions than there is a use for",
    file: idx({ dimensions: [1, 1, 1, 1, 1] }),
    message: "f: the number of dimensions is 5, expected 1 to 4",
  },
  {
    what: "a header that is cut off",
    file: idx({ dimensions: [2, 2, 2] }).subarray(0, 15),
    message: "f: ends after 15 bytes, within its header, expected 16 bytes of header",
  },
  {
    what: "a dimension of zero",
    file: idx({ dimensions: [3, 0, 2] }),
    message: "f: dimension 2 is 0, expected at least 1",
  },
  {
    what: "a truncated file",
    file: idx({ dimensions: [2, 3, 4] }).subarray(0, 16 + 23),
    message: "f: the length of its data is 23, expected 24 for 2 × 3 × 4 values",
  },
  {
    what: "trailing bytes",
    file: idx({ dimensions: [3], data: [1, 2, 3, 4] }),
    message: "f: the length of its data is 4, expected 3 for 3 values",
  },
  {
    what: "dimensions whose product overflows",
    file: idx({ dimensions: [HOSTILE, HOSTILE, HOSTILE], data: [7] }),
    message: `f: the length of its data is 1, expected ${HOSTILE ** 3} for 4294967295 × 4294967295 × 4294967295 values`,
  },
  {
    what: "dimensions whose product is 0 in 32 and in 64 bits",
    file: idx({ dimensions: [2 ** 31, 2 ** 31, 4], data: [] }),
    message: `f: the length of its data is 0, expected ${2 ** 64} for 2147483648 × 2147483648 × 4 values`,
  },
])("$what is refused with a sentence", ({ file, message }) => {
  expect(() => decodeIdx(file, "f")).toThrow(new DataError(message));
});

test("arrays of all shapes come back, and no shortened or lengthened file does", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(shapes, fc.nat(), (dimensions, at) => {
      const file = idx({ dimensions });
      const { data, dimensions: found } = decodeIdx(file, "f");
      expect(found).toEqual(dimensions);
      expect(data.every((value, index) => value === index % 256)).toBe(true);
      expect(() => decodeIdx(file.subarray(0, at % file.length), "f")).toThrow(DataError);
      expect(() => decodeIdx(Uint8Array.of(...file, 0), "f")).toThrow(DataError);
    }),
  );
});

test("any bytes are either an array of their own length or refused by a DataError", () => {
  const magic = fc.constantFrom([0, 0, 8], [0, 0, 9], []);
  fc.assert(
    fc.property(magic, fc.uint8Array({ maxLength: 40 }), (start, rest) => {
      try {
        const { data, dimensions } = decodeIdx(Uint8Array.of(...start, ...rest), "f");
        expect(data.length).toBe(dimensions.reduce((product, size) => product * size, 1));
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    }),
  );
});

/** Two images of 2 rows and 3 columns with their labels, a part of which is changed. */
function dataset(changes: { images?: IdxParts; labels?: IdxParts } = {}) {
  const images = changes.images ?? { dimensions: [2, 2, 3] };
  const labels = changes.labels ?? { dimensions: [2], data: [2, 0] };
  return createImageDataset({
    name: "pictures",
    images: decodeIdx(idx(images), "images.idx"),
    labels: decodeIdx(idx(labels), "labels.idx"),
    classNames: NAMES,
  });
}

test("images and labels become a data set", () => {
  expect(dataset()).toEqual({
    name: "pictures",
    inputs: Uint8Array.from({ length: 12 }, (_, index) => index),
    targets: { kind: "classes", labels: Uint8Array.of(2, 0), names: NAMES },
    samples: 2,
    features: 6,
    image: { width: 3, height: 2 },
  });
});

test("the data set shares the memory of the files", () => {
  const images = decodeIdx(idx({ dimensions: [1, 2, 2] }), "images.idx");
  const labels = decodeIdx(idx({ dimensions: [1], data: [1] }), "labels.idx");
  const { inputs, targets } = createImageDataset({
    name: "p",
    images,
    labels,
    classNames: NAMES,
  });
  expect(inputs).toBe(images.data);
  expect(targets.labels).toBe(labels.data);
});

test.each<{ what: string; changes: { images?: IdxParts; labels?: IdxParts }; message: string }>([
  {
    what: "labels in place of images",
    changes: { images: { dimensions: [2] } },
    message: "images.idx: the number of dimensions is 1, expected 3 (samples, height, width)",
  },
  {
    what: "images in place of labels",
    changes: { labels: { dimensions: [2, 2, 3] } },
    message: "labels.idx: the number of dimensions is 3, expected 1 (samples)",
  },
  {
    what: "a label too few",
    changes: { labels: { dimensions: [1] } },
    message: "labels.idx: the number of labels is 1, expected 2 as there are images in images.idx",
  },
  {
    what: "a label too many",
    changes: { labels: { dimensions: [3] } },
    message: "labels.idx: the number of labels is 3, expected 2 as there are images in images.idx",
  },
  {
    what: "a label that is no class",
    changes: { labels: { dimensions: [2], data: [2, 3] } },
    message: "labels.idx: the label of sample 1 is 3, expected 0 to 2",
  },
])("$what are refused with a sentence that names the file", ({ changes, message }) => {
  expect(() => dataset(changes)).toThrow(new DataError(message));
});
