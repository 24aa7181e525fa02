/** Whether the learning rate suits the dump's parameters and samples. */
import type { DiagnosisId } from "../catalogue.js";
import { type Chain, show } from "./chain.js";
import type { Objective } from "./losses.js";
import type { Dump } from "./orientation.js";
import type { Forward } from "./passes.js";
import { rootMeanSquare } from "./products.js";
import { textbookStep } from "./textbookStep.js";

/** A step may raise the loss by this much before the learning rate is to blame. */
const RISE = { factor: 1.2, least: 0.05 };
/** Nor may it be this many times as long as the weights of a layer are large, and raise the loss at all. */
const MOST_RATIO = 1;
/** A step that promises less of the loss than this takes many thousands of its kind. */
const SMALL_PROMISE = 2e-5;
/** A step this many times as long would overshoot if the rate were of a usual size. */
const LONGER = 10_000;

/** What makes a step useless whatever its length. */
const STEP_CAUSES: readonly DiagnosisId[] = [
  "inputs-constant",
  "zero-initialisation",
  "weights-too-small",
  "weights-too-large",
  "saturated-units",
  "exploding-gradient",
  "vanishing-gradient",
  "overflow",
];

/**
 * Judges the learning rate by the textbook's own step from the dump's parameters, so that other mistakes make no
 * difference: along the gradient the loss of the same samples falls, unless the step is too long.
 */
export function examineRate(
  dump: Dump,
  forward: Forward,
  learningRate: number | undefined,
  { loss, targets }: Objective,
  chain: Chain,
): void {
  if (learningRate === undefined || learningRate <= 0) return;
  if (STEP_CAUSES.some((id) => chain.has(id)) || chain.has("labels-not-one-hot")) return;
  if (chain.has("inputs-unscaled") && isMadeForLargeInputs()) {
    chain.forget("inputs-unscaled", dump.X.name);
    chain.note(`${dump.X.name} is not scaled, and weights and learning rate are made for that`);
    return;
  }
  const scale = chain.has("inputs-unscaled") ? 1 / 255 : chain.has("inputs-scaled-twice") ? 255 : 1;
  const clean = textbookStep(dump, forward, { loss, targets }, scale);
  if (!clean) return;
  const before = clean.lossAfter(0);
  const after = clean.lossAfter(learningRate);
  const rate = show(learningRate);
  const evidence = `a step along the gradient with the learning rate ${rate} takes the loss of its own samples from ${show(before)} to ${show(after)}`;
  /** Whether z is of a usual size, and the step lowers the loss, with the inputs as they are. */
  function isMadeForLargeInputs(): boolean {
    const size = rootMeanSquare(forward.layers[0].Z.matrix);
    if (!(size >= USUAL_SUMS.least && size <= USUAL_SUMS.most)) return false;
    const own = textbookStep(dump, forward, { loss, targets }, 1);
    return own !== undefined && own.lossAfter(learningRate as number) <= own.lossAfter(0);
  }
  const ratio = learningRate * clean.relativeNorm;
  // A step that replaces weights rather than changes them has no business to raise the loss at all.
  const isReplacing = ratio > MOST_RATIO;
  const limit = isReplacing ? before : RISE.factor * before + RISE.least;
  if (!(after <= limit)) {
    chain.discover({
      id: "learning-rate-too-high",
      at: "lr",
      evidence: isReplacing
        ? `${evidence}, and changes the weights of a layer by ${show(Number(ratio.toPrecision(2)))} times their size`
        : evidence,
      cause: "the step is so long that it goes far beyond where the gradient points downhill",
      value: after,
      threshold: limit,
    });
    return;
  }
  const promise = (learningRate * clean.squaredNorm) / before;
  if (promise < SMALL_PROMISE && clean.lossAfter(LONGER * learningRate) < after) {
    chain.discover({
      id: "learning-rate-too-low",
      at: "lr",
      evidence: `${evidence}; one that is ${LONGER} times as long would still go down`,
      cause: "the steps are too short to get anywhere",
      value: promise,
      threshold: SMALL_PROMISE,
    });
  }
}

/** Weighted sums of this size, in the quadratic mean, are neither lost nor saturated. */
const USUAL_SUMS = { least: 0.05, most: 3 } as const;
