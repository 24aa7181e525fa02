import fc from "fast-check";
import { expect, test } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.js";
import { splitDataset, takeSamples } from "../../src/data/split.js";
import { OptionError } from "../../src/errors.js";

/** A sample is its number, and its class that modulo 3. */
function numbered(samples: number): Dataset {
  return createDataset({
    name: "numbers",
    inputs: Float32Array.from({ length: samples }, (_, sample) => sample),
    features: 1,
    targets: {
      kind: "classes",
      labels: Uint8Array.from({ length: samples }, (_, sample) => sample % 3),
      names: ["a", "b", "c"],
    },
  });
}

test("every sample is in one part, in order, and every class has its fraction in both", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 30, max: 300 }),
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (samples, fraction, seed) => {
        const dataset = numbered(samples);
        const { training, validation } = splitDataset(dataset, { fraction, seed });
        const all = [...training.inputs, ...validation.inputs].sort((a, b) => a - b);
        expect(all).toEqual([...dataset.inputs]);
        for (const part of [training, validation]) {
          expect(part.samples).toBe(part.inputs.length);
          part.inputs.forEach((value, row) => {
            expect(part.targets.labels[row]).toBe(value % 3);
            if (row > 0) expect(value).toBeGreaterThan(part.inputs[row - 1]);
          });
        }
        for (let label = 0; label < 3; label++) {
          const members = dataset.targets.labels.filter((value) => value === label).length;
          const held = validation.targets.labels.filter((value) => value === label).length;
          expect(held).toBe(Math.round(fraction * members));
        }
      },
    ),
  );
});

test("the seed decides who is held out", () => {
  const dataset = numbered(300);
  const held = (seed: number) => [
    ...splitDataset(dataset, { fraction: 0.2, seed }).validation.inputs,
  ];
  expect(held(1)).toEqual(held(1));
  expect(held(1)).not.toEqual(held(2));
  expect(held(1).slice(0, 8)).toMatchInlineSnapshot(`
    [
      0,
      2,
      3,
      12,
      15,
      16,
      27,
      29,
    ]
  `);
});

test("a class that would be missing from a part is refused by name", () => {
  const rare = takeSamples(numbered(30), [0, 3, 6, 9, 12, 1, 2, 5, 8, 11]);
  expect(() => splitDataset(rare, { fraction: 0.2, seed: 0 })).toThrow(
    new OptionError(
      'numbers: a validation split of 0.2 leaves class "b" with 1 samples out of validation, expected some in both parts',
    ),
  );
  expect(() => splitDataset(rare, { fraction: 0.9, seed: 0 })).toThrow(
    /"a" with 5 samples out of training/,
  );
  for (const fraction of [0, 1, -1, Number.NaN]) {
    expect(() => splitDataset(rare, { fraction, seed: 0 })).toThrow(
      `numbers: the validation split is ${fraction}, expected a fraction above 0 and below 1`,
    );
  }
});
