import { expect, test } from "vitest";
import { PLAIN_LAYOUT } from "../../src/report/table.js";
import { trainingResult } from "../../src/report/trainingResult.js";

const RESULT = {
  testSet: "MNIST test set",
  testSamples: 10_000,
  testCorrect: 9786,
  seconds: 3.217,
  samplesPerSecond: 186_512,
  next: "wasmlp evaluate model.safetensors",
};

test("accuracy with its standard error, time, where the model is, what to run next", () => {
  expect(trainingResult({ ...RESULT, savedIn: "model.safetensors" }, PLAIN_LAYOUT)).toBe(`\
Test accuracy  97.9 ± 0.1 %  9,786 of 10,000, MNIST test set
Training time  3.22 s  187k samples/s
Model          saved in model.safetensors
Next           wasmlp evaluate model.safetensors`);
});

test("a model that was not saved is not said to be", () => {
  expect(trainingResult(RESULT, PLAIN_LAYOUT)).toContain("Model          not saved\n");
});
