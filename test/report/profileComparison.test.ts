import { expect, test } from "vitest";
import { compareProfiles, type HostDifference } from "../../src/profile/index.js";
import { hostNote, profileComparison } from "../../src/report/profileComparison.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";
import { measurementOf, profileOf } from "../support/profiles.js";

const processor: HostDifference = { what: "processor", before: "Zen 4", now: "Zen 5" };
const engine: HostDifference = { what: "engine", before: "Node 20", now: "Node 24" };
const peak: HostDifference = { what: "relaxed peak", before: 58.04, now: 46.2, unit: "GFLOP/s" };
const memory: HostDifference = { what: "memory read", before: 10, now: 20, unit: "GB/s" };

test.each([
  [[], undefined],
  [
    [engine],
    "The two profiles differ in engine (Node 20 before, Node 24 now), so that a difference need not come from the kernels.",
  ],
  [
    [processor],
    "The two profiles differ in processor (Zen 4 before, Zen 5 now): absolute times are not comparable, what is reached of the roof is.",
  ],
  [
    [engine, peak, memory],
    "The two profiles differ in engine (Node 20 before, Node 24 now), the roof relaxed peak (58.0 before, 46.2 GFLOP/s now), and 1 more of the roofs: absolute times are not comparable, what is reached of the roof is.",
  ],
])("what else than the kernels differs is said in a sentence", (differences, sentence) => {
  expect(hostNote(differences)).toBe(sentence);
});

test("a line for each measurement says its time and what it reaches of the roof, before and now", () => {
  const before = profileOf([measurementOf([1, 1, 1], { share: 0.504 })]);
  const now = profileOf([measurementOf([1.5, 1.5, 1.5], { share: 0.336 })]);
  const report = profileComparison(compareProfiles(before, now, 0.05), 0.05, PLAIN_LAYOUT);
  expect(report).toMatch(/^relu +128x800 +relaxed +\+50\.0 % .* +50 → 34 % +slower$/m);
  expect(report).toContain("1 slower, 0 faster and 0 the same");
});

test("profiles that have measured nothing in common are not called the same", () => {
  expect(profileComparison([], 0.05, PLAIN_LAYOUT)).toBe(
    "The two profiles have no kernel with the same shape and variant.",
  );
});
