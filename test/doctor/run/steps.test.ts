import { expect, test } from "vitest";
import { StepRatios } from "../../../src/doctor/run/steps.js";
import type { LayerState } from "../../../src/model/session.js";

const GUESS = Math.log(10);

/** A layer whose weights a step changed by this part of their size. */
function layer(ratio: number): LayerState {
  const earlierWeights = Float32Array.of(1, -1, 1, -1);
  return {
    activation: "relu",
    units: 2,
    activations: new Float32Array(2),
    gradient: new Float32Array(2),
    weights: earlierWeights.map((weight) => weight * (1 + ratio)),
    earlierWeights,
    biases: new Float32Array(2),
  };
}

interface Epoch {
  readonly loss: number;
  readonly ratios: readonly number[];
  readonly learningRate?: number;
}

/** What is found in epoch `first` and those after it. */
function observe(epochs: readonly Epoch[], first = 1): string[] {
  const steps = new StepRatios();
  const reports = epochs.map(({ loss, learningRate = 0.1 }, index) => ({
    epoch: first + index,
    ...{ loss, learningRate, seconds: 1 },
  }));
  return epochs.flatMap(({ ratios }, index) =>
    steps
      .observe(reports.slice(0, index + 1), ratios.map(layer), GUESS)
      .map(({ id, at }) => `${id} at ${at} in ${first + index}`),
  );
}

const twice = (loss: readonly [number, number], ...ratios: number[]): Epoch[] =>
  loss.map((each) => ({ loss: each, ratios }));

test("steps that are too short are found in the second epoch, and say so once the loss hardly falls", () => {
  expect(observe(twice([2.4, 2.39], 3e-6, 4e-6))).toEqual([
    "learning-rate-too-low at weights in 2",
  ]);
});

test.each([
  ["the loss falls visibly", twice([2.4, 2.3], 3e-6, 4e-6)],
  ["one of the layers moves", twice([2.4, 2.39], 3e-6, 3e-4)],
  ["nothing moves at all, which has another reason", twice([2.4, 2.4], 0, 0)],
  ["the network has learnt already, as in fine-tuning", twice([0.5, 0.499], 3e-6, 4e-6)],
  [
    "a schedule has lowered the rate",
    [
      { loss: 2, ratios: [1e-3] },
      { loss: 1.9, ratios: [9e-6] },
      { loss: 1.899, ratios: [1e-6], learningRate: 0.001 },
    ],
  ],
])("they are not too short when %s", (_, epochs) => {
  expect(observe(epochs)).toEqual([]);
});

test("a late epoch may move little", () => {
  expect(observe(twice([2, 1.99], 3e-6), 40)).toEqual([]);
});

test("steps that are too long are found layer by layer, while the loss is above a guess's", () => {
  const epochs = twice([8, 7], 0.01, 0.3);
  expect(observe(epochs)).toEqual(["learning-rate-too-high at layer 2 in 2"]);
  expect(observe(twice([2.4, 1.9], 0.01, 0.3))).toEqual([]);
  expect(observe(twice([8, 7], 0.01, 0.05))).toEqual([]);
});
