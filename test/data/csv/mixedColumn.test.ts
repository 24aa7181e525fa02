import { expect, test } from "vitest";
import { encodeTable, learnEncoding } from "../../../src/data/csv/encode.js";
import { areCodes, MOST_CODES, mixedColumnKind } from "../../../src/data/csv/mixedColumn.js";
import { type Table, TableReader } from "../../../src/data/csv/table.js";
import { DataError, OptionError } from "../../../src/errors.js";

/** @param cells of a column "a", beside which stands one of classes */
function read(cells: readonly (string | number)[], cut?: number): Table {
  const text = `a,kind\n${cells.map((cell, row) => `${cell},${row % 2 ? "p" : "q"}\n`).join("")}`;
  const bytes = new TextEncoder().encode(text);
  const reader = new TableReader({ place: "t.csv" });
  for (let start = 0; start < bytes.length; start += cut ?? bytes.length) {
    reader.push(bytes.subarray(start, start + (cut ?? bytes.length)));
  }
  return reader.end();
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, row) => String(row + 100));
}

function withCell(cells: readonly string[], row: number, cell: string): string[] {
  return cells.map((text, index) => (index === row ? cell : text));
}

const SAY =
  "expected a number as most cells of the column hold, --ignore for the column, or --categories where its numbers are names";

test.each([
  { rows: 30, row: 0, cell: "unknown" },
  { rows: 30, row: 29, cell: "1.5 kg" },
  // Beyond the categories that a column holds, before its end and at its beginning.
  { rows: 5000, row: 0, cell: "oops" },
  { rows: 5000, row: 4999, cell: "oops" },
])("a text among values is refused where it stands: $cell in row $row of $rows", (given) => {
  const { rows, row, cell } = given;
  const cells = withCell(numbers(rows), row, cell);
  for (const cut of [undefined, 7]) {
    const table = read(cells, cut);
    expect(() => learnEncoding(table)).toThrow(DataError);
    expect(() => learnEncoding(table)).toThrow(
      `t.csv: line ${row + 2}, column 1 ("a"): found "${cell}", ${SAY}`,
    );
    const learnOther = () => learnEncoding(table, { ignore: ["a"] });
    expect(learnOther).toThrow("no column is left");
  }
});

test("the first of several texts is named, and few values with fractions are values too", () => {
  const table = read(["0.5", "small", "0.75", "-1", "large"]);
  expect(() => learnEncoding(table)).toThrow('line 3, column 1 ("a"): found "small"');
});

test("codes are categories, and so is what a caller says, numbers alone too", () => {
  const categoriesOf = (table: Table, told?: readonly string[]) =>
    learnEncoding(table, { categories: told }).preprocessing.columns[0];
  expect(categoriesOf(read(["1", "2", "3", "A", "B"]))).toMatchObject({
    kind: "categories",
    categories: ["1", "2", "3", "A", "B"],
  });
  const postal = read(withCell(numbers(30), 3, "AX"));
  expect(categoriesOf(postal, ["a"])).toMatchObject({ kind: "categories" });
  const alone = read(["10", "9", "10"]);
  expect(categoriesOf(alone)).toMatchObject({ kind: "number" });
  expect(categoriesOf(alone, ["1"])).toMatchObject({ categories: ["9", "10"] });
  const encoding = learnEncoding(alone, { categories: ["a"] });
  expect([...encodeTable(alone, encoding).inputs]).toEqual([0, 1, 1, 0, 0, 1]);
});

test("a target of values with a text is refused unless classes are asked for", () => {
  const table = read(withCell(numbers(30), 3, "AX"));
  const options = { target: ["a"] };
  expect(() => learnEncoding(table, options)).toThrow(
    'line 5, column 1 ("a"): found "AX", expected a number as most cells of the column hold, --task classification where these are classes',
  );
  const { names } = learnEncoding(table, { ...options, task: "classification" });
  expect(names).toHaveLength(30);
});

test("categories that are no input are refused", () => {
  const learn = () => learnEncoding(read(["1", "2"]), { categories: ["kind"] });
  expect(learn).toThrow(OptionError);
  expect(learn).toThrow('t.csv: categories names "kind", expected one of the inputs');
});

/** Each cell occurs once, unless a count stands behind it: "3*400". */
function kindOf(cells: readonly string[], { readsCommas = true } = {}) {
  const counted = cells.map((cell) => cell.split("*"));
  const counts = counted.map(([, count = "1"]) => Number(count));
  return mixedColumnKind(
    counted.map(([text]) => text),
    counts,
    readsCommas,
  );
}

test("a column with texts is one of numbers where these are most of its cells, or of the different ones", () => {
  expect(kindOf(["1.5", "a"])).toBeUndefined();
  expect(kindOf(["1.5", "2.5", "a"])).toBe("values");
  expect(kindOf(["1.5", "2.5", "a*9"])).toBe("values");
  expect(kindOf(["1.5*9", "a", "b"])).toBe("values");
  expect(kindOf(["1.5*2", "a*2"])).toBeUndefined();
  // What is missing among numbers speaks neither for these nor for texts.
  expect(kindOf(["1.5", "2.5", "a", "-", "None*9"])).toBe("values");
  expect(kindOf(["1.5", "a", "-", "None"])).toBeUndefined();
});

test("decimal commas, digit groups and percent signs count as numbers, commas where they are read", () => {
  const pointOnly = { readsCommas: false };
  expect(kindOf(["1,5", "2,5", "a"])).toBe("values");
  expect(kindOf(["1,5", "2,5", "a"], pointOnly)).toBeUndefined();
  expect(kindOf(["1.234,5", "2.345,6", "a"])).toBe("values");
  expect(kindOf(["1.234,5", "2.345,6", "a"], pointOnly)).toBeUndefined();
  expect(kindOf(["5 %", "7 %", "a"], pointOnly)).toBe("values");
});

test("texts beside codes are codes too, unless they are fewer than one in a hundred cells", () => {
  expect(kindOf(["1", "2", "a"])).toBe("codes");
  expect(kindOf(["3*99", "x"])).toBe("codes");
  expect(kindOf(["3*100", "x"])).toBe("values");
  expect(kindOf(["1*150", "2*150", "x", "y"])).toBe("values");
  expect(kindOf(["1*150", "2*150", "6+*4"])).toBe("codes");
  expect(areCodes(numbers(MOST_CODES))).toBe(true);
  expect(areCodes(numbers(MOST_CODES + 1))).toBe(false);
  expect([areCodes(["-1"]), areCodes(["1.0"])]).toEqual([false, false]);
});

test("one bad cell among many of few whole numbers is refused, as an input and as the target", () => {
  const cells = withCell(
    Array.from({ length: 400 }, () => "3"),
    123,
    "x",
  );
  const table = read(cells);
  expect(() => learnEncoding(table)).toThrow(`t.csv: line 125, column 1 ("a"): found "x", ${SAY}`);
  expect(() => learnEncoding(table, { target: ["a"] })).toThrow('column 1 ("a"): found "x"');
  const told = learnEncoding(table, { categories: ["a"] });
  expect(told.preprocessing.columns).toMatchObject([{ categories: ["3", "x"] }]);
});
