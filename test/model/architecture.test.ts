import { expect, test } from "vitest";
import { ModelError, OptionError } from "../../src/errors.js";
import {
  type Architecture,
  checkArchitecture,
  countParameters,
  type Layer,
  perceptron,
} from "../../src/model/architecture.js";
import { unchecked } from "../support/architectures.js";

const SOFTMAX: Layer = { units: 3, activation: "softmax" };

test("a perceptron is hidden layers of one activation, then a softmax", () => {
  expect(perceptron(4, [5, 6], 3, "relu")).toEqual({
    inputs: 4,
    layers: [{ units: 5, activation: "relu" }, { units: 6, activation: "relu" }, SOFTMAX],
  });
  expect(perceptron(4, [], 3, "relu")).toEqual({ inputs: 4, layers: [SOFTMAX] });
});

test("parameters are the weights and biases of all layers", () => {
  expect(countParameters(perceptron(784, [64], 10, "tanh"))).toBe(785 * 64 + 65 * 10);
  expect(countParameters(perceptron(1, [], 1, "tanh", "identity"))).toBe(2);
});

test("a sound architecture passes", () => {
  expect(() => checkArchitecture(perceptron(1, [1, 2], 2, "sigmoid"))).not.toThrow();
  expect(() => checkArchitecture(perceptron(1_048_576, [], 2, "tanh"))).not.toThrow();
});

const SIZES = [0, -1, 1.5, 1_048_577, 1e15, Number.NaN, Number.POSITIVE_INFINITY];

test.each([
  ...SIZES.flatMap((size) => [
    {
      architecture: unchecked(size, [2], 3),
      message: `inputs is ${size}, expected a whole number from 1 to 1048576`,
    },
    {
      architecture: unchecked(4, [5, size], 3),
      message: `units of layer 2 is ${size}, expected a whole number from 1 to 1048576`,
    },
  ]),
  {
    architecture: { inputs: 4, layers: [] },
    message: "layers is empty, expected at least one layer",
  },
  {
    architecture: { inputs: 4, layers: [SOFTMAX, SOFTMAX] },
    message:
      'the activation of layer 1 is "softmax", expected tanh, relu, leaky-relu, gelu, silu, sigmoid, identity',
  },
  {
    architecture: {
      inputs: 4,
      layers: [{ units: 3, activation: "tanh" }],
      loss: "cross-entropy",
    } satisfies Architecture,
    message: 'the activation of layer 1 is "tanh", expected softmax for the loss "cross-entropy"',
  },
  {
    architecture: { inputs: 4, layers: [SOFTMAX], loss: "binary-cross-entropy" } as const,
    message:
      'the activation of layer 1 is "softmax", expected sigmoid for the loss "binary-cross-entropy"',
  },
  {
    architecture: { inputs: 4, layers: [SOFTMAX], loss: "mean-squared-error" } as const,
    message:
      'the activation of layer 1 is "softmax", expected tanh, relu, leaky-relu, gelu, silu, sigmoid, identity for the loss "mean-squared-error"',
  },
])("refused: $message", ({ architecture, message }) => {
  expect(() => checkArchitecture(architecture)).toThrow(new OptionError(message));
});

test("an activation that does not exist is refused, also the name of an inherited property", () => {
  for (const activation of ["selu", "constructor", "toString", ""]) {
    // As a file or a program without types may have it.
    const architecture: Architecture = JSON.parse(
      JSON.stringify({ inputs: 4, layers: [{ units: 2, activation }, SOFTMAX] }),
    );
    expect(() => checkArchitecture(architecture)).toThrow(
      new OptionError(
        `the activation of layer 1 is "${activation}", expected tanh, relu, leaky-relu, gelu, silu, sigmoid, identity`,
      ),
    );
  }
});

test("more parameters than the memory can hold are refused", () => {
  expect(() => checkArchitecture(perceptron(100_000, [100_000], 3, "tanh"))).toThrow(
    new ModelError("the network has 10000400003 parameters, expected at most 500000000"),
  );
});
