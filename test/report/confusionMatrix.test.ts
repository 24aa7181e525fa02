import { expect, test } from "vitest";
import { confusionMatrix } from "../../src/report/confusionMatrix.js";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

const classes = ["cat", "dog", "ox"].map((name) => ({
  name,
  precision: 0,
  recall: 0,
  f1: 0,
  samples: 1000,
}));
const evaluation = { classes, confusion: Uint32Array.of(990, 10, 0, 9, 991, 0, 0, 20, 980) };

test("a row for each true class, a column for each answer, dots for none", () => {
  expect(confusionMatrix(evaluation, PLAIN_LAYOUT)).toBe(`\
Confusion matrix  row: true class, column: answer

    cat dog  ox
cat 990  10   ·
dog   9 991   ·
ox    ·  20 980`);
});

test("right answers and frequent mistakes stand out", () => {
  const style = {
    ...PLAIN_STYLE,
    good: (text: string) => text.replace(" ", "+"),
    bad: (text: string) => text.replace(" ", "!"),
  };
  expect(confusionMatrix(evaluation, { width: 80, style })).toBe(`\
Confusion matrix  row: true class, column: answer

    cat dog  ox
cat+990! 10   ·
dog   9+991   ·
ox    ·! 20+980`);
});

test("where the matrix does not fit, the most frequent confusions are listed", () => {
  expect(confusionMatrix(evaluation, { width: 15, style: PLAIN_STYLE })).toContain("990");
  expect(confusionMatrix(evaluation, { width: 14, style: PLAIN_STYLE }).split("\n")).toEqual([
    "Most frequent confusions",
    "",
    "is   said  sa…",
    "ox   dog     …",
    "cat  dog     …",
    "dog  cat     …",
  ]);
});
