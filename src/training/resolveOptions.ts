/** Fills in the defaults of the training options and checks their ranges. */
import {
  checkBytes,
  checkFraction,
  checkNames,
  checkRange,
  checkType,
  checkWhole,
} from "../arguments.js";
import { OptionError } from "../errors.js";
import type { Augmentation, Learning } from "../model/learning.js";
import {
  ADAMW_DECAY,
  optimizerKernel,
  type ResolvedOptimizer,
  resolveOptimizer,
} from "./optimizers.js";
import type { FitOptions } from "./options.js";
import { checkSchedule, type Schedule } from "./schedule.js";

/** The options that have a default of their own. */
export type DefaultFitOptions = Required<
  Pick<
    FitOptions,
    | "epochs"
    | "batchSize"
    | "learningRate"
    | "schedule"
    | "warmup"
    | "optimizer"
    | "clipNorm"
    | "maxNorm"
    | "labelSmoothing"
    | "averaging"
    | "shuffle"
    | "seed"
  >
>;

/** What `fit` uses where the caller says nothing. */
export const DEFAULT_FIT_OPTIONS: DefaultFitOptions = {
  epochs: 10,
  batchSize: 32,
  learningRate: 0.1,
  schedule: { kind: "constant" },
  warmup: 0,
  optimizer: "sgd",
  clipNorm: 0,
  maxNorm: 0,
  labelSmoothing: 0,
  averaging: 0,
  shuffle: true,
  seed: 0,
};

/** Where augmentation is asked for, what it leaves unsaid. */
const DEFAULT_AUGMENTATION: Augmentation = {
  shift: 0,
  rotation: 0,
  scale: 0,
  shear: 0,
  elastic: 0,
  smoothness: 4,
};

/** What decides on the bits of the result, beside the data and the initial parameters. */
export interface TrainingSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly warmup: number;
  readonly optimizer: ResolvedOptimizer;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly maxNorm: number;
  readonly labelSmoothing: number;
  readonly dropout: { readonly input: number; readonly hidden: number };
  readonly averaging: number;
  readonly augmentation: Augmentation | null;
  readonly earlyStopping: {
    readonly patience: number;
    readonly monitor: "loss" | "accuracy";
  } | null;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** For `checkOptions`. */
export const FIT_OPTIONS = {
  epochs: "checked",
  batchSize: "checked",
  learningRate: "checked",
  schedule: "checked",
  warmup: "checked",
  optimizer: "checked",
  weightDecay: "checked",
  clipNorm: "checked",
  maxNorm: "checked",
  labelSmoothing: "checked",
  dropout: "object",
  averaging: "checked",
  augmentation: "object",
  earlyStopping: "object",
  shuffle: "boolean",
  seed: "checked",
  validation: "checked",
  onCheckpoint: "function",
  resume: "checked",
  signal: "signal",
  onEpoch: "function",
  inspect: "function",
  trace: "object",
  onProgress: "function",
} as const satisfies Record<keyof FitOptions, string>;

/**
 * @param options `checkOptions` has seen them
 * @throws OptionError when an option is out of range.
 */
export function resolveFitOptions(options: FitOptions, samples: number): TrainingSettings {
  if (options.resume !== undefined) checkBytes("resume", options.resume);
  const defaults = DEFAULT_FIT_OPTIONS;
  const { epochs = defaults.epochs, batchSize: size = defaults.batchSize } = options;
  const { learningRate = defaults.learningRate, shuffle = defaults.shuffle } = options;
  const { schedule = defaults.schedule, warmup = defaults.warmup } = options;
  const { clipNorm = defaults.clipNorm, maxNorm = defaults.maxNorm } = options;
  const { labelSmoothing = defaults.labelSmoothing, averaging = defaults.averaging } = options;
  const { seed = defaults.seed, dropout = {} } = options;
  const { input = 0, hidden = 0 } = dropout;
  checkNames("dropout", dropout, { input, hidden });
  const batchSize = size === "full" ? samples : size;
  checkWhole("epochs", epochs, 1, 1_000_000_000);
  checkWhole("batchSize", batchSize, 1, 2 ** 31 - 1);
  checkSeed(seed);
  // The kernels take it as float32, where 1e39 would be infinite and 1e−46 zero.
  checkType("learningRate", learningRate, "number");
  const rounded = Math.fround(learningRate);
  if (!(rounded > 0 && Number.isFinite(rounded))) {
    throw new OptionError(`learningRate is ${learningRate}, expected a finite number above 0`);
  }
  checkSchedule(schedule);
  checkRange("warmup", warmup, 0, epochs);
  const optimizer = resolveOptimizer(
    options.optimizer === undefined ? defaults.optimizer : options.optimizer,
  );
  const { weightDecay = optimizer.name === "adamw" ? ADAMW_DECAY : 0 } = options;
  checkType("weightDecay", weightDecay, "number");
  if (!(weightDecay >= 0 && weightDecay * learningRate < 1)) {
    throw new OptionError(
      `weightDecay is ${weightDecay}, expected 0 to below 1 / learningRate = ${1 / learningRate}`,
    );
  }
  checkRange("clipNorm", clipNorm, 0, 3e38);
  checkRange("maxNorm", maxNorm, 0, 1e19);
  checkFraction("labelSmoothing", labelSmoothing);
  checkFraction("dropout.input", input);
  checkFraction("dropout.hidden", hidden);
  checkFraction("averaging", averaging);
  return {
    epochs,
    batchSize,
    learningRate,
    schedule,
    warmup,
    optimizer,
    weightDecay,
    clipNorm,
    maxNorm,
    labelSmoothing,
    dropout: { input, hidden },
    averaging,
    augmentation: resolveAugmentation(options.augmentation),
    earlyStopping: resolveEarlyStopping(options),
    shuffle,
    seed,
  };
}

/** What the kernels must know of the settings. */
export function learningOf(settings: TrainingSettings): Learning {
  const { optimizer, labelSmoothing, dropout, clipNorm, maxNorm, averaging } = settings;
  return {
    optimizer: optimizerKernel(optimizer.name),
    labelSmoothing,
    dropout,
    clipNorm,
    maxNorm,
    averages: averaging > 0,
    augmentation: settings.augmentation ?? undefined,
  };
}

/** @throws OptionError unless `seed` is a whole number from 0 to 2³² − 1. */
export function checkSeed(seed: number): void {
  checkWhole("seed", seed, 0, 2 ** 32 - 1);
}

function resolveAugmentation(options: Partial<Augmentation> | undefined): Augmentation | null {
  if (!options) return null;
  const defaults = DEFAULT_AUGMENTATION;
  checkNames("augmentation", options, defaults);
  const { shift = defaults.shift, rotation = defaults.rotation } = options;
  const { scale = defaults.scale, shear = defaults.shear } = options;
  const { elastic = defaults.elastic, smoothness = defaults.smoothness } = options;
  checkRange("augmentation.shift", shift, 0, 1e6);
  checkRange("augmentation.rotation", rotation, 0, 180);
  checkFraction("augmentation.scale", scale);
  checkRange("augmentation.shear", shear, 0, 1e6);
  checkRange("augmentation.elastic", elastic, 0, 1e6);
  // Below a tenth of a pixel nothing is smoothed.
  checkRange("augmentation.smoothness", smoothness, 0.1, 1e4);
  const none = shift === 0 && rotation === 0 && scale === 0 && shear === 0 && elastic === 0;
  return none ? null : { shift, rotation, scale, shear, elastic, smoothness };
}

function resolveEarlyStopping({
  earlyStopping,
  validation,
}: FitOptions): TrainingSettings["earlyStopping"] {
  if (!earlyStopping) return null;
  const { patience, monitor = "loss" } = earlyStopping;
  checkNames("earlyStopping", earlyStopping, { patience, monitor });
  checkWhole("earlyStopping.patience", patience, 0, 1_000_000_000);
  if (monitor !== "loss" && monitor !== "accuracy") {
    throw new OptionError(
      `earlyStopping.monitor is "${String(monitor)}", expected loss or accuracy`,
    );
  }
  if (!validation) {
    throw new OptionError("earlyStopping was given without validation, expected a data set for it");
  }
  return { patience, monitor };
}
