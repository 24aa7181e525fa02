import { expect, test } from "vitest";
import { OptionError } from "../../src/errors.js";
import type { FitOptions } from "../../src/training/options.js";
import {
  checkSeed,
  DEFAULT_FIT_OPTIONS,
  resolveFitOptions,
} from "../../src/training/resolveOptions.js";

test("what the caller leaves out takes the documented default", () => {
  expect(resolveFitOptions({}, 100)).toEqual({
    epochs: 10,
    batchSize: 32,
    learningRate: 0.1,
    shuffle: true,
    seed: 0,
  });
  expect(resolveFitOptions({}, 100)).toEqual(DEFAULT_FIT_OPTIONS);
});

test("what the caller says is taken", () => {
  const signal = new AbortController().signal;
  const onEpoch = () => {};
  const options: FitOptions = {
    epochs: 3,
    batchSize: 7,
    learningRate: 0.5,
    shuffle: false,
    seed: 2 ** 32 - 1,
    signal,
    onEpoch,
  };
  expect(resolveFitOptions(options, 100)).toEqual(options);
});

test('"full" is a batch of all samples', () => {
  expect(resolveFitOptions({ batchSize: "full" }, 123).batchSize).toBe(123);
});

const WHOLE = "expected a whole number from";

test.each([
  ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e10].flatMap((value) => [
    { options: { epochs: value }, message: `epochs is ${value}, ${WHOLE} 1 to 1000000000` },
    { options: { batchSize: value }, message: `batchSize is ${value}, ${WHOLE} 1 to 2147483647` },
  ]),
  ...[-1, 0.5, 2 ** 32, Number.NaN].map((seed) => ({
    options: { seed },
    message: `seed is ${seed}, ${WHOLE} 0 to 4294967295`,
  })),
  // 1e39 and 1e−46 are numbers that float32, in which the kernels compute, does not hold.
  ...[0, -0.1, Number.NaN, Number.POSITIVE_INFINITY, 1e39, 1e-46].map((learningRate) => ({
    options: { learningRate },
    message: `learningRate is ${learningRate}, expected a finite number above 0`,
  })),
])("refused: $message", ({ options, message }) => {
  expect(() => resolveFitOptions(options, 100)).toThrow(new OptionError(message));
});

test("texts where numbers are expected are refused, as programs without types may pass them", () => {
  for (const name of ["epochs", "batchSize", "seed"]) {
    const options: FitOptions = JSON.parse(`{"${name}":"5"}`);
    expect(() => resolveFitOptions(options, 100)).toThrow(OptionError);
  }
});

test("a seed is a whole number of 32 bits", () => {
  expect(() => checkSeed(0)).not.toThrow();
  expect(() => checkSeed(2 ** 32 - 1)).not.toThrow();
  expect(() => checkSeed(-1)).toThrow(OptionError);
});
