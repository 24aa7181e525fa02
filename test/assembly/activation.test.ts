import { expect, test } from "vitest";
import { derivatives, functions } from "../../src/reference/activations.js";
import { kernels, withArrays } from "../support/kernels.js";
import { largestDifference, randomFloats } from "../support/numbers.js";

const ACTIVATIONS = {
  tanh: { forward: kernels.biasTanh, backward: kernels.tanhBackward },
  relu: { forward: kernels.biasRelu, backward: kernels.reluBackward },
  sigmoid: { forward: kernels.biasSigmoid, backward: kernels.sigmoidBackward },
} as const;

const SHAPES = [1, 3, 5, 17, 63, 65].flatMap((units) => [1, 3, 17].map((rows) => [rows, units]));
const NAMES = Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[];

test.each(NAMES)("%s forward adds the bias and applies the function, on every shape", (name) => {
  for (const [rows, units] of SHAPES) {
    const z = randomFloats(rows * units, 1, 4);
    const bias = randomFloats(units, 2);
    const expected = z.map((value, index) =>
      functions[name](Math.fround(value + bias[index % units])),
    );
    withArrays([z, bias], (zAt, biasAt) =>
      ACTIVATIONS[name].forward(zAt, units, zAt, units, biasAt, rows, units),
    );
    expect(largestDifference(z, expected).difference).toBeLessThan(5e-7);
  }
});

test.each(NAMES)("%s backward multiplies with the derivative, on every length", (name) => {
  for (const count of [1, 3, 4, 5, 17, 63, 64, 65]) {
    const a = randomFloats(count, 3).map(functions[name]);
    const gradient = randomFloats(count, 4);
    const expected = gradient.map((value, index) => value * derivatives[name](a[index]));
    withArrays([gradient, a], (g, aAt) => ACTIVATIONS[name].backward(g, aAt, count));
    expect(largestDifference(gradient, expected).difference).toBeLessThan(1e-6);
  }
});

test("the identity adds the bias only", () => {
  const z = Float32Array.of(1, 2, 3, 4, 5, 6);
  withArrays([z, Float32Array.of(10, 20, 30)], (zAt, bias) =>
    kernels.biasIdentity(zAt, 3, zAt, 3, bias, 2, 3),
  );
  expect([...z]).toEqual([11, 22, 33, 14, 25, 36]);
});

test("the ReLU's gradient is 0 at the kink, and NaN passes through it", () => {
  const gradient = Float32Array.of(5, 5, 5);
  withArrays([gradient, Float32Array.of(0, 1, 0)], (g, a) => kernels.reluBackward(g, a, 3));
  expect([...gradient]).toEqual([0, 5, 0]);
  const z = Float32Array.of(Number.NaN, -1, 1);
  withArrays([z, new Float32Array(3)], (zAt, bias) => kernels.biasRelu(zAt, 3, zAt, 3, bias, 1, 3));
  expect([...z]).toEqual([Number.NaN, 0, 1]);
});

test("forward from one matrix to another, rows apart", () => {
  const [rows, units, zStride, aStride] = [3, 5, 8, 7];
  const z = randomFloats(rows * zStride, 1);
  const a = new Float32Array(rows * aStride).fill(9);
  withArrays([a, z, new Float32Array(units)], (aAt, zAt, biasAt) =>
    kernels.biasRelu(aAt, aStride, zAt, zStride, biasAt, rows, units),
  );
  const expected = Array.from(a, (_, index) => {
    const unit = index % aStride;
    return unit < units ? Math.max(0, z[Math.floor(index / aStride) * zStride + unit]) : 9;
  });
  expect([...a]).toEqual(expected);
});
