import { expect, test } from "vitest";
import { decodeNpyTexts, holdsTexts } from "../../../src/data/arrays/npyTexts.js";
import { decodeNpz } from "../../../src/data/arrays/npz.js";
import { DataError } from "../../../src/errors.js";
import { numpyFile } from "../../support/numpyFiles.js";

/** A .npy file of version 1.0, as the format's description lays it out. */
function npy(description: string, shape: string, data: readonly number[], order = "False") {
  const header = `{'descr': ${description}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  const length = [header.length & 255, header.length >> 8];
  return Uint8Array.of(
    0x93,
    ...Buffer.from("NUMPY"),
    1,
    0,
    ...length,
    ...Buffer.from(header),
    ...data,
  );
}

const TEXTS = { dtype: "text", texts: ["rose", "größe 😀", ""], values: Int32Array.of(0, 1, 2, 0) };

test.each(["<U", ">U", "S"] as const)("NumPy's texts, %s", (name) => {
  expect(holdsTexts(numpyFile(name), "y")).toBe(true);
  expect(decodeNpyTexts(numpyFile(name), "y")).toEqual({ shape: [4], ...TEXTS });
});

test("a column of texts, one text alone, and none", () => {
  const column = { shape: [2, 1], dtype: "text", texts: ["b", "a"], values: Int32Array.of(0, 1) };
  expect(decodeNpyTexts(numpyFile("textColumn"), "y")).toEqual(column);
  expect(decodeNpyTexts(npy("'|S2'", "()", [97, 0]), "y")).toMatchObject({ texts: ["a"] });
  expect(decodeNpyTexts(npy("'<U3'", "(0,)", []), "y")).toMatchObject({ shape: [0], texts: [] });
});

test("zeros fill texts up, but may stand within one", () => {
  const file = npy("'S4'", "(2,)", [97, 0, 98, 0, 0, 0, 0, 0]);
  expect(decodeNpyTexts(file, "y").texts).toEqual(["a\0b", ""]);
});

test("spaces around a text do not count, as in tables", () => {
  const file = npy("'S4'", "(2,)", [32, 97, 32, 0, 97, 0, 0, 0]);
  expect(decodeNpyTexts(file, "y")).toMatchObject({ texts: ["a"], values: Int32Array.of(0, 0) });
});

test("numbers are no texts", () => {
  expect(holdsTexts(numpyFile("<f4"), "y")).toBe(false);
  expect(holdsTexts(numpyFile("object"), "y")).toBe(false);
  expect(holdsTexts(numpyFile("structured"), "y")).toBe(false);
  expect(() => holdsTexts(Uint8Array.of(1, 2, 3), "y")).toThrow(DataError);
});

const EXPECTED = 'expected texts of at least one character, as "<U5" and "|S5" are';

test.each([
  {
    what: "an item size that is too large",
    file: npy("'<U3'", "(1,)", [97, 0, 0, 0]),
    message: 'the length of its data is 4 bytes, expected 12 for 1 of "<U3"',
  },
  {
    what: "an item size that is too small",
    file: npy("'|S1'", "(1,)", [97, 98]),
    message: 'the length of its data is 2 bytes, expected 1 for 1 of "|S1"',
  },
  {
    what: "a shape that is too large",
    file: npy("'<U1'", "(9007199254740991,)", [97, 0, 0, 0]),
    message: "the length of its data is 4 bytes, expected 36028797018963964 for",
  },
  {
    what: "an item size that is none",
    file: npy("'<U0'", "(1000000000000,)", []),
    message: `its dtype is "<U0", ${EXPECTED}`,
  },
  {
    what: "no item size",
    file: npy("'<U'", "(1,)", []),
    message: `its dtype is "<U", ${EXPECTED}`,
  },
  {
    what: "an item size beyond whole numbers",
    file: npy("'<U99999999999999999999'", "(1,)", []),
    message: `its dtype is "<U99999999999999999999", ${EXPECTED}`,
  },
  { what: "numbers", file: numpyFile("<f4"), message: `its dtype is "<f4", ${EXPECTED}` },
  {
    what: "no byte order",
    file: npy("'|U1'", "(1,)", [97, 0, 0, 0]),
    message: 'its dtype is "|U1", without a byte order, expected "<U1" or ">U1"',
  },
  {
    what: "the wrong byte order",
    file: npy("'>U1'", "(1,)", [97, 0, 0, 0]),
    message: "character 0 of text 0 has the code 0x61000000, expected one of Unicode in the byte",
  },
  {
    what: "half a pair of UTF-16",
    file: npy("'<U1'", "(2,)", [97, 0, 0, 0, 0, 0xd8, 0, 0]),
    message: "character 0 of text 1 has the code 0xd800",
  },
  {
    what: "Latin-1",
    file: npy("'|S2'", "(1,)", [97, 0xf6]),
    message: "text 0 is not UTF-8, expected texts in UTF-8 or ASCII",
  },
  {
    what: "several texts a row",
    file: npy("'|S1'", "(2, 2)", [97, 98, 99, 100]),
    message: "its texts are 2 × 2, expected one a row, in one dimension",
  },
])("refused: $what", ({ file, message }) => {
  expect(() => decodeNpyTexts(file, "y.npy")).toThrow(DataError);
  expect(() => decodeNpyTexts(file, "y.npy")).toThrow(`y.npy: ${message}`);
});

test.each(["<U", "S"] as const)("cut anywhere, %s is refused in a sentence", (name) => {
  const file = numpyFile(name);
  for (let length = 0; length < file.length; length++) {
    expect(() => decodeNpyTexts(file.subarray(0, length), "y")).toThrow(DataError);
  }
});

test("an archive hands texts over when it is asked to, and decodes those alone that are wanted", async () => {
  const found = new Map<string, () => unknown>();
  const arrays = await decodeNpz(numpyFile("savezTexts"), "a.npz", {
    onTexts: (name, read) => found.set(name, read),
  });
  expect(arrays.map(({ name }) => name)).toEqual(["X"]);
  expect([...found.keys()]).toEqual(["y", "names"]);
  expect(found.get("y")?.()).toEqual({
    name: "y",
    shape: [6],
    dtype: "text",
    texts: ["no", "yes", "maybe"],
    values: Int32Array.of(0, 1, 0, 1, 2, 2),
  });
  await expect(decodeNpz(numpyFile("savezTexts"), "a.npz")).rejects.toThrow(
    'a.npz: array "y": its dtype is "<U5", strings, expected booleans',
  );
});
