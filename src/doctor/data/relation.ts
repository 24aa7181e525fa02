/** Whether the labels have anything to do with the samples. */
import type { Dataset } from "../../data/dataset.js";
import { splitDataset } from "../../data/split.js";
import { Mlp } from "../../mlp.js";
import { perceptron } from "../../model/architecture.js";
import type { Examination } from "./examination.js";

/** More samples tell nothing new. */
const MOST_SAMPLES = 6000;
/** Fewer cannot tell. */
const LEAST_SAMPLES = 200;
const HELD_OUT = 0.3;
const EPOCHS = 10;
/** Standard deviations above guessing that chance does not reach. */
const CHANCE = 4;

/** How the small trainings go that look for a relation between inputs and labels. */
export interface RelationOptions {
  /** Chooses their samples and weights, 0 … 2³² − 1; default 0. */
  readonly seed?: number;
  /** Ends the examination; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a softmax regression on part of the samples and compares its accuracy on the rest with that of always
 * saying the most frequent class. Where it is no better, a small network with a hidden layer has its turn, since
 * some relations are not linear.
 */
export async function examineRelation(
  dataset: Dataset,
  { seed = 0, signal }: RelationOptions = {},
): Promise<Examination> {
  const stop = signal ? { signal } : {};
  const used = Math.min(dataset.samples, MOST_SAMPLES);
  const classes = dataset.targets.names.length;
  if (used < LEAST_SAMPLES || classes < 2) {
    return {
      findings: [],
      facts: [`${used} samples are too few to tell whether the labels belong to them`],
    };
  }
  const part =
    used < dataset.samples
      ? splitDataset(dataset, { fraction: used / dataset.samples, seed }).validation
      : dataset;
  const { training, validation } = splitDataset(part, { fraction: HELD_OUT, seed });
  const guess = largestShare(validation);
  const limit = guess + CHANCE * Math.sqrt((guess * (1 - guess)) / validation.samples);
  let best = 0;
  for (const hidden of [[], [32]]) {
    const architecture = perceptron(dataset.features, hidden, classes, "relu");
    using model = await Mlp.create({ architecture, seed, initialization: "he" });
    await model.fit(training, {
      epochs: EPOCHS,
      batchSize: 32,
      optimizer: "adam",
      learningRate: 0.003,
      seed,
      ...stop,
    });
    const { accuracy } = await model.evaluate(validation, stop);
    best = Math.max(best, accuracy);
    if (best > limit) break;
  }
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const evidence = `a small network names ${percent(best)} of ${validation.samples} samples that it has not seen, and always saying the most frequent class ${percent(guess)}`;
  if (best > limit || limit >= 1) return { findings: [], facts: [evidence] };
  return {
    findings: [
      {
        id: "labels-shuffled",
        at: "labels",
        evidence,
        cause: "the labels are not in the order of the samples",
        advice:
          "shuffle inputs and labels by the same permutation, and read both files in the same order",
        value: best,
        threshold: limit,
      },
    ],
    facts: [],
  };
}

function largestShare({ targets, samples }: Dataset): number {
  const counts = targets.names.map(() => 0);
  for (const label of targets.labels) counts[label]++;
  return Math.max(...counts) / samples;
}
