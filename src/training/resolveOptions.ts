/** Fills in the defaults of the training options and checks their ranges. */
import { OptionError } from "../errors.js";
import type { FitOptions } from "./options.js";

/** What `fit` uses where the caller says nothing. */
export const DEFAULT_FIT_OPTIONS = {
  epochs: 10,
  batchSize: 32,
  learningRate: 0.1,
  shuffle: true,
  seed: 0,
} as const satisfies FitOptions;

export interface ResolvedFitOptions extends FitOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** @throws OptionError when an option is out of range. */
export function resolveFitOptions(options: FitOptions, samples: number): ResolvedFitOptions {
  const defaults = DEFAULT_FIT_OPTIONS;
  const { epochs = defaults.epochs, batchSize: size = defaults.batchSize } = options;
  const { learningRate = defaults.learningRate, shuffle = defaults.shuffle } = options;
  const { seed = defaults.seed } = options;
  const batchSize = size === "full" ? samples : size;
  checkWhole("epochs", epochs, 1, 1_000_000_000);
  checkWhole("batchSize", batchSize, 1, 2 ** 31 - 1);
  checkSeed(seed);
  // The kernels take it as float32, where 1e39 would be infinite and 1e−46 zero.
  const rounded = Math.fround(learningRate);
  if (!(rounded > 0 && Number.isFinite(rounded))) {
    throw new OptionError(`learningRate is ${learningRate}, expected a finite number above 0`);
  }
  return { ...options, epochs, batchSize, learningRate, shuffle, seed };
}

/** @throws OptionError unless `seed` is a whole number from 0 to 2³² − 1. */
export function checkSeed(seed: number): void {
  checkWhole("seed", seed, 0, 2 ** 32 - 1);
}

function checkWhole(name: string, value: number, minimum: number, maximum: number): void {
  if (Number.isInteger(value) && minimum <= value && value <= maximum) return;
  throw new OptionError(
    `${name} is ${value}, expected a whole number from ${minimum} to ${maximum}`,
  );
}
