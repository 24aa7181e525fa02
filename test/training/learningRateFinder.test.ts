import fc from "fast-check";
import { expect, test } from "vitest";
import { OptionError } from "../../src/errors.js";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { rateLadder, readCurve } from "../../src/training/learningRateFinder.js";
import { corners } from "../support/datasets.js";

test("rates rise by the same factor from the lowest to the highest", () => {
  const rates = rateLadder(1e-4, 1, 5);
  expect(rates.map((rate) => rate.toPrecision(6))).toEqual(
    [1e-4, 1e-3, 1e-2, 1e-1, 1].map((rate) => rate.toPrecision(6)),
  );
});

test("the suggestion lies where the loss falls, well before it explodes", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -3.5, max: -1, noNaN: true }),
      fc.double({ min: 0, max: 0.02, noNaN: true }),
      (fall, jitter) => {
        // Flat, then a slope of a decade around 10^fall, then an explosion a decade and a half later.
        const rates = rateLadder(1e-5, 10, 200);
        const losses = rates.map((rate, step) => {
          const x = Math.log10(rate) - fall;
          const drop = 1.5 / (1 + Math.exp(-4 * x));
          const explosion = x > 1.5 ? 10 ** (x - 1.5) - 1 : 0;
          return 2.3 - drop + explosion + jitter * Math.sin(37 * step);
        });
        const { suggestion = 0, rates: shown } = readCurve(rates, losses);
        expect(Math.abs(Math.log10(suggestion) - fall)).toBeLessThan(0.75);
        expect(shown[shown.length - 1]).toBeLessThan(10 ** (fall + 2.8));
      },
    ),
  );
});

test("a loss that never falls, or is no number, gives no suggestion", () => {
  const rates = rateLadder(1e-5, 10, 50);
  expect(
    readCurve(
      rates,
      rates.map((_, step) => 1 + step),
    ).suggestion,
  ).toBeUndefined();
  expect(
    readCurve(
      rates,
      rates.map(() => Number.NaN),
    ),
  ).toEqual({
    rates: [],
    losses: [],
    suggestion: undefined,
  });
});

test("a model is left as it was, and learns at what is suggested", async () => {
  const dataset = corners(600);
  using model = await Mlp.create({ architecture: perceptron(2, [8], 3, "relu"), seed: 1 });
  const before = [...model.save()];
  const { suggestion = 0 } = await model.findLearningRate(dataset, { batchSize: 6, seed: 1 });
  expect([...model.save()]).toEqual(before);
  const { epochs } = await model.fit(dataset, {
    batchSize: 6,
    epochs: 10,
    learningRate: suggestion,
  });
  expect(epochs[9].accuracy).toBeGreaterThan(0.95);
});

test("refused in a sentence", async () => {
  using model = await Mlp.create({ architecture: perceptron(2, [8], 3, "relu"), seed: 1 });
  await expect(model.findLearningRate(corners(60), { batchSize: 6 })).rejects.toThrow(
    new OptionError("corners: 10 batches of 6, expected at least 20 to find a learning rate"),
  );
  await expect(model.findLearningRate(corners(60), { lowest: 1, highest: 0.1 })).rejects.toThrow(
    "the rates go from 1 to 0.1, expected 0 < lowest < highest",
  );
});
