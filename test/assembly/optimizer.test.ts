import { expect, test } from "vitest";
import { atEndOfMemory } from "../support/edge.js";
import { kernels, withArrays } from "../support/kernels.js";
import { randomFloats } from "../support/numbers.js";

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 17, 63, 65, 784];

test("SGD moves the parameters against the gradient, on every length", () => {
  const learningRate = Math.fround(0.3);
  for (const count of LENGTHS) {
    const before = randomFloats(count, 1);
    const gradient = randomFloats(count, 2);
    const after = before.slice();
    withArrays([after], (parameters) => {
      atEndOfMemory(gradient, (g) => kernels.sgd(parameters, g, count, learningRate));
    });
    const excess = after.map((value, index) => {
      const step = learningRate * gradient[index];
      const exact = before[index] - step;
      // The product and the difference are rounded once each, by half a unit of 2⁻²³ relative;
      // rounding what is rounded adds a term of second order, for which 1 % is plenty.
      const bound = 1.01 * 2 ** -24 * (Math.abs(step) + Math.abs(exact));
      return Math.abs(value - exact) / bound;
    });
    expect(Math.max(...excess), `count ${count}`).toBeLessThanOrEqual(1);
  }
});

test("SGD leaves the gradient as it is, and a learning rate of 0 the parameters", () => {
  const parameters = randomFloats(7, 3);
  const gradient = randomFloats(7, 4);
  const [parametersBefore, gradientBefore] = [parameters.slice(), gradient.slice()];
  withArrays([parameters, gradient], (p, g) => kernels.sgd(p, g, 7, 0));
  expect(parameters).toEqual(parametersBefore);
  expect(gradient).toEqual(gradientBefore);
});
