/** The doctor's benchmark in small: a case of each mistake, pairs of them, and healthy programs. */
import { expect, test } from "vitest";
import type { NumericArray } from "../../../src/data/arrays/namedArray.js";
import { type DiagnoseOptions, diagnose } from "../../../src/doctor/dump/diagnose.js";

interface Expected {
  readonly id: string;
  readonly accepts: readonly string[];
}

interface Case {
  readonly name: string;
  readonly arrays: readonly NumericArray[];
  readonly options: DiagnoseOptions;
  readonly expected: readonly Expected[];
}

interface Plan {
  readonly ids: readonly string[];
  readonly name?: string;
  readonly build: () => Case | { readonly reason: string };
}

interface Plans {
  readonly planSingles: () => Plan[];
  readonly planPairs: () => Plan[];
  readonly planHealthy: () => Plan[];
}

const path = "../../../bench/doctor/cases.mjs";
const { planSingles, planPairs, planHealthy }: Plans = await import(path);

/** Cases that stand for many. */
const CASES_AN_ID = 3;
const PAIRS = 40;
const HEALTHY = 120;

function casesOf(plans: readonly Plan[]): Case[] {
  return plans.flatMap((plan) => {
    const result = plan.build();
    return "reason" in result ? [] : [result];
  });
}

function findingsOf({ arrays, options }: Case): string[] {
  return diagnose(arrays, options).findings.map(({ id }) => id);
}

function missing(each: Case): string[] {
  const found = findingsOf(each);
  return each.expected
    .filter(({ id, accepts }) => ![id, ...accepts].some((name) => found.includes(name)))
    .map(({ id }) => id);
}

/** As many, evenly spread. */
function spread<T>(values: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(values.length / count));
  return values.filter((_, index) => index % step === 0).slice(0, count);
}

const singles = planSingles();
const ids = [...new Set(singles.flatMap((plan) => plan.ids))];

test.each(ids)("%s is named", (id) => {
  const cases = casesOf(
    spread(
      singles.filter((plan) => plan.ids.includes(id)),
      CASES_AN_ID,
    ),
  );
  expect(cases.length).toBeGreaterThan(0);
  for (const each of cases) expect(missing(each), each.name).toEqual([]);
});

test("healthy programs are left alone", () => {
  for (const each of casesOf(spread(planHealthy(), HEALTHY))) {
    expect(findingsOf(each), each.name).toEqual([]);
  }
});

test("of most pairs of mistakes both are named", () => {
  const cases = casesOf(spread(planPairs(), PAIRS));
  const whole = cases.filter((each) => missing(each).length === 0);
  expect(whole.length / cases.length).toBeGreaterThanOrEqual(0.85);
});
