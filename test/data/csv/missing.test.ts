/** Cells that hold nothing: some in every column, some among numbers only. */
import { expect, test } from "vitest";
import { encodeInputs, encodeTable, learnEncoding } from "../../../src/data/csv/encode.js";
import { splitTable } from "../../../src/data/csv/splitTable.js";
import { type Table, TableReader } from "../../../src/data/csv/table.js";
import { DataError } from "../../../src/errors.js";

/** @param cells of a column "a", beside which stands one of classes */
function read(cells: readonly string[]): Table {
  const reader = new TableReader({ place: "t.csv" });
  const lines = cells.map((cell, row) => `"${cell}",${row % 2 ? "p" : "q"}\n`);
  reader.push(new TextEncoder().encode(`a,kind\n${lines.join("")}`));
  return reader.end();
}

const EVERYWHERE = [
  ...["", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "null", "NULL", "?"],
];
const AMONG_NUMBERS = [
  ...["na", "Null", "none", "None", "NONE", "n.a.", "N.A.", "-nan", "-NaN", "#N/A N/A"],
  ...["-", "--", "---", "\u2013", "\u2014", ".", "..", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"],
];

test.each([...EVERYWHERE, ...AMONG_NUMBERS])("missing among numbers: %j", (cell) => {
  const table = read(["1.5", cell, "4.5"]);
  const found = cell === "" ? "nothing" : JSON.stringify(cell);
  const why = AMONG_NUMBERS.includes(cell) ? ", which among numbers is read as nothing" : "";
  expect(() => learnEncoding(table)).toThrow(
    new DataError(
      `t.csv: line 3, column 1 ("a"): found ${found}${why}, expected a value, or --missing mean for inputs`,
    ),
  );
  expect(() => learnEncoding(table, { target: ["a"] })).toThrow("line 3, column 1");
  const encoding = learnEncoding(table, { missing: "mean" });
  expect(encoding.preprocessing.columns).toMatchObject([{ kind: "number", mean: 3, missing: 3 }]);
  expect([...encodeTable(table, encoding).inputs]).toEqual([1.5, 3, 4.5]);
});

test.each(EVERYWHERE)("missing among texts too: %j", (cell) => {
  const table = read(["x", cell, "y"]);
  expect(() => learnEncoding(table)).toThrow('line 3, column 1 ("a")');
  const { preprocessing } = learnEncoding(table, { missing: "mean" });
  expect(preprocessing.columns).toMatchObject([{ categories: ["x", "y"] }]);
});

test.each(AMONG_NUMBERS)("a category among texts, and where one is asked for: %j", (cell) => {
  const { preprocessing } = learnEncoding(read(["x", cell, "y"]));
  expect(preprocessing.columns).toMatchObject([{ categories: ["x", cell, "y"].sort() }]);
  const numbered = read(["7", cell, "8"]);
  const told = learnEncoding(numbered, { categories: ["a"] });
  expect(told.preprocessing.columns).toMatchObject([{ categories: ["7", cell, "8"].sort() }]);
  expect([...encodeTable(numbered, told).inputs].filter((input) => input === 1)).toHaveLength(3);
});

test("the first of them is named, of either kind, in a part of a split too", () => {
  const learn = (cells: readonly string[]) => () =>
    learnEncoding(splitTable(read(cells), { fraction: 0.5, seed: 1 }).training);
  expect(learn(["1.5", "-", "", "2.5"])).toThrow('line 3, column 1 ("a"): found "-", which');
  expect(learn(["1.5", "", "-", "2.5"])).toThrow('line 3, column 1 ("a"): found nothing, exp');
  expect(learn(["-", "1.5", "odd", "2.5"])).toThrow('line 4, column 1 ("a"): found "odd"');
});

test("a model takes what its column is for: nothing, where it was trained with it, also in a table of nothing else", () => {
  const trained = (missing: "mean" | "error") =>
    learnEncoding(read(["1.5", "2.5"]), { missing }).preprocessing;
  const table = read(["n.a."]);
  expect([...encodeInputs(table, trained("mean")).inputs]).toEqual([2]);
  expect(() => encodeInputs(table, trained("error"))).toThrow(
    't.csv: line 2, column 1 ("a"): found "n.a.", which among numbers is read as nothing, expected a value, or a model trained with --missing mean',
  );
  const named = learnEncoding(read(["x", "None"])).preprocessing;
  expect([...encodeInputs(read(["None"]), named).inputs]).toEqual([1, 0]);
});

test("of a target nothing may be missing, whatever is done about inputs", () => {
  const table = read(["1.5", "", "2.5"]);
  expect(() => learnEncoding(table, { target: ["a"], missing: "mean" })).toThrow(
    't.csv: line 3, column 1 ("a"): found nothing, expected a value, as it is a target, or the row left out of the file',
  );
});
