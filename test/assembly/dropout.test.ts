import { expect, test } from "vitest";
import { dropoutFields } from "../../src/model/learning.js";
import { kernels, withArrays } from "../support/kernels.js";

const SEED = 5;
const EPOCH = 2;

/** The masks of `rows` samples from `position` on: 0 where a unit is dropped, else the scale. */
function masks(rows: number, units: number, probability: number, position = 0, layer = 1) {
  const { threshold, scale } = dropoutFields(probability);
  const values = new Float32Array(rows * units).fill(1);
  const factors = new Float32Array(rows * units).fill(1);
  withArrays([values, factors, new Int32Array(16)], (at, factorsAt, words) =>
    kernels.dropUnits(
      at,
      factorsAt,
      units,
      rows,
      units,
      0,
      position,
      layer,
      threshold,
      scale,
      SEED,
      EPOCH,
      words,
    ),
  );
  expect(factors).toEqual(values);
  return values;
}

test.each([0.1, 0.5, 0.9])("a fraction of %d is dropped, the rest scaled", (probability) => {
  const values = masks(1000, 100, probability);
  const dropped = values.filter((value) => value === 0).length / values.length;
  // Five standard deviations of 100 000 draws.
  const deviation = Math.sqrt((probability * (1 - probability)) / values.length);
  expect(Math.abs(dropped - probability)).toBeLessThan(5 * deviation);
  const kept = new Set(values.filter((value) => value !== 0));
  expect([...kept]).toEqual([Math.fround(dropoutFields(probability).scale)]);
});

test("a sample's mask does not depend on the rows around it", () => {
  for (const units of [1, 5, 31, 32, 33, 100]) {
    const whole = masks(9, units, 0.5, 3);
    const part = masks(4, units, 0.5, 5);
    expect([...part]).toEqual([...whole.subarray(2 * units, 6 * units)]);
  }
});

test("samples, layers and units are dropped independently of each other", () => {
  const agreement = (a: Float32Array, b: Float32Array) =>
    a.filter((value, index) => (value === 0) === (b[index] === 0)).length / a.length;
  const units = 2000;
  const base = masks(1, units, 0.5, 0, 1);
  for (const other of [masks(1, units, 0.5, 1, 1), masks(1, units, 0.5, 0, 2)]) {
    expect(Math.abs(agreement(base, other) - 0.5)).toBeLessThan(0.06);
  }
  const shifted = Float32Array.from(base, (_, unit) => base[(unit + 1) % units]);
  expect(Math.abs(agreement(base, shifted) - 0.5)).toBeLessThan(0.06);
});

test("bytes are dropped like the units of layer 0", () => {
  const { threshold } = dropoutFields(0.3);
  for (const features of [1, 31, 32, 33, 784]) {
    const bytes = new Uint8Array(3 * features).fill(200);
    withArrays([bytes, new Int32Array(16)], (at, words) =>
      kernels.dropBytes(at, 3, features, 7, threshold, SEED, EPOCH, words),
    );
    const expected = masks(3, features, 0.3, 7, 0);
    expect([...bytes]).toEqual(Array.from(expected, (value) => (value === 0 ? 0 : 200)));
  }
});
