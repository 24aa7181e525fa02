/** What the losses of a run show, epoch after epoch. */
import type { EpochReport } from "../../training/options.js";
import type { Finding } from "../finding.js";
import { LOUD } from "./guess.js";
import { UNLEARNT } from "./situation.js";

/** A loss this many times as high as before the first step has gone astray. */
const DIVERGED = 1.5;
/** Epochs that a plateau, or a zigzag, must last to be told from chance. */
const PLATEAU_EPOCHS = 5;
const ZIGZAG_EPOCHS = 6;
/** What those epochs must have gained, relatively, or may have lost. */
const LEAST_GAIN = 0.002;
const MOST_LOSS = 0.05;
/** Changes of direction among them, and their size relative to the loss. */
const TURNS = 4;
const ZIGZAG = 0.1;
/** Of a guess's loss, what must be left for a zigzag to matter. */
const MATERIAL = 0.1;
/** A validation loss this many times the lowest one, for as many epochs, while the training loss falls. */
const OVERFITTED = 1.25;
const OVERFITTED_EPOCHS = 3;

/** Losses to compare with. */
export interface Baseline {
  /** Of a guess. */
  readonly guess: number;
  /** Before the first step; 0 where nobody knows. */
  readonly initial: number;
}

export function examineLosses(epochs: readonly EpochReport[], baseline: Baseline): Finding[] {
  const { guess } = baseline;
  return [
    ...divergence(epochs, baseline),
    ...plateau(epochs, guess),
    ...oscillation(epochs, guess),
    ...overfitting(epochs),
  ];
}

function divergence(epochs: readonly EpochReport[], { guess, initial }: Baseline): Finding[] {
  const { loss: last } = epochs[epochs.length - 1];
  // The first epoch's loss may still be that of the start, of which is known what it was, or that it was not loud.
  const start = epochs.length > 1 ? Math.max(guess, initial, epochs[0].loss) : initial;
  const limit = DIVERGED * (start || LOUD * guess);
  if (last <= limit) return [];
  const before = start
    ? `was about ${start.toFixed(3)} ${start === initial ? "before the first step" : "at first"}`
    : `a guess costs ${guess.toFixed(3)}`;
  return [
    {
      id: "divergence",
      at: "loss",
      evidence: `the loss is ${last.toFixed(3)}, and ${before}`,
      cause: "the steps are so long that they lead away from where the loss is low",
      advice: "a tenth of the learning rate, or limit the gradient's norm",
      value: last,
      threshold: limit,
    },
  ];
}

function plateau(epochs: readonly EpochReport[], guess: number): Finding[] {
  if (epochs.length <= PLATEAU_EPOCHS) return [];
  const losses = epochs.map(({ loss }) => loss);
  const before = Math.min(...losses.slice(0, -PLATEAU_EPOCHS));
  const after = Math.min(...losses.slice(-PLATEAU_EPOCHS));
  const gain = (before - after) / before;
  // What gets worse diverges, and does not stand still.
  if (gain >= LEAST_GAIN || gain < -MOST_LOSS || after < UNLEARNT * guess) return [];
  return [
    {
      id: "plateau",
      at: "loss",
      evidence: `${PLATEAU_EPOCHS} epochs took the loss from ${before.toFixed(4)} to ${after.toFixed(4)}; a guess costs ${guess.toFixed(4)}`,
      cause: "the network does not learn any more, and has hardly learnt anything",
      advice:
        "a higher learning rate, other initial weights, and wasmlp doctor data for the labels",
      value: gain,
      threshold: LEAST_GAIN,
    },
  ];
}

function oscillation(epochs: readonly EpochReport[], guess: number): Finding[] {
  const losses = epochs.slice(-ZIGZAG_EPOCHS - 1).map(({ loss }) => loss);
  if (losses.length <= ZIGZAG_EPOCHS) return [];
  const steps = losses.slice(1).map((loss, index) => loss - losses[index]);
  const turns = steps.slice(1).filter((step, index) => step * steps[index] < 0).length;
  const size = steps.reduce((sum, step) => sum + Math.abs(step), 0) / steps.length;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  if (turns < TURNS || size < ZIGZAG * mean || mean < MATERIAL * guess) return [];
  return [
    {
      id: "oscillation",
      at: "loss",
      evidence: `in ${ZIGZAG_EPOCHS} epochs the loss turned ${turns} times, by ${size.toFixed(3)} in the mean of ${mean.toFixed(3)}`,
      cause: "the steps jump over the valley from one side to the other",
      advice: "lower the learning rate, let it fall with a schedule, or take larger batches",
      value: size / mean,
      threshold: ZIGZAG,
    },
  ];
}

function overfitting(epochs: readonly EpochReport[]): Finding[] {
  const checked = epochs.map(({ validationLoss = Number.POSITIVE_INFINITY }) => validationLoss);
  const least = Math.min(...checked);
  const best = epochs[checked.indexOf(least)];
  const recent = checked.slice(-OVERFITTED_EPOCHS);
  const last = epochs[epochs.length - 1];
  const isRising =
    Number.isFinite(least) &&
    epochs.length > OVERFITTED_EPOCHS &&
    recent.every((loss) => loss > OVERFITTED * least);
  if (!isRising || !best || last.loss >= best.loss) return [];
  return [
    {
      id: "overfitting",
      at: "validation",
      evidence: `the validation loss is ${checked[checked.length - 1].toFixed(3)} and was ${least.toFixed(3)} after epoch ${best.epoch}, while the training loss fell from ${best.loss.toFixed(3)} to ${last.loss.toFixed(3)}`,
      cause: "what is learnt now holds for the training samples only",
      advice: "use --early-stopping, dropout or distorted images, fewer units, or more samples",
      value: checked[checked.length - 1] / least,
      threshold: OVERFITTED,
    },
  ];
}
