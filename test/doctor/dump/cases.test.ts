/** The doctor's benchmark in small; cases.slow.test.ts has more of it, and `node bench/doctor/index.mjs` all. */
import { expect, test } from "vitest";
import {
  casesOf,
  findingsOf,
  missing,
  planHealthy,
  planPairs,
  planSingles,
  shareNamed,
  spread,
} from "../../support/doctorCases.js";

/** Cases that stand for many. */
const PAIRS = 12;
const HEALTHY = 20;

const singles = planSingles();
const ids = [...new Set(singles.flatMap((plan) => plan.ids))];

test.each(ids)("%s is named", (id) => {
  const own = singles.filter((plan) => plan.ids.includes(id));
  // Of the first that leaves a trace; each cell of the grid comes by in some identifier.
  const [first] = casesOf(spread(own, 3), 1);
  expect(first).toBeDefined();
  expect(missing(first), first.name).toEqual([]);
});

test("healthy programs are left alone", () => {
  for (const each of casesOf(spread(planHealthy(), HEALTHY))) {
    expect(findingsOf(each), each.name).toEqual([]);
  }
});

test("of most pairs of mistakes both are named", () => {
  expect(shareNamed(casesOf(spread(planPairs(), PAIRS)))).toBeGreaterThanOrEqual(0.85);
});
