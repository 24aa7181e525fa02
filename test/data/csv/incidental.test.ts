/** What spreadsheets and other programs add to a table. */
import { expect, test } from "vitest";
import { encodeTable, learnEncoding } from "../../../src/data/csv/encode.js";
import { splitTable } from "../../../src/data/csv/splitTable.js";
import { type Table, TableReader } from "../../../src/data/csv/table.js";

function read(text: string): Table {
  const reader = new TableReader({ place: "a.csv" });
  reader.push(new TextEncoder().encode(text));
  return reader.end();
}

/** Inputs and the target, by name. */
function rolesOf(table: Table, options = {}): string[] {
  const { columns, targets } = learnEncoding(table, options).preprocessing;
  return [...columns, ...targets].map(({ name }) => name);
}

test("columns without a name that are empty are neither inputs nor the target, with a header and without", () => {
  expect(rolesOf(read("a,,b,,\n1,,p,,\n2,,q,,\n"))).toEqual(["a", "b"]);
  expect(rolesOf(read("1;0,5;p;\n2;1,5;q;\n"))).toEqual(["column 1", "column 2", "column 3"]);
  const table = read("a,,b\n1,7,p\n2,9,q\n");
  expect(rolesOf(table)).toEqual(["a", "column 2", "b"]);
  expect(rolesOf(table, { target: ["2"] })).toEqual(["a", "b", "column 2"]);
});

test("an unnamed column that counts the rows is left out unless it is asked for, in a part of a split too", () => {
  for (const start of [0, 1]) {
    const rows = Array.from({ length: 30 }, (_, row) => `"${row + start}",${row % 7},${row % 2}\n`);
    const table = read(`"",x,y\n${rows.join("")}`);
    const { training } = splitTable(table, { fraction: 0.2, seed: 1 });
    expect(rolesOf(training)).toEqual(["x", "y"]);
    expect(rolesOf(training, { columns: ["1", "x"] })).toEqual(["column 1", "x", "y"]);
    expect(rolesOf(training, { categories: ["1"] })).toEqual(["column 1", "x", "y"]);
    expect(rolesOf(read(`n,x,y\n${rows.join("")}`))).toEqual(["n", "x", "y"]);
    expect(rolesOf(read(`"",x,y\n${rows.slice(0, 29).join("")}5,1,1\n`))).toHaveLength(3);
    expect(rolesOf(read(rows.join("")))).toHaveLength(3);
  }
});

test("an unnamed first column of different whole numbers is left out, as the index of a shuffled frame", () => {
  const rows = ["17,1,p", "4,2,q", "123456789012,3,p"];
  const table = read(`,a,y\n${rows.join("\n")}\n`);
  expect(rolesOf(table)).toEqual(["a", "y"]);
  expect(rolesOf(table, { columns: ["1", "a"] })).toEqual(["column 1", "a", "y"]);
  expect(rolesOf(read(`n,a,y\n${rows.join("\n")}\n`))).toEqual(["n", "a", "y"]);
  for (const other of ["17", "1.5", "-3"]) {
    expect(rolesOf(read(`,a,y\n${rows.join("\n")}\n${other},5,q\n`))).toHaveLength(3);
  }
  expect(rolesOf(read("a,,y\n1,17,p\n2,4,q\n"))).toEqual(["a", "column 2", "y"]);
});

test("a column with a name that is empty is refused as one", () => {
  expect(() => learnEncoding(read("a,b,c\n1,,p\n2,,q\n"))).toThrow(
    'a.csv: column "b" holds nothing, expected numbers or texts, or --ignore for it',
  );
});

test("rows of delimiters are empty lines, and a row may end with a delimiter", () => {
  const table = read('a;b\n1;p;\n;\n 2;q;\n;;\n"";\n3;p\n');
  expect(table.rows).toBe(3);
  expect([...encodeTable(table, learnEncoding(table)).inputs]).toEqual([1, 2, 3]);
  expect(() => read("a;b\n1;p;;\n")).toThrow("line 2 has 4 columns, expected 2 as the first row");
  expect(() => read("a;b\n;;x\n")).toThrow("line 2 has 3 columns, expected 2 as the first row");
});
