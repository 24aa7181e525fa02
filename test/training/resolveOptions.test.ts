import { expect, test } from "vitest";
import { OptionError } from "../../src/errors.js";
import type { FitOptions } from "../../src/training/options.js";
import {
  checkSeed,
  DEFAULT_FIT_OPTIONS,
  resolveFitOptions,
} from "../../src/training/resolveOptions.js";

/** Of whatever type is wanted. */
const wrong = (value: unknown): never => value as never;

test("what the caller leaves out takes the documented default", () => {
  expect(resolveFitOptions({}, 100)).toEqual({
    epochs: 10,
    batchSize: 32,
    learningRate: 0.1,
    schedule: { kind: "constant" },
    warmup: 0,
    optimizer: { name: "sgd", momentum: 0.9, secondMomentum: 0.999, epsilon: 1e-8 },
    weightDecay: 0,
    clipNorm: 0,
    maxNorm: 0,
    labelSmoothing: 0,
    dropout: { input: 0, hidden: 0 },
    averaging: 0,
    augmentation: null,
    earlyStopping: null,
    shuffle: true,
    seed: 0,
  });
  const { optimizer, ...defaults } = DEFAULT_FIT_OPTIONS;
  expect(resolveFitOptions({}, 100)).toMatchObject({ ...defaults, optimizer: { name: optimizer } });
});

test("what the caller says is taken", () => {
  const options: FitOptions = {
    epochs: 3,
    batchSize: 7,
    learningRate: 0.5,
    schedule: { kind: "cosine", floor: 0.1 },
    warmup: 0.5,
    optimizer: { name: "adam", momentum: 0.5, secondMomentum: 0.6, epsilon: 1e-3 },
    weightDecay: 0.25,
    clipNorm: 1,
    maxNorm: 2,
    labelSmoothing: 0.1,
    dropout: { input: 0.2, hidden: 0.5 },
    averaging: 0.99,
    augmentation: { shift: 1, rotation: 2, scale: 0.1, shear: 0.2, elastic: 30, smoothness: 5 },
    shuffle: false,
    seed: 2 ** 32 - 1,
  };
  expect(resolveFitOptions(options, 100)).toEqual({ ...options, earlyStopping: null });
});

test("what is undefined counts as left out, within options too", () => {
  const adam = wrong({ name: "adam", momentum: undefined, epsilon: undefined });
  expect(resolveFitOptions({ optimizer: adam }, 10).optimizer).toEqual({
    name: "adam",
    momentum: 0.9,
    secondMomentum: 0.999,
    epsilon: 1e-8,
  });
  const augmentation = wrong({ rotation: 5, shift: undefined, smoothness: undefined });
  expect(resolveFitOptions({ augmentation }, 10).augmentation).toEqual(
    resolveFitOptions({ augmentation: { rotation: 5 } }, 10).augmentation,
  );
});

test("AdamW decays where nothing is said, and augmentation by nothing is none", () => {
  expect(resolveFitOptions({ optimizer: "adamw" }, 10).weightDecay).toBe(0.01);
  expect(resolveFitOptions({ optimizer: "adamw", weightDecay: 0 }, 10).weightDecay).toBe(0);
  expect(resolveFitOptions({ augmentation: { smoothness: 3 } }, 10).augmentation).toBeNull();
});

test.each<[FitOptions, string]>([
  [{ clipNorm: -1 }, "clipNorm is -1, expected a number from 0 to 3e+38"],
  [{ maxNorm: Number.NaN }, "maxNorm is NaN, expected a number from 0 to 10000000000000000000"],
  [{ labelSmoothing: 1 }, "labelSmoothing is 1, expected a number from 0 to below 1"],
  [{ dropout: { input: 1 } }, "dropout.input is 1, expected a number from 0 to below 1"],
  [{ dropout: { hidden: -0.1 } }, "dropout.hidden is -0.1, expected a number from 0 to below 1"],
  [{ averaging: 2 }, "averaging is 2, expected a number from 0 to below 1"],
  [{ weightDecay: 100 }, "weightDecay is 100, expected 0 to below 1 / learningRate = 10"],
  [{ warmup: 11 }, "warmup is 11, expected a number from 0 to 10"],
  [
    { augmentation: { rotation: 181 } },
    "augmentation.rotation is 181, expected a number from 0 to 180",
  ],
  [
    { augmentation: { smoothness: 0, elastic: 1 } },
    "augmentation.smoothness is 0, expected a number from 0.1 to 10000",
  ],
  [
    { earlyStopping: { patience: 3 } },
    "earlyStopping was given without validation, expected a data set for it",
  ],
  [
    { optimizer: { name: "adam", momentum: 1 } },
    "momentum is 1, expected a number from 0 to below 1",
  ],
  [
    { optimizer: { name: "adam", epsilon: 1e-60 } },
    "epsilon is 1e-60, expected a finite number above 0",
  ],
  [
    { optimizer: "adagrad" as "adam" },
    'the optimizer is "adagrad", expected sgd, momentum, nesterov, rmsprop, adam, adamw',
  ],
])("refused: %o", (options, message) => {
  expect(() => resolveFitOptions(options, 100)).toThrow(new OptionError(message));
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
