import { expect, test } from "vitest";
import { ACTIVATION_CODES } from "../../src/engine/plan.js";
import { derivatives, functions } from "../../src/reference/activations.js";
import { kernels, withArrays } from "../support/kernels.js";
import { largestDifference, randomFloats } from "../support/numbers.js";

const SHAPES = [1, 3, 5, 17, 63, 65].flatMap((units) => [1, 3, 17].map((rows) => [rows, units]));
type Name = keyof typeof ACTIVATION_CODES;
const NAMES = Object.keys(ACTIVATION_CODES) as Name[];
const FROM_VALUES = NAMES.filter((name) => name !== "gelu" && name !== "silu");

test.each(NAMES)("%s adds the bias and applies the function, on every shape", (name) => {
  for (const [rows, units] of SHAPES) {
    const z = randomFloats(rows * units, 1, 4);
    const bias = randomFloats(units, 2);
    const sums = z.map((value, index) => value + bias[index % units]);
    const expected = sums.map(functions[name]);
    withArrays([z, bias], (zAt, biasAt) =>
      kernels.activate(ACTIVATION_CODES[name], zAt, 0, units, zAt, units, biasAt, rows, units),
    );
    expect(largestDifference(z, expected).difference).toBeLessThan(3e-6);
  }
});

test.each(NAMES)("%s keeps the factors of the backward pass, on every shape", (name) => {
  for (const [rows, units] of SHAPES) {
    const z = randomFloats(rows * units, 1, 4);
    const factors = new Float32Array(rows * units);
    const a = new Float32Array(rows * units);
    const code = ACTIVATION_CODES[name];
    withArrays([a, factors, z, new Float32Array(units)], (aAt, factorsAt, zAt, biasAt) =>
      kernels.activate(code, aAt, factorsAt, units, zAt, units, biasAt, rows, units),
    );
    const expected = z.map((value) => derivatives[name](functions[name](value), value));
    expect(largestDifference(factors, expected).difference).toBeLessThan(3e-6);
    const gradient = randomFloats(rows * units, 4);
    const product = gradient.map((value, index) => value * factors[index]);
    withArrays([gradient, a, factors], (g, aAt, factorsAt) =>
      kernels.differentiate(code, g, aAt, factorsAt, rows * units),
    );
    expect(gradient).toEqual(product);
  }
});

test.each(FROM_VALUES)("%s backward multiplies with the derivative, on every length", (name) => {
  for (const count of [1, 3, 4, 5, 17, 63, 64, 65]) {
    const a = randomFloats(count, 3).map(functions[name]);
    const gradient = randomFloats(count, 4);
    const expected = gradient.map((value, index) => value * derivatives[name](a[index], 0));
    withArrays([gradient, a], (g, aAt) =>
      kernels.differentiate(ACTIVATION_CODES[name], g, aAt, 0, count),
    );
    expect(largestDifference(gradient, expected).difference).toBeLessThan(1e-6);
  }
});

test("the ReLU's gradient is 0 at the kink, and NaN passes through it", () => {
  const gradient = Float32Array.of(5, 5, 5);
  withArrays([gradient, Float32Array.of(0, 1, 0)], (g, a) =>
    kernels.differentiate(ACTIVATION_CODES.relu, g, a, 0, 3),
  );
  expect([...gradient]).toEqual([0, 5, 0]);
  const z = Float32Array.of(Number.NaN, -1, 1);
  withArrays([z, new Float32Array(3)], (zAt, bias) =>
    kernels.activate(ACTIVATION_CODES.relu, zAt, 0, 3, zAt, 3, bias, 1, 3),
  );
  expect([...z]).toEqual([Number.NaN, 0, 1]);
});

test("GELU's tail is as exact relatively as at the origin", () => {
  const z = Float32Array.from({ length: 200 }, (_, index) => (index - 100) / 20);
  const a = z.slice();
  withArrays([a, new Float32Array(200)], (aAt, bias) =>
    kernels.activate(ACTIVATION_CODES.gelu, aAt, 0, 200, aAt, 200, bias, 1, 200),
  );
  for (const [index, value] of z.entries()) {
    const expected = functions.gelu(value);
    expect(Math.abs(a[index] - expected)).toBeLessThanOrEqual(3e-6 * Math.abs(expected));
  }
});

test("forward from one matrix to another, rows apart", () => {
  const [rows, units, zStride, aStride] = [3, 5, 8, 7];
  const z = randomFloats(rows * zStride, 1);
  const a = new Float32Array(rows * aStride).fill(9);
  withArrays([a, z, new Float32Array(units)], (aAt, zAt, biasAt) =>
    kernels.activate(ACTIVATION_CODES.relu, aAt, 0, aStride, zAt, zStride, biasAt, rows, units),
  );
  const expected = Array.from(a, (_, index) => {
    const unit = index % aStride;
    return unit < units ? Math.max(0, z[Math.floor(index / aStride) * zStride + unit]) : 9;
  });
  expect([...a]).toEqual(expected);
});
