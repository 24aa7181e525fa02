import { expect, test } from "vitest";
import { perceptron } from "../../src/model/architecture.js";
import { summarize } from "../../src/model/summary.js";

test("a summary has one entry a layer, with its shape and its parameters", () => {
  expect(summarize(perceptron(784, [64, 32], 10, "relu"))).toEqual([
    { name: "layer 1", inputs: 784, units: 64, activation: "relu", parameters: 50_240 },
    { name: "layer 2", inputs: 64, units: 32, activation: "relu", parameters: 2080 },
    { name: "layer 3", inputs: 32, units: 10, activation: "softmax", parameters: 330 },
  ]);
});
