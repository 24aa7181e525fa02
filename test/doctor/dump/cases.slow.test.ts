/** A good part of the doctor's benchmark: all healthy programs, every tenth mistake, and pairs. */
import { expect, test } from "vitest";
import {
  casesOf,
  findingsOf,
  missing,
  planHealthy,
  planPairs,
  planSingles,
  spread,
} from "../../support/doctorCases.js";

const SINGLES = 430;
const PAIRS = 140;

test("single mistakes are named", () => {
  const cases = casesOf(spread(planSingles(), SINGLES));
  const whole = cases.filter((each) => missing(each).length === 0);
  expect(whole.length / cases.length).toBeGreaterThanOrEqual(0.99);
});

test("every healthy program is left alone", () => {
  for (const each of casesOf(planHealthy())) expect(findingsOf(each), each.name).toEqual([]);
});

test("of nearly all pairs of mistakes both are named", () => {
  const cases = casesOf(spread(planPairs(), PAIRS));
  const whole = cases.filter((each) => missing(each).length === 0);
  expect(whole.length / cases.length).toBeGreaterThanOrEqual(0.9);
});
