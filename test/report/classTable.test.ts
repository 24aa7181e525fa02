import { expect, test } from "vitest";
import { classTable } from "../../src/report/classTable.js";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

const CLASSES = [
  { name: "0", precision: 0.9879, recall: 0.9929, f1: 0.9904, samples: 980 },
  { name: "sneaker\x1b[2J", precision: 1, recall: 0, f1: 0, samples: 1135 },
];

test("precision, recall, F1 and samples of each class", () => {
  expect(classTable(CLASSES, PLAIN_LAYOUT)).toBe(`\
class        precision   recall       F1  samples
0              98.79 %  99.29 %  99.04 %      980
sneaker�[2J   100.00 %   0.00 %   0.00 %    1,135`);
});

test("30 columns have room for recall and F1", () => {
  expect(classTable(CLASSES.slice(0, 1), { width: 30, style: PLAIN_STYLE })).toBe(`\
class   recall       F1
0      99.29 %  99.04 %`);
});

test("long names are cut off", () => {
  const [first] = CLASSES;
  const table = classTable([{ ...first, name: "x".repeat(100) }], PLAIN_LAYOUT);
  expect(table).toContain(`${"x".repeat(23)}… `);
});
