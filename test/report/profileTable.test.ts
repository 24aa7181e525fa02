import { expect, test } from "vitest";
import { profileDetails, profileOverview, roofTable } from "../../src/report/profileTable.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";
import { measurementOf, profileOf } from "../support/profiles.js";

const SURE = measurementOf([1e-3, 1.001e-3, 1.002e-3, 1e-3, 1e-3], { way: "simd" });
const UNSURE = measurementOf([1e-3, 1.2e-3, 1.1e-3, 1.05e-3, 1.3e-3]);

test("what is uncertain has a ?, what may not be warm a ~, and both are explained where they stand", () => {
  const certain = profileOverview(profileOf([SURE]), PLAIN_LAYOUT);
  expect(certain).toMatch(/^relu +128x800 +GFLOP\/s +10\.0 /m);
  expect(certain).not.toMatch(/[?~]/);

  const both = profileOf([{ ...SURE, isWarm: false }, UNSURE]);
  const overview = profileOverview(both, PLAIN_LAYOUT);
  expect(overview).toMatch(/^relu +128x800 +GFLOP\/s +10\.0~ +10\.0\? /m);
  expect(overview).toContain("?: 1 of 2 medians are known to no better than ± 5 %");
  expect(overview).toContain("~: 1 of 2 may still be waiting for the optimising compiler");

  const details = profileDetails(both, PLAIN_LAYOUT);
  expect(details).toMatch(/^relu +128x800 +simd +10\.0~ .* 0\.2 % /m);
  expect(details).toMatch(/^relu +128x800 +relaxed +10\.0\? .* 18\.2 % /m);
});

test("what time ran out for has a ? too, and the reason is given", () => {
  const cut = profileOverview(profileOf([SURE, { ...SURE, isComplete: false }]), PLAIN_LAYOUT);
  expect(cut).toContain("?: 1 of 2 medians are known to no better than ± 5 %");
  expect(cut).toContain("Of 1 of these too little could be measured before time ran out");
});

test("the heading names engine, processor where it is known, and cores", () => {
  const host = { engine: "Node 20", processor: "Zen 5", cores: 1 };
  expect(roofTable(profileOf([], { host }), PLAIN_LAYOUT)).toMatch(
    /^Node 20 · Zen 5 · 1 core · clock/,
  );
  expect(roofTable(profileOf([]), PLAIN_LAYOUT)).toMatch(/^Node 20.*, V8 11.3 · 2 cores · clock/);
});
