import fc from "fast-check";
import { expect, test } from "vitest";
import { ModelError } from "../../../src/errors.js";
import {
  decodeSafetensors,
  encodeSafetensors,
  type TensorFile,
} from "../../../src/model/formats/safetensors.js";
import { headerLength, join } from "../../support/safetensors.js";

const FILE: TensorFile = {
  tensors: [
    { name: "0.weight", shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-40, -1e38) },
    { name: "0.bias", shape: [2], data: Float32Array.of(-0, 0.1) },
  ],
  metadata: { format: "pt", note: "Ä – «é»" },
};

/** One tensor of two values, with a part of its entry changed. */
function withEntry(changes: object, data = new Uint8Array(8)): Uint8Array {
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8], ...changes };
  return join({ t: entry }, data);
}

test("the layout is that of the format, byte by byte", () => {
  const header =
    '{"__metadata__":{"a":"b"},' +
    '"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},' +
    '"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}';
  expect(header.length).toBe(135);
  const file = encodeSafetensors({
    tensors: [
      { name: "w", shape: [1, 2], data: Float32Array.of(1, -2) },
      { name: "b", shape: [1], data: Float32Array.of(0.5) },
    ],
    metadata: { a: "b" },
  });
  expect([...file]).toEqual([
    ...[136, 0, 0, 0, 0, 0, 0, 0], // header length, 64 bits, little-endian
    ...new TextEncoder().encode(header),
    0x20, // padded with spaces to a multiple of 8
    ...[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], // 1, −2 as float32, little-endian
    ...[0, 0, 0, 0x3f], // 0.5
  ]);
});

test("the header's length is a multiple of 8, whatever the names", () => {
  for (let length = 0; length < 16; length++) {
    const file = encodeSafetensors({ ...FILE, metadata: { note: "x".repeat(length) } });
    expect(headerLength(file) % 8).toBe(0);
  }
});

test("what was written is read, to the bit", () => {
  const file = encodeSafetensors(FILE);
  expect(decodeSafetensors(file, "file")).toEqual(FILE);
  // Also from the middle of a larger buffer, at an odd place.
  const larger = new Uint8Array(file.length + 3);
  larger.set(file, 3);
  expect(decodeSafetensors(larger.subarray(3), "file")).toEqual(FILE);
});

test("any tensors come back as they were", () => {
  const tensor = fc
    .tuple(fc.string(), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }))
    .chain(([name, shape]) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const values = fc.float32Array({ minLength: count, maxLength: count });
      return values.map((data) => ({ name, shape, data }));
    });
  const metadata = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
  const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 5 });
  fc.assert(
    fc.property(tensors, metadata, (given, notes) => {
      // A name of the format's own, and one that an object literal cannot have as a key.
      fc.pre(given.every(({ name }) => name !== "__metadata__" && name !== "__proto__"));
      const decoded = decodeSafetensors(
        encodeSafetensors({ tensors: given, metadata: notes }),
        "file",
      );
      const byName = new Map(decoded.tensors.map((one) => [one.name, one]));
      expect(byName.size).toBe(given.length);
      for (const one of given) expect(byName.get(one.name)).toEqual(one);
      expect(decoded.metadata).toEqual(notes);
    }),
  );
});

test("tensors may stand in any order, and metadata may be absent", () => {
  const entry = (start: number) => ({ dtype: "F32", shape: [1], data_offsets: [start, start + 4] });
  const data = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
  const file = join({ c: entry(8), a: entry(0), b: entry(4) }, data);
  const { tensors, metadata } = decodeSafetensors(file, "file");
  expect(tensors.map(({ name, data: [value] }) => [name, value])).toEqual([
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ]);
  expect(metadata).toEqual({});
});

test.each([
  {
    what: "an empty file",
    file: new Uint8Array(0),
    message: "0 bytes long, expected a safetensors file of at least 8",
  },
  {
    what: "a header beyond the end",
    file: Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d),
    message:
      "a header of 3 bytes is announced, expected at most 2 in a safetensors file of this length",
  },
  {
    what: "a header of 16 exabytes",
    file: new Uint8Array(16).fill(255),
    message:
      "a header of 18446744073709552000 bytes is announced, expected at most 8 in a safetensors file of this length",
  },
  {
    what: "a header that is not JSON",
    file: join("{", new Uint8Array(0)),
    message: "the header is not JSON, expected a safetensors file",
  },
  {
    what: "a header that is not UTF-8",
    // {"\xff":7}: JSON if the byte that no UTF-8 text has were read as some character.
    file: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x37, 0x7d),
    message: "the header is not JSON, expected a safetensors file",
  },
  {
    what: "a header that is a list",
    file: join("[]", new Uint8Array(0)),
    message: "the header is not a JSON object, expected a safetensors file",
  },
  {
    what: "metadata that is no object",
    file: join({ __metadata__: "pt" }, new Uint8Array(0)),
    message: "__metadata__ is not an object, expected one of strings",
  },
  {
    what: "metadata that is a number",
    file: join({ __metadata__: { version: 1 } }, new Uint8Array(0)),
    message: '"version" of __metadata__ is no string, expected one',
  },
  {
    what: "another type",
    file: withEntry({ dtype: "F16" }),
    message: 'tensor "t" has dtype "F16", expected "F32"',
  },
  {
    what: "no type",
    file: join({ t: 7 }, new Uint8Array(8)),
    message: 'tensor "t" has dtype undefined, expected "F32"',
  },
  {
    what: "a shape that is no list",
    file: withEntry({ shape: 2 }),
    message: 'tensor "t" has shape 2, expected a list of sizes',
  },
  {
    what: "a negative size",
    file: withEntry({ shape: [-2] }),
    message: 'tensor "t" has shape [-2], expected a list of sizes',
  },
  {
    what: "a size that is not whole",
    file: withEntry({ shape: [0.5, 4] }),
    message: 'tensor "t" has shape [0.5, 4], expected a list of sizes',
  },
  {
    what: "one offset only",
    file: withEntry({ data_offsets: [0] }),
    message: 'tensor "t" has data_offsets [0], expected [start, end]',
  },
  {
    what: "a negative offset",
    file: withEntry({ data_offsets: [-8, 0] }),
    message: 'tensor "t" has data_offsets [-8, 0], expected [start, end]',
  },
  {
    what: "a shape of more bytes than the offsets",
    file: withEntry({ shape: [3] }),
    message: 'tensor "t" of shape [3] takes 8 bytes, expected 12',
  },
  {
    what: "offsets the wrong way round",
    file: withEntry({ data_offsets: [8, 0] }),
    message: 'tensor "t" of shape [2] takes -8 bytes, expected 8',
  },
  {
    what: "a shape of 4·10¹⁵ bytes",
    file: withEntry({ shape: [1e15] }),
    message: 'tensor "t" of shape [1000000000000000] takes 8 bytes, expected 4000000000000000',
  },
  {
    what: "a shape and offsets of 4·10¹⁵ bytes",
    file: withEntry({ shape: [1e15], data_offsets: [0, 4e15] }),
    message: "8 bytes of data follow the header, expected 4000000000000000 as it says",
  },
  {
    what: "a gap in front",
    file: withEntry({ data_offsets: [4, 12] }, new Uint8Array(12)),
    message: 'tensor "t" begins at byte 4 of the data, expected 0 where the one before it ends',
  },
  {
    what: "a gap behind",
    file: withEntry({}, new Uint8Array(9)),
    message: "9 bytes of data follow the header, expected 8 as it says",
  },
  {
    what: "data cut short",
    file: withEntry({}, new Uint8Array(7)),
    message: "7 bytes of data follow the header, expected 8 as it says",
  },
  {
    what: "tensors that overlap",
    file: join(
      {
        a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
        b: { dtype: "F32", shape: [2], data_offsets: [4, 12] },
      },
      new Uint8Array(12),
    ),
    message: 'tensor "b" begins at byte 4 of the data, expected 8 where the one before it ends',
  },
  {
    what: "two tensors in one place",
    file: join(
      {
        a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
        b: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
      },
      new Uint8Array(8),
    ),
    message: 'tensor "b" begins at byte 0 of the data, expected 8 where the one before it ends',
  },
])("$what is refused with a sentence", ({ file, message }) => {
  expect(() => decodeSafetensors(file, "model.safetensors")).toThrow(
    new ModelError(`model.safetensors: ${message}`),
  );
});

test("values nested a hundred thousand deep are refused like any other", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  for (const place of ["dtype", "shape", "data_offsets"]) {
    const entry = { dtype: '"F32"', shape: "[2]", data_offsets: "[0,8]", [place]: deep };
    const fields = Object.entries(entry).map(([key, value]) => `"${key}":${value}`);
    const file = join(`{"t":{${fields.join()}}}`, new Uint8Array(8));
    expect(() => decodeSafetensors(file, "file")).toThrow(ModelError);
  }
});

test("any bytes are refused or read, never anything else", () => {
  const header = fc.oneof(fc.json(), fc.string());
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.tuple(header, fc.uint8Array({ maxLength: 16 })).map(([text, data]) => join(text, data)),
  );
  fc.assert(
    fc.property(bytes, (file) => {
      try {
        decodeSafetensors(file, "file");
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
      }
    }),
    { numRuns: 1000 },
  );
});
