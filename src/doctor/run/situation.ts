/** Where a run stands, which decides what of its layers and steps is worth a word. */
import type { EpochReport } from "../../training/options.js";

/** Of a guess's loss, what a network that has learnt next to nothing has left, and one that has learnt a lot. */
export const UNLEARNT = 0.5;
const LEARNT = 0.1;
/** Relative gain of an epoch below which a run hardly moves. */
const SLOW = 0.1;

export interface Situation {
  /** The loss of a guess. */
  readonly guess: number;
  /** Of the last epoch. */
  readonly loss: number;
  /** Whether the loss is still half of a guess's or more. */
  readonly isUnlearnt: boolean;
  /** Whether it is, or hardly falls although a good part of a guess's loss is left. */
  readonly isStuck: boolean;
}

/** @param epochs those of the run so far, the last one last */
export function situationOf(epochs: readonly EpochReport[], guess: number): Situation {
  const [earlier, { loss }] = [epochs.at(-2)?.loss, epochs[epochs.length - 1]];
  const isUnlearnt = loss >= UNLEARNT * guess;
  const isSlow = earlier !== undefined && loss > (1 - SLOW) * earlier;
  return { guess, loss, isUnlearnt, isStuck: isUnlearnt || (isSlow && loss > LEARNT * guess) };
}
