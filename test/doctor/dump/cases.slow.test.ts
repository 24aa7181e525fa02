/** A good part of the doctor's benchmark: all healthy programs, every tenth mistake, and pairs. */
import { expect, test } from "vitest";
import {
  casesOf,
  findingsOf,
  planHealthy,
  planPairs,
  planSingles,
  shareNamed,
  spread,
} from "../../support/doctorCases.js";

const SINGLES = 430;
const PAIRS = 140;

test("single mistakes are named", () => {
  expect(shareNamed(casesOf(spread(planSingles(), SINGLES)))).toBeGreaterThanOrEqual(0.99);
});

test("every healthy program is left alone", () => {
  for (const each of casesOf(planHealthy())) expect(findingsOf(each), each.name).toEqual([]);
});

test("of nearly all pairs of mistakes both are named", () => {
  expect(shareNamed(casesOf(spread(planPairs(), PAIRS)))).toBeGreaterThanOrEqual(0.9);
});
