/** The delimiter, told by the first rows. */
import { expect, test } from "vitest";
import { type Delimiter, detectDelimiter } from "../../../src/data/csv/delimiter.js";

test.each<{ text: string; delimiter: Delimiter | undefined; why: string }>([
  { text: "a,b;c,d\n", delimiter: ",", why: "most cells" },
  { text: '\n"a,b,c";d\n', delimiter: ";", why: "commas in quotes" },
  { text: "a\tb,c\td\n", delimiter: "\t", why: "most cells, of tabs" },
  { text: "alone\n1\n", delimiter: ",", why: "nothing" },
  { text: '"a ""b"";c",d\n1,2\n', delimiter: ",", why: "doubled quotes" },
  { text: "Größe, cm;Gewicht, kg\n180;75\n175;80\n", delimiter: ";", why: "alike in all rows" },
  {
    text: "Größe, cm;Gewicht, kg;Art\n180,5;75,2;m\n",
    delimiter: ";",
    why: "decimal commas below",
  },
  { text: '"Größe, cm";"Gewicht, kg"\n"180,5";"75,2"\n', delimiter: ";", why: "quoted names" },
  { text: '"a","b;"\n"c","d;"\n', delimiter: ",", why: "delimiters in quotes" },
  { text: '"";",";"\n";",a"\n', delimiter: ";", why: "quotes where they may stand" },
  { text: '5;"Smith, J"\n6;"Doe, J"\n', delimiter: ";", why: "quotes in the second cell" },
  { text: "x\ty\nHello, world; 1\t2\nOne, two; 3\t4\n", delimiter: "\t", why: "texts with both" },
  { text: "foo,a;b\nbar,c;d\n", delimiter: ",", why: "the usual one where all is alike" },
  { text: "tag,n\na;b;c,1\nd,2\ne;f,3\n", delimiter: ",", why: "lists in cells" },
  { text: "5,1;3,5;a\n4,9;3,0;b\n5,1;3,5\n4;3,1;c\n", delimiter: ";", why: "a row too short" },
  { text: "x;y\n1.234,5;1\n12 345,5;2\n1,5 %;3\n", delimiter: ";", why: "digit groups, percent" },
  { text: "score,tags\n33,12;18\n4,5;6\n", delimiter: ",", why: "as many cells as names" },
  { text: "a;b,c\n1,5;2;\n2,5;3;\n", delimiter: ";", why: "a delimiter more at the end of rows" },
  { text: "Sales, in EUR\na;b;c\n1;2;3\n", delimiter: ";", why: "a title above the table" },
  { text: "a,b\n1,2\n3\n4,5,6\n", delimiter: ",", why: "ragged rows" },
  { text: "a;b\r1;2\r", delimiter: ";", why: "lines that end with CR" },
  { text: '"a;b', delimiter: undefined, why: "no row ends" },
])("$delimiter: $why", ({ text, delimiter }) => {
  expect(detectDelimiter(text)).toBe(delimiter);
});

test("a quoted cell may be as long as a cell may be", () => {
  expect(detectDelimiter(`"${"x".repeat(12_000_000)}";b\n`)).toBe(";");
});
