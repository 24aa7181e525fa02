/** Numbers with percent signs. */
import { expect, test } from "vitest";
import { encodeInputs, encodeTable, learnEncoding } from "../../../src/data/csv/encode.js";
import { splitTable } from "../../../src/data/csv/splitTable.js";
import { type Table, type TableOptions, TableReader } from "../../../src/data/csv/table.js";
import { DataError } from "../../../src/errors.js";

function read(text: string, options: Partial<TableOptions> = {}): Table {
  const reader = new TableReader({ place: "p.csv", ...options });
  reader.push(new TextEncoder().encode(text));
  return reader.end();
}

const RATES = "rate;share\n10%;1,5 %\n20 %;-2,5\u202f%\n;30\u00a0%\n";

test("percentages are numbers before the sign, as inputs and as targets, and the encoding says so", () => {
  const table = read(RATES);
  const encoding = learnEncoding(table, { missing: "mean" });
  expect(encoding.preprocessing).toMatchObject({
    columns: [{ kind: "number", name: "rate", mean: 15, unit: "%" }],
    targets: [{ name: "share", unit: "%" }],
  });
  const { inputs, targets } = encodeTable(table, encoding);
  expect([...inputs]).toEqual([10, 20, 15]);
  expect(targets).toMatchObject({ values: Float32Array.of(1.5, -2.5, 30) });
  const plain = learnEncoding(read("x,y\n1,2.5\n2,3.5\n"));
  expect(plain.preprocessing.columns[0]).not.toHaveProperty("unit");
});

test("a model wants the sign where it was trained with it, and nowhere else", () => {
  const percent = learnEncoding(read("rate,y\n10%,20%\n30%,40%\n"));
  const plain = learnEncoding(read("rate,y\n0.1,0.2\n0.3,0.4\n"));
  const ends = { with: "p.csv: line 3, column 1", without: "p.csv: line 2, column 1" };
  expect(() => encodeInputs(read("rate\n\n0.1\n"), percent.preprocessing)).toThrow(
    new DataError(
      `${ends.with} ("rate"): found "0.1", expected a number with a percent sign as in training`,
    ),
  );
  expect(() => encodeInputs(read("rate\n10%\n"), plain.preprocessing)).toThrow(
    `${ends.without} ("rate"): found "10%", expected a number without a percent sign as in training`,
  );
  expect(() => encodeTable(read("rate,y\n10%,0.2\n"), percent)).toThrow(
    'column 2 ("y"): found "0.2", expected a number with a percent sign as in training',
  );
  const { test: held } = splitTable(read("rate,y\n10%,20%\n30%,40%\n"), {
    fraction: 0.5,
    seed: 1,
  });
  expect(encodeTable(held, percent).samples).toBe(1);
});

test("signs on some numbers only are refused where the second way of writing begins", () => {
  expect(() => learnEncoding(read("rate,y\n10%,a\n20%,b\n0.3,a\n"))).toThrow(
    'p.csv: line 4, column 1 ("rate"): found "0.3", expected a number with a percent sign as "10%" on line 2, --ignore',
  );
  expect(() => learnEncoding(read("rate,y\n0.1,a\n20%,b\n"))).toThrow(
    'p.csv: line 3, column 1 ("rate"): found "20%", expected a number without a percent sign as "0.1" on line 2, --ignore',
  );
});

test("percentages are judged by their separators as other numbers, and may be names", () => {
  expect(() => learnEncoding(read("rate\ty\n1,234%\ta\n2,345%\tb\n"))).toThrow("--decimal comma");
  expect(() => learnEncoding(read("rate;x;y\n1.234 %;0,5;a\n"))).toThrow("a decimal comma as");
  const named = learnEncoding(read("x,y\n1,100%\n2,20%\n"), { task: "classification" });
  expect(named.names).toEqual(["20%", "100%"]);
  for (const cell of ["%", "5%%", "a%", "% 5"]) {
    expect(read(`x,y\n${cell},1\n`).columns[0].isNumeric).toBe(false);
  }
});
