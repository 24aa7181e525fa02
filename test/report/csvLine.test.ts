import { expect, test } from "vitest";
import { csvLine } from "../../src/report/csvLine.js";

test.each([
  [["a", "1.5", ""], "a,1.5,"],
  [["a,b", 'say "x"', "two\nlines"], '"a,b","say ""x""","two\nlines"'],
])("%j", (fields, line) => {
  expect(csvLine(fields)).toBe(line);
});
