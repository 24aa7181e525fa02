import { expect, test } from "vitest";
import {
  type EncodingOptions,
  encodeTable,
  inferTask,
  learnEncoding,
  selectTargets,
  standardizedDataset,
} from "../../../src/data/csv/encode.js";
import { splitTable } from "../../../src/data/csv/splitTable.js";
import { type Table, TableReader } from "../../../src/data/csv/table.js";
import { DataError, OptionError } from "../../../src/errors.js";

function read(text: string, options: { readonly header?: boolean } = {}): Table {
  const reader = new TableReader({ place: "a.csv", ...options });
  reader.push(new TextEncoder().encode(text));
  return reader.end();
}

const TEXT = "size,colour,price,kind\n1,red,10,b\n3,blue,20,a\n5,red,60,b\n";

test("numbers are inputs of their own, categories an input each, classes are sorted", () => {
  const table = read(TEXT);
  const encoding = learnEncoding(table, { ignore: ["3"] });
  const { mean, scale } = { mean: 3, scale: Math.sqrt(8 / 3) };
  expect(encoding).toEqual({
    task: "classification",
    names: ["a", "b"],
    preprocessing: {
      columns: [
        { kind: "number", name: "size", mean, scale },
        { kind: "categories", name: "colour", categories: ["blue", "red"] },
      ],
      targets: [{ name: "kind" }],
    },
  });
  const dataset = encodeTable(table, encoding);
  expect([...dataset.inputs]).toEqual([1, 0, 1, 3, 1, 0, 5, 0, 1]);
  expect(dataset.targets).toEqual({
    kind: "classes",
    names: ["a", "b"],
    labels: Int32Array.of(1, 0, 1),
  });
  const seen = standardizedDataset(dataset, encoding.preprocessing).inputs;
  expect(seen[0]).toBeCloseTo((1 - mean) / scale, 6);
});

test("the last column is the target, whatever number another has for its name", () => {
  const { preprocessing } = learnEncoding(read("id,age,4,y\n7,1,5,p\n8,3,6,q\n"));
  expect(preprocessing.targets).toEqual([{ name: "y" }]);
  expect(preprocessing.columns.map(({ name }) => name)).toEqual(["id", "age", "4"]);
});

test("several targets are values, each with its own mean and deviation", () => {
  const table = read(TEXT);
  const encoding = learnEncoding(table, { target: ["price", "size"], columns: ["colour"] });
  expect(encoding.task).toBe("regression");
  expect(encoding.preprocessing.targets[0]).toMatchObject({ name: "price", mean: 30 });
  expect(encodeTable(table, encoding).targets).toEqual({
    kind: "values",
    names: ["price", "size"],
    values: Float32Array.of(10, 1, 20, 3, 60, 5),
  });
});

test("a table with its columns in another order, and more of them, gives the same data set", () => {
  const encoding = learnEncoding(read(TEXT), { ignore: ["price"] });
  const other = read("kind,extra,colour,size\nb,,red,1\na,,blue,3\nb,,red,5\n");
  expect(encodeTable(other, encoding)).toEqual(encodeTable(read(TEXT), encoding));
});

test("what is missing is the mean, or no category, where that is asked for", () => {
  const table = read("x,c,t\n1,a,p\n,b,q\n5,?,p\n");
  const encoding = learnEncoding(table, { missing: "mean" });
  expect([...encodeTable(table, encoding).inputs]).toEqual([1, 1, 0, 3, 0, 1, 5, 0, 0]);
  const unknown = read("x,c,t\n1,new,p\n");
  expect([...encodeTable(unknown, encoding).inputs]).toEqual([1, 0, 0]);
});

test("texts and few whole numbers are classes, other numbers values", () => {
  const taskOf = (cells: readonly (string | number)[]) => {
    const table = read(`x,t\n${cells.map((cell) => `0,${cell}\n`).join("")}`);
    return inferTask(table, selectTargets(table));
  };
  expect(taskOf(["a", "b"])).toBe("classification");
  expect(taskOf([0, 1, 10])).toBe("classification");
  expect(taskOf([0.5, 1])).toBe("regression");
  expect(taskOf([-1, 1])).toBe("regression");
  expect(taskOf(Array.from({ length: 21 }, (_, index) => index))).toBe("regression");
  const numbered = learnEncoding(read("x,t\n0,10\n0,9\n"));
  expect(numbered.names).toEqual(["9", "10"]);
});

test("a column that is the same everywhere is scaled by 1", () => {
  const { preprocessing } = learnEncoding(read("x,t\n0.1,a\n0.1,b\n0.1,a\n"));
  expect(preprocessing.columns[0]).toMatchObject({ scale: 1 });
});

test("a split holds out the same part of each class, and statistics are those of the training part", () => {
  const rows = Array.from({ length: 100 }, (_, row) => `${row},${row % 4 === 0 ? "a" : "b"}\n`);
  const table = read(`x,t\n${rows.join("")}`);
  const strata = table.columns[1];
  const { training, test: held } = splitTable(table, { fraction: 0.2, seed: 1, strata });
  const valuesOf = ({ rows: count, columns }: Table) =>
    Array.from({ length: count }, (_, row) => columns[0].value(row));
  expect([training.rows, held.rows]).toEqual([80, 20]);
  expect(valuesOf(held).filter((value) => value % 4 === 0)).toHaveLength(5);
  const all = [...valuesOf(training), ...valuesOf(held)].sort((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: 100 }, (_, row) => row));
  const mean = valuesOf(training).reduce((sum, value) => sum + value, 0) / 80;
  expect(learnEncoding(training).preprocessing.columns[0]).toMatchObject({
    mean: expect.closeTo(mean, 9),
  });
  expect(() => splitTable(read("x,t\n1,a\n"), { fraction: 0.2, seed: 1 })).toThrow(
    "a.csv: a test split of 0.2 leaves the test set without any of the 1 rows, expected",
  );
  const single = read("x,t\n1,a\n2,b\n3,c\n3,c\n");
  expect(() => splitTable(single, { fraction: 0.2, seed: 1, strata: single.columns[1] })).toThrow(
    "without any of the 4 rows, of 3 classes with at most 2 each, expected some in both parts",
  );
});

const BAD: readonly { text?: string; options?: EncodingOptions; message: string }[] = [
  { options: { target: ["kid"] }, message: 'target names "kid", expected "size", "colour"' },
  { options: { target: ["9"] }, message: 'target names "9"' },
  { options: { target: ["kind", "4"] }, message: 'target names "kind" twice' },
  { options: { target: ["size", "price"], task: "classification" }, message: "classification was" },
  {
    options: { task: "regression" },
    message: 'line 2, column 4 ("kind"): found "b", expected a num',
  },
  { options: { columns: ["kind"] }, message: "no column is left for the inputs" },
  { text: "x,t\n1,a\n,b\n", message: 'line 3, column 1 ("x"): found nothing' },
  { text: "x,t\n1,a\n2,NA\n", message: 'line 3, column 2 ("t"): found "NA"' },
  { text: "x,t\n1,a\n2,a\n", message: 'every row of "t" is "a", expected at least two classes' },
  {
    text: "x,t\n1,0.5\n2,.50\n",
    message: 'every row of "t" is "0.5", expected values that differ',
  },
  {
    text: "x,y,t\n,1,a\n,2,b\n",
    options: { missing: "mean" },
    message: 'column "x" holds nothing',
  },
  {
    text: 'x,"a\nb"\n1,\n2,3\n',
    message: 'line 3, column 2 ("a\\nb"): found nothing',
  },
  {
    text: "x,t\n1,a\n1e400,b\n",
    message: 'line 3, column 1 ("x"): found "1e400", expected a finite',
  },
  { text: "x,t\n1,1.5\n2,-inf\n", message: 'line 3, column 2 ("t"): found "-inf", expected a fin' },
  {
    text: "x,t\n1,0\n2,1e39\n",
    options: { task: "classification" },
    message: 'line 3, column 2 ("t"): found "1e39", expected a finite',
  },
];

test.each(BAD)("refused: $message", ({ text = TEXT, options = {}, message }) => {
  const learn = () => learnEncoding(read(text), options);
  expect(learn).toThrow(`a.csv: ${message}`);
  expect(learn).toThrow(/^[^\n]+$/);
  expect(learn).toThrow(
    expect.toSatisfy((e) => e instanceof DataError || e instanceof OptionError),
  );
});

test("texts that look like numbers too large are texts where the others are", () => {
  const { preprocessing } = learnEncoding(read("commit,t\n12e4567,a\nab12,b\n"));
  expect(preprocessing.columns[0]).toMatchObject({ categories: ["12e4567", "ab12"] });
});

test("who expects names of a table without a header is told how to say so", () => {
  const table = read("length,20.19,kind\n1.5,2,a\n2.5,3,b\n3.5,4,a\n");
  const header = "or --header yes where the first row has names";
  expect(() => learnEncoding(table, { target: ["kind"] })).toThrow(
    `a.csv: target names "kind", expected "column 1", "column 2", "column 3" or a number from 1 to 3, ${header}`,
  );
  expect(() => learnEncoding(table)).toThrow(
    new RegExp(`^a\\.csv: line 1, column 1 .*: found "length", expected a number .*, ${header}$`),
  );
  const encoding = learnEncoding(read(TEXT), { ignore: ["price"] });
  expect(() => encodeTable(table, encoding)).toThrow(
    `a.csv: has no column "kind", expected it beside "column 1", "column 2", "column 3", ${header}`,
  );
  expect(() => learnEncoding(read("x,t\n1,a\n"), { target: ["kind"] })).toThrow(/from 1 to 2$/);
});

test("who told whether there is a header, as predict does by the training set, is not told to tell it", () => {
  const encoding = learnEncoding(read(TEXT), { ignore: ["price"] });
  const encode = (text: string, header: boolean) => () =>
    encodeTable(read(text, { header }), encoding);
  expect(encode("1,red,a\n2,blue,b\n", true)).toThrow(
    /^a\.csv: has no column "kind", expected it beside "1", "red", "a", in a header as in training$/,
  );
  expect(encode("size,colour\n1,red\n", true)).toThrow(/expected it beside "size", "colour"$/);
  const numbered = learnEncoding(read("1,2,a\n2,3,b\n3,5,a\n"));
  expect(() => encodeTable(read("1,2\n", { header: false }), numbered)).toThrow(
    /^a\.csv: has no column "column 3", expected it beside "column 1", "column 2", and no header as in training$/,
  );
  const texts = read("length,2,kind\n1.5,2,a\n2.5,3,b\n3.5,4,a\n", { header: false });
  expect(() => learnEncoding(texts)).toThrow(/where its numbers are names$/);
  expect(() => read("1,2,a\n", { header: true })).toThrow(
    "a.csv: holds a single row, expected a header and rows below it",
  );
});

test("a table that does not fit an encoding is refused", () => {
  const encoding = learnEncoding(read(TEXT), { ignore: ["price"] });
  expect(() => encodeTable(read("size,colour\n1,red\n"), encoding)).toThrow(
    'a.csv: has no column "kind"',
  );
  expect(() => encodeTable(read("size,colour,kind\n1,green,a\n"), encoding)).toThrow(
    'a.csv: line 2, column 2 ("colour"): found "green", expected one of "blue", "red"',
  );
  expect(() =>
    encodeTable(read("kind,size,colour\na,1,red\n\nc,1,red\nc,1,red\n"), encoding),
  ).toThrow('a.csv: line 4, column 1 ("kind"): found "c", expected one of "a", "b"');
  const many = learnEncoding(read(`x,t\n${Array.from("abcdefghij", (t) => `1,${t}\n`).join("")}`));
  expect(() => encodeTable(read("x,t\n1,a\n1,A\n"), many)).toThrow(
    'line 3, column 2 ("t"): found "A", expected one of "a", "b", "c", "d", "e", "f", "g", "h" … (10 in training)',
  );
  expect(() => encodeTable(read("size,colour,kind\nbig,red,a\n"), encoding)).toThrow(
    'a.csv: line 2, column 1 ("size"): found "big", expected a number',
  );
});
