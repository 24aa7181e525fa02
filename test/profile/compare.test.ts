import { expect, test } from "vitest";
import { compareProfiles, parseProfile } from "../../src/profile/index.js";
import { measurementOf, profileOf } from "../support/profiles.js";

/** 21 samples around a median, a few per cent apart. */
const around = (median: number, spread = 0.01) =>
  Array.from({ length: 21 }, (_, index) => median * (1 + (spread * (index - 10)) / 10));

test.each([
  [around(1.5), "slower"],
  [around(0.5), "faster"],
  [around(1), "same"],
  // Twice as long in the middle, but any time at all around it.
  [around(1.1, 0.9), "unclear"],
])("a kernel is told from its baseline only where the noise allows", (samples, verdict) => {
  const before = profileOf([measurementOf(around(1))]);
  const [comparison] = compareProfiles(before, profileOf([measurementOf(samples)]), 0.05);
  expect(comparison).toMatchObject({ kernel: "relu", variant: "relaxed", before: 1, verdict });
  expect(comparison.interval.low).toBeLessThanOrEqual(comparison.ratio);
  expect(comparison.interval.high).toBeGreaterThanOrEqual(comparison.ratio);
});

test("what only one of them has measured is left out", () => {
  const before = profileOf([measurementOf(around(1), { shape: [1, 1] })]);
  expect(compareProfiles(before, profileOf([measurementOf(around(1))]), 0.05)).toEqual([]);
});

test("what time ran out for is unclear, however far apart the figures are", () => {
  const before = profileOf([measurementOf(around(1))]);
  const now = profileOf([measurementOf(around(2), { isComplete: false })]);
  expect(compareProfiles(before, now, 0.05)[0].verdict).toBe("unclear");
  expect(compareProfiles(now, before, 0.05)[0].verdict).toBe("unclear");
});

test("loops that no training runs are left out", () => {
  const ways = ["javascript", "scalar", "simd"] as const;
  const profile = profileOf(ways.map((way) => measurementOf(around(1), { way })));
  expect(compareProfiles(profile, profile, 0.05).map(({ variant }) => variant)).toEqual(["simd"]);
});

test("a profile is read back, and what is none is refused", () => {
  const profile = profileOf([measurementOf(around(1))]);
  const [roof] = profile.roofs;
  expect(parseProfile(JSON.stringify(profile), "p.json")).toEqual(profile);
  for (const [text, found] of [
    ["{", "is not JSON"],
    ["[]", "is not a profile"],
    ['{"format":"other"}', "is not a profile"],
    [JSON.stringify({ ...profile, version: 2 }), "is of version 2"],
    [JSON.stringify({ ...profile, host: { engine: 1, cores: 2 } }), "has no host with"],
    [JSON.stringify({ ...profile, timer: null }), "has no timer with"],
    [JSON.stringify({ ...profile, roofs: undefined }), "has roofs without"],
    [JSON.stringify({ ...profile, roofs: [{ ...roof, peak: null }] }), "has roofs without"],
    [JSON.stringify({ ...profile, roofs: [{ ...roof, bandwidth: {} }] }), "has roofs without"],
    [
      JSON.stringify({ ...profile, measurements: [{ kernel: "relu" }] }),
      "has measurements without",
    ],
  ]) {
    expect(() => parseProfile(text, "p.json")).toThrow(`p.json: ${found}`);
  }
});

test("a profile of before there was a limit of time is complete", () => {
  const { isComplete: _, ...old } = measurementOf(around(1));
  const text = JSON.stringify({ ...profileOf([]), measurements: [old] });
  expect(parseProfile(text, "p.json").measurements[0].isComplete).toBe(true);
});
