/** Learning rates whose steps leave no trace, or too large a one. */
import { describe, expect, test } from "vitest";
import type { NumericArray } from "../../../src/data/arrays/namedArray.js";
import { diagnose } from "../../../src/doctor/dump/diagnose.js";
import type { Activation } from "../../../src/reference/activations.js";
import { type Matrix, matrix } from "../../../src/reference/matrix.js";
import { backward, descend, forward, type ReferenceLayer } from "../../../src/reference/network.js";
import { randomNumbers } from "../../support/numbers.js";
import { type StepOptions, trainingStep } from "../../support/trainingStep.js";

/** In float32, as most programs have it. */
function idsOf(options: StepOptions): string[] {
  const arrays = trainingStep(options).map((each) => ({
    ...each,
    dtype: "float32" as const,
    values: Float32Array.from(each.values, Number),
  }));
  return diagnose(arrays).findings.map(({ id, at }) => `${id}@${at}`);
}

test("steps that rounding swallows are too short", () => {
  expect(idsOf({ learningRate: 1e-9 })).toEqual(["learning-rate-too-low@lr"]);
});

test("short steps and long ones that lower the loss are left alone", () => {
  for (const learningRate of [1e-3, 0.1, 1]) expect(idsOf({ learningRate })).toEqual([]);
});

describe("weights that are far too small", () => {
  const idsWith = (learningRate: number) => {
    const [samples, features, hidden, classes] = [40, 12, 8, 4];
    const random = randomNumbers(3);
    const drawn = (rows: number, columns: number, scale: number) =>
      matrix(rows, columns, () => scale * random());
    const layer = (inputs: number, units: number, activation: Activation): ReferenceLayer => ({
      weights: drawn(inputs, units, 1e-6),
      biases: drawn(1, units, 1e-6),
      activation,
    });
    const layers = [layer(features, hidden, "tanh"), layer(hidden, classes, "softmax")];
    const X = drawn(samples, features, 1);
    const labels = Array.from({ length: samples }, (_, sample) => sample % classes);
    const activations = forward(layers, X);
    const gradients = backward(layers, activations, labels);
    const array = (name: string, { rows, columns, data }: Matrix): NumericArray => ({
      name,
      shape: [rows, columns],
      dtype: "float64",
      values: data.slice(),
    });
    const parameters = (suffix: string) =>
      layers.flatMap(({ weights, biases }, index) => [
        array(`W${index + 1}${suffix}`, weights),
        array(`b${index + 1}${suffix}`, biases),
      ]);
    const Y = matrix(samples, classes, (row, column) => Number(labels[row] === column));
    const before = [
      ...[array("X", X), array("Y", Y), ...parameters("")],
      ...activations.slice(1).map((a, index) => array(`A${index + 1}`, a)),
      ...gradients.flatMap(({ weights, biases }, index) => [
        array(`dW${index + 1}`, weights),
        array(`db${index + 1}`, biases),
      ]),
    ];
    descend(layers, gradients, learningRate);
    const lr: NumericArray = {
      name: "lr",
      shape: [],
      dtype: "float64",
      values: Float64Array.of(learningRate),
    };
    return new Set(diagnose([...before, ...parameters("_new"), lr]).findings.map(({ id }) => id));
  };

  test("do not hide a learning rate that is wrong with others", () => {
    expect(idsWith(0.1)).toEqual(new Set(["weights-too-small"]));
    expect(idsWith(1e-8)).toEqual(new Set(["weights-too-small", "learning-rate-too-low"]));
    expect(idsWith(1e3)).toEqual(new Set(["weights-too-small", "learning-rate-too-high"]));
  });
});
