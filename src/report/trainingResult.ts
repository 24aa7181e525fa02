/** The block at the end of a training run: how good, how fast, where the model is, what next. */
import { facts } from "./facts.js";
import { count, duration, percentWithError, shortCount } from "./numbers.js";
import type { Layout } from "./table.js";

export interface TrainingResult {
  /** The name of the data set that the model was tested on. */
  readonly testSet: string;
  readonly testSamples: number;
  readonly testCorrect: number;
  /** The epoch that early stopping went back to. */
  readonly restoredEpoch?: number | undefined;
  /** Time of the training steps. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** Where the model was saved, if it was. */
  readonly savedIn?: string | undefined;
  /** How to go on from here: a command or a hint. */
  readonly next: string;
}

export function trainingResult(result: TrainingResult, layout: Layout): string {
  const { testSet, testSamples, testCorrect, seconds, samplesPerSecond, next } = result;
  const { restoredEpoch, savedIn } = result;
  return facts(
    [
      {
        name: "Test accuracy",
        value: percentWithError(testCorrect, testSamples),
        note: `${count(testCorrect)} of ${count(testSamples)}, ${testSet}`,
        highlight: true,
      },
      {
        name: "Training time",
        value: duration(seconds),
        note: `${shortCount(samplesPerSecond)} samples/s`,
      },
      ...(restoredEpoch === undefined
        ? []
        : [{ name: "Best epoch", value: `${restoredEpoch}, whose weights were restored` }]),
      { name: "Model", value: savedIn === undefined ? "not saved" : `saved in ${savedIn}` },
      { name: "Next", value: next },
    ],
    layout,
  );
}
