import { expect, test } from "vitest";
import type { HiddenFunction } from "../../src/reference/activations.js";
import { type Matrix, matrix } from "../../src/reference/matrix.js";
import {
  backward,
  crossEntropy,
  descend,
  forward,
  type ReferenceLayer,
  softmax,
} from "../../src/reference/network.js";
import { randomNumbers } from "../support/numbers.js";

/** A network with random parameters. */
function network(sizes: number[], activation: HiddenFunction, seed: number): ReferenceLayer[] {
  const random = randomNumbers(seed);
  return sizes.slice(1).map((units, index) => ({
    weights: matrix(sizes[index], units, random),
    biases: matrix(1, units, random),
    activation: index === sizes.length - 2 ? "softmax" : activation,
  }));
}

function loss(layers: ReferenceLayer[], inputs: Matrix, labels: number[]): number {
  const activations = forward(layers, inputs);
  return crossEntropy(activations[layers.length], labels);
}

/**
 * ∂L/∂θ by Richardson-extrapolated central differences, error O(h⁴):
 * (8·(L(θ+h) − L(θ−h)) − (L(θ+2h) − L(θ−2h))) / 12h.
 */
function numericGradient(parameters: Matrix, index: number, evaluate: () => number): number {
  const h = 1e-3;
  const original = parameters.data[index];
  const at = (offset: number) => {
    parameters.data[index] = original + offset;
    return evaluate();
  };
  const derivative = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
  parameters.data[index] = original;
  return derivative;
}

const shapes = [
  [1, 2],
  [3, 5, 3],
  [5, 1, 4],
  [7, 6, 5, 3],
  [17, 9, 2],
];

test.each(
  shapes.flatMap((sizes) =>
    (["tanh", "relu", "sigmoid"] as const).map((activation) => ({ sizes, activation })),
  ),
)(
  "gradients of $sizes $activation agree with central differences to 1e-7",
  ({ sizes, activation }) => {
    const random = randomNumbers(7);
    const samples = 6;
    const classes = sizes[sizes.length - 1];
    const layers = network(sizes, activation, 3);
    const inputs = matrix(samples, sizes[0], random);
    const labels = Array.from({ length: samples }, (_, sample) => sample % classes);
    const gradients = backward(layers, forward(layers, inputs), labels);
    layers.forEach((layer, index) => {
      for (const part of ["weights", "biases"] as const) {
        const analytic = gradients[index][part].data;
        const numeric = analytic.map((_, entry) =>
          numericGradient(layer[part], entry, () => loss(layers, inputs, labels)),
        );
        // ‖analytic − numeric‖ / (‖analytic‖ + ‖numeric‖)
        const error =
          Math.hypot(...analytic.map((value, entry) => value - numeric[entry])) /
          (Math.hypot(...analytic) + Math.hypot(...numeric) || 1);
        expect(error).toBeLessThan(1e-7);
      }
    });
  },
);

test("softmax survives logits whose exponentials would overflow", () => {
  const p = softmax(matrix(1, 3, (_, column) => 1000 + column));
  expect([...p.data].reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  expect(p.at(0, 2) / p.at(0, 1)).toBeCloseTo(Math.E, 9);
});

test("a zero network holds every class equally likely, and its loss is ln(classes)", () => {
  const layers: ReferenceLayer[] = [
    { weights: matrix(4, 10), biases: matrix(1, 10), activation: "softmax" },
  ];
  expect(
    loss(
      layers,
      matrix(3, 4, () => 0.5),
      [0, 4, 9],
    ),
  ).toBeCloseTo(Math.log(10), 12);
});

test("descending lowers the loss", () => {
  const layers = network([5, 8, 3], "tanh", 11);
  const inputs = matrix(9, 5, randomNumbers(5));
  const labels = Array.from({ length: 9 }, (_, sample) => sample % 3);
  const before = loss(layers, inputs, labels);
  for (let step = 0; step < 20; step++) {
    descend(layers, backward(layers, forward(layers, inputs), labels), 0.5);
  }
  expect(loss(layers, inputs, labels)).toBeLessThan(before / 2);
});
