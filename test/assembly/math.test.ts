import { expect, test } from "vitest";
import { kernels, withArrays } from "../support/kernels.js";
import { unitInLastPlace } from "../support/numbers.js";

const FUNCTIONS = {
  exp: { kernel: kernels.expInto, exact: Math.exp, bound: 2, from: -103, to: 88.72 },
  tanh: { kernel: kernels.tanhInto, exact: Math.tanh, bound: 6, from: -12, to: 12 },
  log: { kernel: kernels.logInto, exact: Math.log, bound: 2, from: 1e-3, to: 10 },
  sigmoid: {
    kernel: kernels.sigmoidInto,
    exact: (x: number) => 1 / (1 + Math.exp(-x)),
    bound: 4,
    from: -87,
    to: 40,
  },
} as const;

type Name = keyof typeof FUNCTIONS;
const NAMES = Object.keys(FUNCTIONS) as Name[];

function apply(name: Name, values: ArrayLike<number>): Float32Array {
  const source = Float32Array.from(values);
  const target = new Float32Array(source.length);
  withArrays([target, source], (t, s) => FUNCTIONS[name].kernel(t, s, source.length));
  return target;
}

/** Every float32 of a range would take minutes: a million evenly spaced ones, and all exponents. */
function samples(from: number, to: number): Float32Array {
  const count = 1_000_000;
  const even = Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / count);
  const small = Float32Array.from({ length: 50_000 }, (_, i) => {
    const magnitude = 2 ** (-130 + (i % 135)) * (1 + ((i * 0.6180339887) % 1));
    return i % 2 && from < 0 ? -magnitude : magnitude;
  }).filter((x) => from <= x && x <= to);
  return Float32Array.from([...even, ...small]);
}

test.each(NAMES)("%s stays within its stated error", (name) => {
  const { exact, bound, from, to } = FUNCTIONS[name];
  const x = samples(from, to);
  const y = apply(name, x);
  let worst = 0;
  let at = 0;
  for (let index = 0; index < x.length; index++) {
    const expected = exact(x[index]);
    const error = Math.abs(y[index] - expected) / unitInLastPlace(expected);
    if (!(error <= worst)) {
      worst = error;
      at = x[index];
    }
  }
  expect(worst, `worst at x = ${at}`).toBeLessThanOrEqual(bound);
});

test("log is exact to its bound from the smallest subnormal to the largest number", () => {
  const x = Float32Array.from({ length: 277 * 64 }, (_, i) => 2 ** (-149 + i / 64));
  const y = apply("log", x);
  const errors = y.map((value, index) => {
    const expected = Math.log(x[index]);
    return Math.abs(value - expected) / unitInLastPlace(expected);
  });
  expect(Math.max(...errors)).toBeLessThanOrEqual(2);
});

test("limits and special values", () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  expect([...apply("exp", [-inf, -200, 0, 89, inf, nan])]).toEqual([0, 0, 1, inf, inf, nan]);
  expect([...apply("tanh", [0, nan])]).toEqual([0, nan]);
  expect([...apply("log", [0, 1, inf, -1, nan])]).toEqual([-inf, 0, inf, nan, nan]);
  expect([...apply("sigmoid", [-inf, 0, inf, nan])]).toEqual([0, 0.5, 1, nan]);
});

test("tanh is odd to the bit and never beyond ±1", () => {
  const x = Float32Array.from({ length: 40_001 }, (_, i) => i / 1000);
  const positive = apply("tanh", x);
  const negative = apply(
    "tanh",
    x.map((value) => -value),
  );
  expect(negative.map((value) => -value)).toEqual(positive);
  expect(Math.max(...positive)).toBeLessThanOrEqual(1);
});

test.each(NAMES)("%s treats every length alike", (name) => {
  const whole = apply(name, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
  for (let length = 0; length <= 8; length++) {
    const part = apply(name, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].slice(0, length));
    expect(part).toEqual(whole.slice(0, length));
  }
});
