import fc from "fast-check";
import { expect, test } from "vitest";
import { type Table, type TableOptions, TableReader } from "../../../src/data/csv/table.js";
import { DataError } from "../../../src/errors.js";

function read(text: string | Uint8Array, options: Partial<TableOptions> = {}, cut = 0): Table {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const reader = new TableReader({ place: "a.csv", ...options });
  reader.push(bytes.subarray(0, cut));
  reader.push(bytes.subarray(cut));
  return reader.end();
}

/** Everything that a table holds. */
function contents({ columns, rows, hasHeader }: Table) {
  const all = Array.from({ length: rows }, (_, row) => row);
  return columns.map((column) => ({
    hasHeader,
    name: column.name,
    cells: column.isNumeric
      ? all.map((row) => column.value(row))
      : all.map((row) => column.categories[column.code(row)]),
    missing: column.missing,
  }));
}

test("numbers, categories, missing cells, with the lines where they are", () => {
  expect(contents(read("size, colour\n1.5, red\n,blue\n-2e1,?\n"))).toEqual([
    {
      hasHeader: true,
      name: "size",
      cells: [1.5, Number.NaN, -20],
      missing: { text: "", line: 3 },
    },
    {
      hasHeader: true,
      name: "colour",
      cells: ["red", "blue", undefined],
      missing: { text: "?", line: 4 },
    },
  ]);
});

test("a column with any text is one of categories, as they are written", () => {
  const [column] = read("a\n01\n1.0\nx\n").columns;
  expect(column.isNumeric).toBe(false);
  expect(column.categories).toEqual(["01", "1.0", "x"]);
});

test("the first row is a header by what stands below it, wherever the rows that tell are cut", () => {
  const isHeader = (text: string) => read(text).hasHeader;
  expect(isHeader("a,b\n1,2\n")).toBe(true);
  expect(isHeader(",b\n1,2\n")).toBe(true);
  expect(isHeader("5.1,setosa\n4.9,setosa\n")).toBe(false);
  expect(isHeader("p,x,p\ne,x,y\n")).toBe(false);
  const rows = Array.from({ length: 300 }, (_, row) => `${row},${row / 4}\n`).join("");
  for (const header of ["id,2023\n", "", "4,1.5\n"]) {
    for (const cut of [0, 9, 1000]) {
      const { columns, hasHeader, rows: count } = read(`${header}${rows}`, {}, cut);
      expect([hasHeader, count]).toEqual([
        header.startsWith("id"),
        header.startsWith("4") ? 301 : 300,
      ]);
      expect(columns[1].value(count - 1)).toBe(74.75);
    }
  }
  expect(read("a,b\nc,d\n", { header: false }).columns[1].name).toBe("column 2");
  expect(read("1,2\n3,4\n", { header: true }).columns[1].name).toBe("2");
});

test("where the bytes are cut does not matter", () => {
  const text = 'größe;"naïve ""π"""\r\n1,5;😀\r\n2;"x\r\ny"\r\n';
  const bytes = new TextEncoder().encode(text);
  const whole = contents(read(bytes));
  for (let cut = 0; cut <= bytes.length; cut++)
    expect(contents(read(bytes, {}, cut))).toEqual(whole);
});

test("UTF-16 with a byte order mark is the same table, wherever its bytes are cut, and refused where it is damaged", () => {
  const text = '\ufeffgröße\tart\n1,5\t😀\n2,5\t"x\ny"\n';
  const utf16 = (isBig: boolean) => {
    const bytes = new Uint8Array(2 * text.length);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), !isBig);
    return bytes;
  };
  const whole = contents(read(text));
  for (const bytes of [utf16(false), utf16(true)]) {
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(contents(read(bytes, {}, cut))).toEqual(whole);
    }
    expect(() => read(bytes.subarray(0, -1))).toThrow("a.csv: line 4 has bytes that are no UTF-16");
    // Half of the emoji.
    const damaged = Uint8Array.from([...bytes.subarray(0, 32), ...bytes.subarray(34)]);
    expect(() => read(damaged)).toThrow(
      "a.csv: line 2 has bytes that are no UTF-16 text, expected",
    );
  }
});

test("any bytes are a table or a refusal", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    }),
  );
});

test("more rows than a block, and more texts than categories, of numbers", () => {
  const rows = 70_000;
  const table = read(`n\n${Array.from({ length: rows }, (_, row) => `${row}\n`).join("")}`);
  const [column] = table.columns;
  expect([table.rows, column.isNumeric, column.value(0), column.value(rows - 1)]).toEqual([
    rows,
    true,
    0,
    rows - 1,
  ]);
});

test.each([
  { text: "", message: "is empty, expected a table" },
  { text: "\n\n", message: "is empty, expected a table" },
  { text: "a,b\n", message: "holds nothing but a header, expected rows below it" },
  { text: "a,b\n1,2\n3\n", message: "line 3 has 1 columns, expected 2 as the first row has" },
  { text: 'a,b\n1\n2,"3', message: "line 2 has 1 columns, expected 2 as the first row has" },
  {
    text: "a,a\n1,2\n",
    message: 'the header calls columns 1 and 2 both "a", expected different names',
  },
  {
    text: "a,,column 2\n1,2,3\n",
    message:
      'the header calls column 3 "column 2", expected another name, as column 2 has none and is called so',
  },
  {
    text: "column 2,\n1,2\n",
    message:
      'the header calls column 1 "column 2", expected another name, as column 2 has none and is called so',
  },
  {
    text: "Report 2023\n\na,b\n1,2\n",
    message: "line 3 has 2 columns, expected 1 as the first row has, or no title above the table",
  },
  { text: "a,b\n1,2,3\n", message: "line 2 has 3 columns, expected 2 as the first row has" },
  { text: Uint8Array.of(97, 10, 98, 0xff), message: "line 2 has bytes that are no UTF-8" },
])("refused: $message", ({ text, message }) => {
  expect(() => read(text)).toThrow(DataError);
  expect(() => read(text)).toThrow(`a.csv: ${message}`);
});

test("a header that is told to be one must have different names", () => {
  expect(() => read("a,a\n1,2\n", { header: true })).toThrow(
    'a.csv: the header calls columns 1 and 2 both "a", expected different names',
  );
});

test("bytes that are no text are found on their line wherever the pieces are cut, within a character too", () => {
  const text = "\u00e9,\u20ac\n1,\u{1f600}\n2,x\n3,y";
  const utf8 = [...new TextEncoder().encode(text), 0xe4, 10, 52];
  const all = `\ufeff${text}\ud83d\n4`;
  const utf16 = Array.from({ length: all.length }, (_, index) => all.charCodeAt(index));
  for (const [name, bytes] of [
    ["UTF-8", utf8],
    ["UTF-16", utf16.flatMap((unit) => [unit & 255, unit >> 8])],
  ] as const) {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const message = `a.csv: line 4 has bytes that are no ${name} text`;
      expect(() => read(Uint8Array.from(bytes), {}, cut)).toThrow(message);
    }
  }
});
