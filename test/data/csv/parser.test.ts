import fc from "fast-check";
import { expect, test } from "vitest";
import type { Delimiter } from "../../../src/data/csv/delimiter.js";
import { CsvParser, LONGEST_RECORD } from "../../../src/data/csv/parser.js";
import { DataError } from "../../../src/errors.js";

interface Row {
  readonly fields: readonly string[];
  readonly line: number;
}

function parse(pieces: readonly string[], delimiter?: Delimiter): Row[] {
  const rows: Row[] = [];
  const onRecord = (fields: readonly string[], line: number) => rows.push({ fields, line });
  const parser = new CsvParser({ place: "a.csv", delimiter, onRecord });
  for (const piece of pieces) parser.push(piece);
  parser.end();
  return rows;
}

const fieldsOf = (text: string) => parse([text]).map(({ fields }) => fields);

const TRICKY = '\ufeff"a ""b""";c\r\n"1\r\n2";3\n\n5;"6;"\r7;8';

test("quotes, quoted line ends and delimiters, LF, CRLF, CR, empty lines, a byte order mark", () => {
  expect(parse([TRICKY])).toEqual([
    { fields: ['a "b"', "c"], line: 1 },
    { fields: ["1\r\n2", "3"], line: 2 },
    { fields: ["5", "6;"], line: 5 },
    { fields: ["7", "8"], line: 6 },
  ]);
});

test("a delimiter that is told decides, and so does Excel's first line, wherever the text is cut", () => {
  expect(parse(["a,b;c\n"], ";")).toEqual([{ fields: ["a,b", "c"], line: 1 }]);
  const text = "\ufeffsep=;\r\na,b,c;d\r\n1,2,3;4\r\n";
  const rows = [
    { fields: ["a,b,c", "d"], line: 2 },
    { fields: ["1,2,3", "4"], line: 3 },
  ];
  for (let cut = 0; cut <= text.length; cut++) {
    expect(parse([text.slice(0, cut), text.slice(cut)])).toEqual(rows);
  }
  expect(parse([text], ",")[0]).toEqual({ fields: ["a", "b", "c;d"], line: 2 });
  expect(fieldsOf("sep=a,b\n1,2\n")[0]).toEqual(["sep=a", "b"]);
});

test("rows beyond the beginning do not change the delimiter", () => {
  const rows = 20_000;
  const text = `a;b\n${"1;2\n".repeat(rows)}${"1,2,3;4\n".repeat(rows)}`;
  const found = parse([text.slice(0, 100_000), text.slice(100_000)]);
  expect(found).toHaveLength(2 * rows + 1);
  expect(found.at(-1)?.fields).toEqual(["1,2,3", "4"]);
  // A first row longer than what is looked at is waited for.
  const long = "x".repeat(200_000);
  expect(fieldsOf(`${long},;b\n1,;2\n`)[1]).toEqual(["1", ";2"]);
});

test("where the pieces are cut does not matter, and a cut at any place is a table or a sentence", () => {
  const whole = parse([TRICKY]);
  for (let cut = 0; cut <= TRICKY.length; cut++) {
    expect(parse([TRICKY.slice(0, cut), TRICKY.slice(cut)])).toEqual(whole);
    try {
      parse([TRICKY.slice(0, cut)]);
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      expect(String(error)).toMatch(/a\.csv: line \d+(, column \d+)?: .*, expected .*/);
    }
  }
  expect(parse([...TRICKY])).toEqual(whole);
});

test("what is written comes back", () => {
  const cell = fc.string({ unit: fc.constantFrom(...'ab1 ,;\t\n\r"é') });
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((columns) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1 }),
    );
  fc.assert(
    fc.property(table, fc.constantFrom<Delimiter>(",", ";", "\t"), (rows, delimiter) => {
      const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const text = rows.map((row) => row.map(quote).join(delimiter)).join("\r\n");
      expect(parse([text]).map(({ fields }) => fields)).toEqual(rows);
    }),
  );
});

test.each([
  { text: 'a,b\n1,"2', message: "line 2: a quote is open at the end of the file" },
  { text: 'a,b\n1,"2"3', message: 'line 2, column 2: "3" follows a closing quote' },
  { text: "a,b\n1,\u00002", message: "line 2, column 2: holds a byte 0" },
])("refused: $message", ({ text, message }) => {
  expect(() => parse([text])).toThrow(DataError);
  expect(() => parse([text])).toThrow(`a.csv: ${message}`);
});

test("a row that does not end is given up, not collected", () => {
  const piece = "x".repeat(2 ** 20);
  const parser = new CsvParser({ place: "a.csv", onRecord: () => {} });
  parser.push('a,b\n1,"');
  expect(() => {
    for (let count = 0; count < 2 * (LONGEST_RECORD / piece.length); count++) parser.push(piece);
  }).toThrow("a.csv: line 2: the row is longer than");
});
