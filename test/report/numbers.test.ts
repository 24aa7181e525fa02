import { expect, test } from "vitest";
import {
  bytes,
  count,
  duration,
  loss,
  percent,
  percentWithError,
  roughDuration,
  shortCount,
} from "../../src/report/numbers.js";

test("counts have their thousands apart", () => {
  expect([7, 999, 1000, 60_000, 1_234_567].map(count)).toEqual([
    "7",
    "999",
    "1,000",
    "60,000",
    "1,234,567",
  ]);
});

test("short counts have three significant digits", () => {
  expect(
    [3, 999.4, 999.6, 9994, 9996, 66_000, 201_345, 999_600, 12_345_678].map(shortCount),
  ).toEqual(["3", "999", "1.00k", "9.99k", "10.0k", "66.0k", "201k", "1.00M", "12.3M"]);
});

test("a percentage is rounded to 0 or 100 only when it is exactly that", () => {
  expect(percent(0.97861)).toBe("97.86 %");
  expect(percent(0.97861, 1)).toBe("97.9 %");
  expect(percent(0.99999)).toBe("99.99 %");
  expect(percent(0.00001)).toBe("<0.01 %");
  expect(percent(0.0004, 1)).toBe("<0.1 %");
  expect(percent(0.0005, 1)).toBe("0.1 %");
  expect(percent(1)).toBe("100.00 %");
  expect(percent(0, 0)).toBe("0 %");
});

test("an accuracy is given as far as its standard error √(p·(1 − p) / n) reaches", () => {
  expect(percentWithError(9786, 10_000)).toBe("97.9 ± 0.1 %");
  expect(percentWithError(4930, 5000)).toBe("98.6 ± 0.2 %");
  expect(percentWithError(50, 100)).toBe("50 ± 5 %");
  expect(percentWithError(7, 10)).toBe("70 ± 14 %");
  expect(percentWithError(999_990, 1_000_000)).toBe("99.9990 ± 0.0003 %");
});

test("the error is rounded before its decimals are counted", () => {
  expect(percentWithError(810, 900)).toBe("90 ± 1 %");
  // √(p·(1 − p) / n) = 0.0975 %
  expect(percentWithError(9904, 10_000)).toBe("99.0 ± 0.1 %");
});

test("where all or none are right the standard error says nothing", () => {
  expect(percentWithError(10, 10)).toBe("100 %");
  expect(percentWithError(0, 10)).toBe("0 %");
});

test("losses stay short", () => {
  expect([0.07216, 2.34567, 12.5, 12345.678].map((value) => loss(value))).toEqual([
    "0.0722",
    "2.3457",
    "12.5000",
    "1.235e+4",
  ]);
});

test("durations have the unit of their size", () => {
  expect([0.307, 9.994, 9.996, 59.94, 59.96, 200, 3599.6, 7500].map(duration)).toEqual([
    "0.31 s",
    "9.99 s",
    "10.0 s",
    "59.9 s",
    "1 min 0 s",
    "3 min 20 s",
    "1 h 0 min",
    "2 h 5 min",
  ]);
  expect([0.2, 59.4, 59.6, 3569, 3571, 9000].map(roughDuration)).toEqual([
    "0 s",
    "59 s",
    "1 min",
    "59 min",
    "1 h",
    "3 h",
  ]);
});

test("bytes have the unit of their size", () => {
  expect([0, 999, 4542, 999_499, 9_912_422].map(bytes)).toEqual([
    "0 B",
    "999 B",
    "5 kB",
    "999 kB",
    "9.9 MB",
  ]);
});
