/** Programs of the doctor's benchmark, bench/doctor, and what is named of them. */
import type { NumericArray } from "../../src/data/arrays/namedArray.js";
import { type DiagnoseOptions, diagnose } from "../../src/doctor/dump/diagnose.js";

interface Expected {
  readonly id: string;
  readonly accepts: readonly string[];
}

export interface Case {
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

const path = "../../bench/doctor/cases.mjs";
export const { planSingles, planPairs, planHealthy }: Plans = await import(path);

/** The cases of plans that make one, at most so many. */
export function casesOf(plans: readonly Plan[], most = plans.length): Case[] {
  const cases: Case[] = [];
  for (const plan of plans) {
    if (cases.length === most) break;
    const result = plan.build();
    if (!("reason" in result)) cases.push(result);
  }
  return cases;
}

export function findingsOf({ arrays, options }: Case): string[] {
  return diagnose(arrays, options).findings.map(({ id }) => id);
}

export function missing(each: Case): string[] {
  const found = findingsOf(each);
  return each.expected
    .filter(({ id, accepts }) => ![id, ...accepts].some((name) => found.includes(name)))
    .map(({ id }) => id);
}

/** Of the cases, the part of which every mistake is named. */
export function shareNamed(cases: readonly Case[]): number {
  return cases.filter((each) => missing(each).length === 0).length / cases.length;
}

/** As many, evenly spread. */
export function spread<T>(values: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(values.length / count));
  return values.filter((_, index) => index % step === 0).slice(0, count);
}
