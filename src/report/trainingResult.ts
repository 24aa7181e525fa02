/** The block at the end of a training run: how good, how fast, where the model is, what next. */
import type { ValueReport } from "../training/options.js";
import { type Fact, facts } from "./facts.js";
import { count, duration, percentWithError, shortCount } from "./numbers.js";
import type { Layout } from "./table.js";
import { valueFacts } from "./valueFacts.js";

export interface TrainingResult {
  /** The name of the data set that the model was tested on. */
  readonly testSet: string;
  readonly testSamples: number;
  /** Of classes. */
  readonly testCorrect?: number;
  /** Of values. */
  readonly testValues?: readonly ValueReport[];
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
  const { seconds, samplesPerSecond, next } = result;
  const { restoredEpoch, savedIn } = result;
  return facts(
    [
      ...scores(result),
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

function scores({ testSet, testSamples, testCorrect = 0, testValues }: TrainingResult): Fact[] {
  if (testValues) return valueFacts(testValues, `${count(testSamples)} rows, ${testSet}`, "Test ");
  return [
    {
      name: "Test accuracy",
      value: percentWithError(testCorrect, testSamples),
      note: `${count(testCorrect)} of ${count(testSamples)}, ${testSet}`,
      highlight: true,
    },
  ];
}
