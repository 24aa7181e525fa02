import { expect, test } from "vitest";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { type Column, PLAIN_LAYOUT, table } from "../../src/report/table.js";

const COLUMNS: readonly Column[] = [
  { title: "class", align: "left" },
  { title: "precision", align: "right", optional: true },
  { title: "F1", align: "right" },
  { title: "samples", align: "right", optional: true },
];
const ROWS = [
  ["boot", "90 %", "89 %", "1,000"],
  ["七", "9 %", "8 %", "12"],
];
const render = (width: number) => table(COLUMNS, ROWS, { width, style: PLAIN_STYLE });

test("columns are as wide as their widest cell", () => {
  expect(table(COLUMNS, ROWS, PLAIN_LAYOUT).split("\n")).toEqual([
    "class  precision    F1  samples",
    "boot        90 %  89 %    1,000",
    "七           9 %   8 %       12",
  ]);
});

test("optional columns are left out from the right until the rest fits", () => {
  expect(render(31)).toContain("samples");
  expect(render(30).split("\n")[0]).toBe("class  precision    F1");
  expect(render(21).split("\n")[0]).toBe("class    F1");
});

test("what cannot be left out is cut off", () => {
  expect(render(8).split("\n")).toEqual(["class  …", "boot   …", "七     …"]);
});

test("the style is that of the heading and does not change widths", () => {
  const style = { ...PLAIN_STYLE, heading: (text: string) => `<${text}>` };
  expect(table(COLUMNS, ROWS, { width: 80, style }).split("\n")[0]).toBe(
    "<class  precision    F1  samples>",
  );
});
