/** A row by the names of its columns is what the same row in a table is. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeInputs, learnEncoding } from "../../../src/data/csv/encode.js";
import { encodeRow } from "../../../src/data/csv/encodeRow.js";
import { TableReader } from "../../../src/data/csv/table.js";
import { documentedCode } from "../../support/documented.js";

function read(text: string) {
  const reader = new TableReader({ place: "t.csv", header: true });
  reader.push(new TextEncoder().encode(text));
  return reader.end();
}

const TABLE = read("size;share;colour;y\n1,5;7%;red;a\n2,5;9%;blue;b\n4;8%;red;a\n");
const strict = learnEncoding(TABLE).preprocessing;
const filled = learnEncoding(TABLE, { missing: "mean" }).preprocessing;

test("numbers may be numbers, or texts as in the table", () => {
  const [first] = [encodeInputs(TABLE, strict).inputs.subarray(0, 4)];
  expect(encodeRow({ size: "1,5", share: "7 %", colour: " red" }, strict)).toEqual(first);
  expect(encodeRow({ size: 1.5, share: 7, colour: "red", other: {} }, strict)).toEqual(first);
  // Fields for numbers write points in every language.
  expect(encodeRow({ size: "1.5", share: "7%", colour: "red" }, strict)).toEqual(first);
});

test("what is missing is what it was in training", () => {
  const missing = { size: Number.NaN, share: null, colour: "" };
  const [size, share, ...colour] = encodeRow(missing, filled);
  expect([size, share, ...colour]).toEqual([Math.fround(8 / 3), 8, 0, 0]);
});

test.each([
  [{ size: "" }, 'row: "size" is missing, expected a value, or a model trained with'],
  [{ colour: "NA" }, 'row: "colour" is missing, expected a value'],
  [
    { size: "1.234" },
    'row: "size" is "1.234", expected a decimal comma as in training, or a number',
  ],
  [{ share: "7" }, 'row: "share" is "7", expected a number with a percent sign as in training'],
  [{ size: "many" }, 'row: "size" is "many", expected a number'],
  [{ size: 1e39 }, 'row: "size" is "1e+39", expected a number, within'],
  [{ colour: "green" }, 'row: "colour" is "green", expected one of "blue", "red"'],
  [{ colour: {} }, 'row: "colour"'],
])("%j is refused", (part, message) => {
  const row = { size: 1, share: 7, colour: "red", ...part };
  expect(() => encodeRow(row, strict)).toThrow(message);
});

test("columns that are not there, and models of other data, are refused", () => {
  expect(() => encodeRow({ size: 1, share: 7 }, strict)).toThrow('row: has no "colour", expected');
  expect(() => encodeRow({}, undefined)).toThrow("expected that of a model of tables");
  expect(() => encodeRow({ ...{ size: 1, share: 7 }, colour: "green" }, filled)).toThrow("green");
});

test("the guide's examples run one after the other: train and save, load and predict a row", () => {
  const folder = mkdtempSync(join(import.meta.dirname, "../../../build", "example-"));
  try {
    const rows = Array.from({ length: 60 }, (_, row) => {
      const kind = row % 3;
      return `${4 + kind + (row % 5) / 10},${3.5 - kind / 2},${["a", "b", "c"][kind]}\n`;
    });
    writeFileSync(join(folder, "iris.csv"), `length,width,species\n${rows.join("")}`);
    const outputs = ["In a library", "A row from a form"].map((heading, index) => {
      const file = join(folder, `example${index}.mjs`);
      writeFileSync(file, documentedCode("docs/data.md", heading));
      const options = { encoding: "utf8", cwd: folder } as const;
      const { stdout, stderr } = spawnSync(process.execPath, [file], options);
      expect(stderr).toBe("");
      return stdout;
    });
    expect(outputs).toEqual([
      expect.stringMatching(/^(1|0\.\d+)\n$/),
      expect.stringMatching(/^[ab]\n$/),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
