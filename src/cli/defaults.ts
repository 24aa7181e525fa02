/**
 * What the commands use where the user says nothing. The values of `train` give at least 97.5 % on
 * MNIST's test set within seconds.
 */
import { DEFAULT_FIT_OPTIONS, type HiddenActivation, type Initialization } from "../index.js";

export const TRAIN_DEFAULTS: {
  readonly hidden: readonly number[];
  readonly activation: HiddenActivation;
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly learningRate: number;
  readonly init: Initialization;
} = {
  hidden: [128],
  activation: "relu",
  epochs: 12,
  batchSize: DEFAULT_FIT_OPTIONS.batchSize,
  learningRate: DEFAULT_FIT_OPTIONS.learningRate,
  init: "he",
};

/** Built-in digits: as many as are drawn within seconds; the test set from a seed of its own. */
export const BUILT_IN_DIGITS = {
  training: { samples: 20_000, seed: 1, name: "built-in digits (training)" },
  test: { samples: 4_000, seed: 2, name: "built-in digits (test)" },
} as const;
