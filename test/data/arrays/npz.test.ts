import fc from "fast-check";
import { expect, test } from "vitest";
import type { NumericArray } from "../../../src/data/arrays/namedArray.js";
import { encodeNpy } from "../../../src/data/arrays/npy.js";
import { decodeNpz, encodeNpz } from "../../../src/data/arrays/npz.js";
import { DataError } from "../../../src/errors.js";
import { anyArray } from "../../support/arrays.js";
import { numpyFile } from "../../support/numpyFiles.js";
import { zip } from "../../support/zip.js";

const ARRAYS: NumericArray[] = [
  { name: "W1", shape: [2, 3], dtype: "float64", values: Float64Array.of(0, 1, 2, 3, 4, 5) },
  { name: "b1", shape: [], dtype: "float32", values: Float32Array.of(3) },
];
const NOTHING = new Uint8Array(0);

test("what NumPy writes is read, compressed or not", async () => {
  expect(await decodeNpz(numpyFile("savez"), "f")).toEqual(ARRAYS);
  expect(await decodeNpz(numpyFile("savezCompressed"), "f")).toEqual(ARRAYS);
});

test("any arrays come back as they were", async () => {
  const named = fc.tuple(fc.stringMatching(/^[a-zäß×.]\w{0,8}$/), anyArray());
  const arrays = fc.uniqueArray(
    named.map(([name, array]) => ({ name, ...array })),
    { selector: ({ name }) => name, maxLength: 4 },
  );
  const compression = fc.constantFrom("none" as const, "deflate" as const);
  await fc.assert(
    fc.asyncProperty(arrays, compression, async (given, how) => {
      expect(await decodeNpz(await encodeNpz(given, { compression: how }), "f")).toEqual(given);
    }),
  );
});

test("folders are passed over, arrays within them keep their path", async () => {
  const [, { name: _, ...b1 }] = ARRAYS;
  const file = zip([
    { name: "layer/", data: NOTHING },
    { name: "layer/b.npy", data: encodeNpy(b1) },
  ]);
  expect(await decodeNpz(file, "f")).toEqual([{ name: "layer/b", ...b1 }]);
});

test.each([
  {
    what: "a file of torch.save",
    file: zip(["x/data.pkl", "x/data/0"].map((name) => ({ name, data: NOTHING }))),
    message:
      "is a file of PyTorch's torch.save, expected a .npz file; save with safetensors or numpy.savez instead",
  },
  {
    what: "a workbook",
    file: zip(["[Content_Types].xml", "xl/workbook.xml"].map((name) => ({ name, data: NOTHING }))),
    message:
      "is a document of an office program, expected arrays or a table; save a sheet as CSV in UTF-8",
  },
  {
    what: "an entry of another kind",
    file: zip([{ name: "notes.txt", data: NOTHING }]),
    message: 'holds the entry "notes.txt", expected arrays only, whose names end with ".npy"',
  },
  {
    what: "an entry that is no array",
    file: zip([{ name: "a.npy", data: NOTHING }]),
    message: 'array "a": its length is 0 bytes, expected a .npy file, which has at least 10',
  },
  {
    what: "pickled objects",
    file: zip([{ name: "a.npy", data: numpyFile("object") }]),
    message:
      'array "a": its dtype is "|O", Python objects, pickled (of texts, save array.astype(str)), expected booleans, integers or floats of at most 64 bits',
  },
])("$what is refused with a sentence", async ({ file, message }) => {
  await expect(decodeNpz(file, "f.npz")).rejects.toThrow(new DataError(`f.npz: ${message}`));
});

test("limits are kept", async () => {
  await expect(decodeNpz(numpyFile("savez"), "f", { maximumEntries: 1 })).rejects.toThrow(
    new DataError("f: the number of its entries is 2, expected at most 1"),
  );
  await expect(decodeNpz(numpyFile("savez"), "f", { maximumBytes: 300 })).rejects.toThrow(
    new DataError("f: its entries unpack to 308 bytes, expected at most 300"),
  );
});

test("arrays that cannot be written are named", async () => {
  const values = new Uint8Array(3);
  await expect(encodeNpz([{ name: "W1", shape: [2], dtype: "uint8", values }])).rejects.toThrow(
    new DataError('array "W1": the number of its values is 3, expected 2 for 2'),
  );
});

test("a file cut short anywhere is refused", async () => {
  for (const name of ["savez", "savezCompressed"] as const) {
    const file = numpyFile(name);
    for (let length = 0; length < file.length; length++) {
      await expect(decodeNpz(file.subarray(0, length), "f")).rejects.toBeInstanceOf(DataError);
    }
  }
});

test("any byte may change: the file is refused or read", async () => {
  const changes: { name: "savez" | "savezCompressed"; place: number; bit: number }[] = [];
  for (const name of ["savez", "savezCompressed"] as const) {
    for (let place = 0; place < numpyFile(name).length; place++) {
      for (const bit of [1, 0x80, 0xff]) changes.push({ name, place, bit });
    }
  }
  for (const { name, place, bit } of changes) {
    const file = numpyFile(name);
    file[place] ^= bit;
    await decodeNpz(file, "f").catch((error) => expect(error).toBeInstanceOf(DataError));
  }
});
