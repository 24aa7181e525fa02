import { expect, test } from "vitest";
import { Random } from "../../../src/data/digits/random.js";

function draw(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.between(0, 1));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

test("the generator is the published hash, counted up", () => {
  // pcg3d(1, 2, 0) and pcg3d(1, 2, 1), first component, computed in 64-bit whole numbers elsewhere.
  const random = new Random(1, 2);
  expect(random.between(0, 2 ** 32)).toBe(1_887_212_076);
  expect(random.between(0, 2 ** 32)).toBe(681_524_430);
});

test("seed and stream name the sequence", () => {
  expect(draw(new Random(3, 5), 9)).toEqual(draw(new Random(3, 5), 9));
  expect(draw(new Random(3, 5), 9)).not.toEqual(draw(new Random(5, 3), 9));
  expect(draw(new Random(3, 5), 9)).not.toEqual(draw(new Random(3, 6), 9));
  expect(draw(new Random(2 ** 32 - 1, 0), 9)).not.toEqual(draw(new Random(0, 0), 9));
});

test("uniform numbers fill their range evenly, within a stream and from stream to stream", () => {
  const within = draw(new Random(1, 1), 20_000);
  const across = Array.from({ length: 20_000 }, (_, stream) => new Random(1, stream).between(0, 1));
  for (const values of [within, across]) {
    expect(values.every((value) => 0 <= value && value < 1)).toBe(true);
    // Five standard errors of 20 000 uniform numbers, whose deviation is √(1/12).
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(0.0102);
    expect(deviation(values)).toBeCloseTo(Math.sqrt(1 / 12), 2);
    const lagged = values.slice(1).map((value, index) => (value - 0.5) * (values[index] - 0.5));
    expect(Math.abs(mean(lagged))).toBeLessThan(0.003);
  }
});

test("normal numbers have the mean and deviation asked for, and stay within three deviations", () => {
  const random = new Random(4, 4);
  const values = Array.from({ length: 20_000 }, () => random.normal(10, 2));
  expect(Math.abs(mean(values) - 10)).toBeLessThan(0.08);
  expect(Math.abs(deviation(values) - 2)).toBeLessThan(0.06);
  expect(values.every((value) => Math.abs(value - 10) <= 6)).toBe(true);
});

test("chance and pick follow the probabilities", () => {
  const random = new Random(9, 0);
  const rare = { weight: 1 };
  const common = { weight: 3 };
  let chosen = 0;
  let happened = 0;
  for (let count = 0; count < 8000; count++) {
    if (random.pick([rare, common]) === common) chosen++;
    if (random.chance(0.2)) happened++;
  }
  // Five standard errors.
  expect(Math.abs(chosen / 8000 - 0.75)).toBeLessThan(0.025);
  expect(Math.abs(happened / 8000 - 0.2)).toBeLessThan(0.023);
});
