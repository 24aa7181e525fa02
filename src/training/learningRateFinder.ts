/**
 * Finds a learning rate: a few steps are trained at rates that rise geometrically, until the loss
 * explodes; where it fell fastest is a good rate. Smith, "Cyclical Learning Rates for Training Neural
 * Networks" (WACV 2017), section 3.3.
 */
import { checkOptions } from "../arguments.js";
import { checkDataset, type Dataset, type Targets } from "../data/dataset.js";
import { OptionError } from "../errors.js";
import type { Network } from "../model/network.js";
import { Session } from "../model/session.js";
import { AdamCorrections } from "./optimizers.js";
import type { FitOptions } from "./options.js";
import { copyParameters, restoreParameters } from "./parameters.js";
import {
  FIT_OPTIONS,
  learningOf,
  resolveFitOptions,
  type TrainingSettings,
} from "./resolveOptions.js";
import { takeForTraining } from "./trainee.js";

/** Between which rates is searched, and how is trained meanwhile. */
export interface FindLearningRateOptions
  extends Pick<
    FitOptions,
    | "batchSize"
    | "optimizer"
    | "weightDecay"
    | "clipNorm"
    | "maxNorm"
    | "labelSmoothing"
    | "dropout"
    | "augmentation"
    | "seed"
    | "signal"
  > {
  /** The first rate; default 1e-5. */
  readonly lowest?: number;
  /** The last one; default 10. */
  readonly highest?: number;
  /** Steps to train, at most those of an epoch; default 200. */
  readonly steps?: number;
}

/** Those of a `fit` may come along. */
const OPTIONS = {
  ...FIT_OPTIONS,
  lowest: "number",
  highest: "number",
  steps: "number",
} as const satisfies Record<keyof FindLearningRateOptions, string>;

/** What the steps up to the explosion showed. */
export interface LearningRateCurve {
  /** One for each step, rising. */
  readonly rates: readonly number[];
  /** Mean loss of each step's batch, smoothed. */
  readonly losses: readonly number[];
  /** The rate to take; undefined where the loss never fell. */
  readonly suggestion: number | undefined;
}

/** Steps below which a curve says nothing. */
const FEWEST_STEPS = 20;
/** Weight of the past in the smoothed loss. */
const SMOOTHING = 0.9;
/** Steps after which the smoothed loss no longer follows each batch. */
const SETTLING = 10;
/** Steps to either side over which a slope is taken. */
const WINDOW = 3;
/** The curve ends where the loss is this many times the lowest. */
const EXPLOSION = 4;

/**
 * Leaves the network as it was.
 *
 * @throws OptionError when an option is out of range, there are too few batches, or the model is being trained.
 */
export async function findLearningRate(
  network: Network,
  dataset: Dataset<Targets>,
  options: FindLearningRateOptions = {},
): Promise<LearningRateCurve> {
  checkDataset(dataset);
  checkOptions("findLearningRate", options, OPTIONS);
  const { lowest = 1e-5, highest = 10, steps = 200 } = options;
  if (!(lowest > 0 && highest > lowest && Number.isFinite(highest))) {
    throw new OptionError(
      `the rates go from ${lowest} to ${highest}, expected 0 < lowest < highest`,
    );
  }
  const settings = resolveFitOptions(options, dataset.samples);
  const release = takeForTraining(network, "findLearningRate");
  try {
    return await climb(network, dataset, settings, { ...options, lowest, highest, steps });
  } finally {
    release();
  }
}

/** Trains at rates from the lowest to the highest, and puts the parameters back. */
async function climb(
  network: Network,
  dataset: Dataset<Targets>,
  settings: TrainingSettings,
  ladder: FindLearningRateOptions &
    Required<Pick<FindLearningRateOptions, "lowest" | "highest" | "steps">>,
): Promise<LearningRateCurve> {
  const { lowest, highest, steps: wanted, signal } = ladder;
  const before = copyParameters(network);
  const session = await Session.create(network, dataset, {
    batchSize: settings.batchSize,
    order: settings.batchSize < dataset.samples ? "shuffled" : "stored",
    learning: learningOf({ ...settings, averaging: 0 }),
  });
  try {
    const steps = Math.min(Math.floor(wanted), session.steps);
    if (!(steps >= FEWEST_STEPS)) {
      throw new OptionError(
        `${dataset.name}: ${steps} batches of ${settings.batchSize}, expected at least ${FEWEST_STEPS} to find a learning rate`,
      );
    }
    const rates = rateLadder(lowest, highest, steps);
    const { momentum, secondMomentum, epsilon } = settings.optimizer;
    const corrections = new AdamCorrections(settings.optimizer, 0);
    rates.forEach((learningRate, step) => {
      session.writeSettings(step, {
        learningRate,
        retained: Math.max(0, 1 - learningRate * settings.weightDecay),
        momentum,
        secondMomentum,
        epsilon,
        ...corrections.next(),
        averaging: 0,
      });
    });
    session.startEpoch(settings.seed, 0);
    await session.run({ signal, steps });
    const losses = rates.map((_, step) => session.totals(step, 1).loss / session.batchSize);
    return readCurve(rates, losses);
  } finally {
    if (!network.disposed) restoreParameters(network, before);
    session.free();
  }
}

/** `steps` rates in geometric progression. */
export function rateLadder(lowest: number, highest: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, step) => {
    return lowest * (highest / lowest) ** (step / Math.max(1, steps - 1));
  });
}

/** Smooths the losses, cuts off the explosion, and finds where they fell fastest. */
export function readCurve(rates: readonly number[], losses: readonly number[]): LearningRateCurve {
  const smoothed: number[] = [];
  let average = 0;
  let weight = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (const loss of losses) {
    average = SMOOTHING * average + (1 - SMOOTHING) * loss;
    weight = SMOOTHING * weight + (1 - SMOOTHING);
    const value = average / weight;
    if (!(value <= EXPLOSION * lowest || lowest === Number.POSITIVE_INFINITY)) break;
    if (!Number.isFinite(value)) break;
    smoothed.push(value);
    lowest = Math.min(lowest, value);
  }
  return {
    rates: rates.slice(0, smoothed.length),
    losses: smoothed,
    suggestion: steepest(rates, smoothed),
  };
}

/** The rate of the steepest fall, and at most a third of that of the lowest loss. */
function steepest(rates: readonly number[], losses: readonly number[]): number | undefined {
  const bottom = losses.indexOf(Math.min(...losses));
  let best: number | undefined;
  let fall = 0;
  for (let step = SETTLING + WINDOW; step + WINDOW <= bottom; step++) {
    const slope = losses[step + WINDOW] - losses[step - WINDOW];
    if (slope < fall) {
      fall = slope;
      best = step;
    }
  }
  return best === undefined ? undefined : Math.min(rates[best], rates[bottom] / 3);
}
