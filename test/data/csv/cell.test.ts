/** What the text of a cell says. */
import { expect, test } from "vitest";
import { isAnyNumber, parseNumber } from "../../../src/data/csv/cell.js";

test.each(["1", "1.", ".5", "1.5e3", "-1.e-3"])("%s is a number", (text) => {
  expect(parseNumber(text)).toBe(Math.fround(Number(text)));
  expect(isAnyNumber(text.replace(/^-?/, "\u2212"))).toBe(true);
});

test.each([".", "e3", "1.e", "1.5.", "\u2212", "\u2212."])("%s is none", (text) => {
  expect(isAnyNumber(text)).toBe(false);
});

// With a pattern that tries each way of cutting the digits in two this takes many minutes.
test.each(["", "\u2212"])("a million digits after '%s' and a letter are none, at once", (sign) => {
  expect(isAnyNumber(`${sign}${"1".repeat(1_000_000)}x`)).toBe(false);
});
