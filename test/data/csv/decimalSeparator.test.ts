import { expect, test } from "vitest";
import { show } from "../../../src/data/arrays/show.js";
import { encodeInputs, encodeTable, learnEncoding } from "../../../src/data/csv/encode.js";
import { splitTable } from "../../../src/data/csv/splitTable.js";
import { type Table, type TableOptions, TableReader } from "../../../src/data/csv/table.js";
import { DataError } from "../../../src/errors.js";

function read(text: string, options: Partial<TableOptions> = {}, cut = 0): Table {
  const bytes = new TextEncoder().encode(text);
  const reader = new TableReader({ place: "a.csv", ...options });
  reader.push(bytes.subarray(0, cut));
  reader.push(bytes.subarray(cut));
  return reader.end();
}

/** The numbers of the first column; undefined where it is one of categories. */
function numbersOf({ columns: [column], rows }: Table): number[] | undefined {
  return column.isNumeric ? Array.from({ length: rows }, (_, row) => column.value(row)) : undefined;
}

const GERMAN = "5,1;3,5;setosa\n-4;,25;setosa\n1e2;+1,5e-1;virginica\n";

test("decimal commas between semicolons or tabs are numbers, with a header and without, wherever the text is cut", () => {
  for (const delimiter of [";", "\t"]) {
    const body = GERMAN.replaceAll(";", delimiter);
    for (const header of ["", `a${delimiter}b${delimiter}art\n`]) {
      const text = header + body;
      for (let cut = 0; cut <= text.length; cut++) {
        const table = read(text, {}, cut);
        expect(table).toMatchObject({ rows: 3, hasHeader: header !== "", decimal: "comma" });
        expect(numbersOf(table)).toEqual([5.1, -4, 100].map(Math.fround));
        const dataset = encodeTable(table, learnEncoding(table));
        expect(dataset).toMatchObject({ features: 2, targets: { names: ["setosa", "virginica"] } });
        expect([...dataset.inputs]).toEqual([5.1, 3.5, -4, 0.25, 100, 0.15].map(Math.fround));
      }
    }
  }
});

test("decimal commas are values to be predicted, and classes by size where they are asked for", () => {
  const table = read("x;y\n1;10,5\n2;9,5\n3;10,5\n");
  expect(learnEncoding(table)).toMatchObject({ task: "regression", names: ["y"] });
  const { names } = learnEncoding(table, { task: "classification" });
  expect(names).toEqual(["9,5", "10,5"]);
});

test("a caller may say what commas are", () => {
  const quoted = 'x,y\n"5,1",1\n"4,9",2\n';
  expect(numbersOf(read(quoted, { decimal: "comma" }))).toEqual([5.1, 4.9].map(Math.fround));
  expect(numbersOf(read(quoted, { decimal: "point" }))).toBeUndefined();
  expect(numbersOf(read("5,1;a\n", { decimal: "point", delimiter: ";" }))).toBeUndefined();
  expect(numbersOf(read("x\ty\n1,234\t1\n", { decimal: "comma" }))).toEqual([Math.fround(1.234)]);
});

test("lists and texts with commas stay texts", () => {
  for (const cell of ["1,2,3", "1.23,5", "1,", "1.2.3", "a,1", "1,2 cm", "1, 2"]) {
    expect(numbersOf(read(`x;y\n${cell};1\n`))).toBeUndefined();
  }
});

const NAMES = "--ignore for the column, or --categories where its numbers are names";
const SAY = `expected --decimal comma where that is a number, ${NAMES}`;
const GROUPS = "expected a decimal comma as elsewhere, and no digit groups";

const PLAIN = "expected a number without digit groups or typographic minus";
const FOREIGN = [
  ...["1.234,5", "1,234.5", "1 234", "1,234,567", "-1'234.5", "110 001", "192.168.100.200"],
  ...["1\u00a0234,5", "1\u202f234", "1\u2009234", "1\u2019234", "1,23,100", "12,34,56,789.5"],
  ...["1.234,5 %", "\u22125", "\u22120,5", "\u2212.5e\u22123", "\u22121\u00a0234"],
];

test.each<{ text: string; options?: Partial<TableOptions>; message: string }>([
  { text: 'x,y\n1,1\n"5,1",1\n', message: `line 3, column 1 ("x"): found "5,1", ${SAY}` },
  {
    text: "x\ty\n1,234\t1\n",
    message: `line 2, column 1 ("x"): found "1,234", expected no digit groups where that is 1234, --decimal comma where it is 1.234, ${NAMES}`,
  },
  {
    text: "x;y\n5,1;1\n\n4.9;2\n",
    message: `line 4, column 1 ("x"): found "4.9", expected a decimal comma as in "5,1" on line 2`,
  },
  {
    text: "x;y\n5.1;1\n4,9;2\n",
    message: `line 3, column 1 ("x"): found "4,9", expected a decimal point as in "5.1" on line 2`,
  },
  { text: "a;x;y\n0,5;1.234;1\n", message: `line 2, column 2 ("x"): found "1.234", ${GROUPS}` },
  ...FOREIGN.map((cell) => ({
    text: `x;y\n1;1\n${cell};1\n`,
    message: `line 3, column 1 ("x"): found ${show(cell)}, ${PLAIN}, --ignore for the column, or --categories where its numbers are names`,
  })),
  ...FOREIGN.map((cell) => ({
    text: `x;y\n1;1\n1;${cell}\n`,
    message: `line 3, column 2 ("y"): found ${show(cell)}, ${PLAIN}, or --task classification where these are classes`,
  })),
  {
    text: "x;y\n1.5;1\n",
    options: { decimal: "comma" },
    message: `line 2, column 1 ("x"): found "1.5", expected a decimal comma, or --decimal point`,
  },
])("refused: $message", ({ text, options, message }) => {
  const table = read(text, options);
  expect(() => learnEncoding(table)).toThrow(new DataError(`a.csv: ${message}`));
});

test("codes with digit groups are categories and classes where they are asked for, beside decimal commas", () => {
  const table = read("pin;x;y\n110 001;0,5;9 001\n20 002;1,5;10 002\n110 001;2,5;9 001\n");
  const { preprocessing, names } = learnEncoding(table, {
    categories: ["pin"],
    task: "classification",
  });
  expect(preprocessing.columns).toMatchObject([
    { kind: "categories", categories: ["110 001", "20 002"] },
    { kind: "number" },
  ]);
  expect(names).toEqual(["10 002", "9 001"]);
  const told = read("pin;y\n110 001;a\n", { decimal: "point" });
  expect(() => learnEncoding(told)).toThrow(PLAIN);
});

test("lists and digit groups between quotes are categories and classes where they are asked for", () => {
  const table = read('x,y\n"1,234","2,10"\n"9","10,2"\n');
  const { preprocessing, names } = learnEncoding(table, {
    categories: ["x"],
    task: "classification",
  });
  expect(preprocessing.columns).toMatchObject([{ categories: ["1,234", "9"] }]);
  expect(names).toEqual(["10,2", "2,10"]);
});

test("an encoding keeps that there were decimal commas, and which columns had points beside them", () => {
  const { preprocessing } = learnEncoding(
    read("x;latitude;n;y\n0,5;52.5;1;1,5\n1,5;48.25;2;2,5\n"),
  );
  expect(preprocessing).toMatchObject({
    decimal: "comma",
    columns: [{ name: "x" }, { name: "latitude", decimal: "point" }, { name: "n" }],
  });
  const inputsOf = (text: string, options = {}) => [
    ...encodeInputs(read(text, options), preprocessing).inputs,
  ];
  // Neither the delimiter nor the numbers tell what a comma is.
  const meant = [1.125, 52.125, 2.5].map(Math.fround);
  expect(inputsOf("x\tlatitude\tn\n1,125\t52.125\t2,500\n")).toEqual(meant);
  expect(inputsOf('x,latitude,n\n"1,125",52.125,"2,5"\n')).toEqual(meant);
  expect(() => inputsOf("x\tlatitude\tn\n1.125\t52.125\t2\n")).toThrow(
    'line 2, column 1 ("x"): found "1.125", expected a decimal comma as in training, or --decimal point',
  );
  expect(inputsOf("x;latitude;n\n1.125;52.125;2.5\n", { decimal: "point" })).toEqual(meant);
  expect(inputsOf("x;latitude;n\n1.0625;52.125;2.5\n")[0]).toBe(1.0625);
  const plain = learnEncoding(read("x,y\n1.5,a\n2.5,b\n")).preprocessing;
  expect(plain).not.toHaveProperty("decimal");
  expect(() => encodeInputs(read("x\ty\n1,125\ta\n"), plain)).toThrow(
    /expected no digit groups where that is 1125, --decimal comma where it is 1.125$/,
  );
});

test("a column that is left out may be doubtful", () => {
  const table = read("a;x;y\n0,5;1.234;r\n1,5;1.235;s\n");
  expect(() => learnEncoding(table)).toThrow(GROUPS);
  expect(() => learnEncoding(table, { ignore: ["x"] })).not.toThrow();
});

test("numbers that are clear are not doubted, in either part of a split", () => {
  expect(numbersOf(read("a;x;y\n0,5;1.23;1\n0,5;1.234;1\n"))).toBeDefined();
  const clear = read("a;x;y\n0,5;1.23;1\n0,5;1.234;1\n1,5;2;3\n");
  expect(() => learnEncoding(clear)).not.toThrow();
  const doubtful = read('x,y\n"5,1",1\n2,1\n3,1\n4,1\n');
  const { training, test: heldOut } = splitTable(doubtful, { fraction: 0.5, seed: 1 });
  expect(() => learnEncoding(training)).toThrow(SAY);
  expect(() => learnEncoding(heldOut)).toThrow(SAY);
});

test("a delimiter is not taken from decimal commas, nor from texts that have them", () => {
  const names = (text: string) => read(text, { header: true }).columns.map(({ name }) => name);
  expect(names("1,5;2,5;3,5\n1;2;3\n")).toEqual(["1,5", "2,5", "3,5"]);
  expect(names('"a,b";2,5\n1;2\n')).toEqual(["a,b", "2,5"]);
  expect(names("1,2,a;b\n1,2,3\n")).toEqual(["1", "2", "a;b"]);
});
