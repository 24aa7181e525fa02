/** Whether the learning rate suits the dump's parameters and samples. */
import type { DiagnosisId } from "../catalogue.js";
import { type Chain, show } from "./chain.js";
import type { Objective } from "./losses.js";
import type { Dump } from "./orientation.js";
import type { Forward } from "./passes.js";
import { rootMeanSquare } from "./products.js";
import { oneHot, type Targets } from "./targets.js";
import { freshParameters, ownParameters, textbookStep } from "./textbookStep.js";

/** A step may raise the loss by this much before the learning rate is to blame. */
const RISE = { factor: 1.2, least: 0.05 };
/** A step that promises less of the loss than this takes many thousands of its kind. */
const SMALL_PROMISE = 2e-5;
/** A step this many times as long would overshoot if the rate were of a usual size. */
const LONGER = 10_000;

/** What makes a step useless whatever its length, as long as these weights are not replaced. */
const STEP_CAUSES: readonly DiagnosisId[] = [
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
 * difference: along the gradient the loss of the same samples falls, unless the step is too long. Where the
 * parameters themselves are to blame, they are replaced by others of a usual size first.
 */
export function examineRate(
  dump: Dump,
  forward: Forward,
  learningRate: number | undefined,
  { loss, targets }: Objective,
  chain: Chain,
): void {
  if (learningRate === undefined || learningRate <= 0) return;
  if (chain.has("inputs-constant")) return;
  const isBroken = STEP_CAUSES.some((id) => chain.has(id));
  if (chain.has("inputs-unscaled") && isMadeForLargeInputs()) {
    chain.forget("inputs-unscaled", dump.X.name);
    chain.note(`${dump.X.name} is not scaled, and weights and learning rate are made for that`);
    return;
  }
  const scale = chain.has("inputs-unscaled") ? 1 / 255 : chain.has("inputs-scaled-twice") ? 255 : 1;
  const right = chain.has("labels-not-one-hot") ? oneHotTargets(targets, dump.outputs) : targets;
  const parameters = isBroken ? freshParameters(dump, forward) : ownParameters(dump);
  const clean = textbookStep(dump, forward, { loss, targets: right }, { parameters, scale });
  if (!clean) return;
  const before = clean.lossAfter(0);
  const after = clean.lossAfter(learningRate);
  const rate = show(learningRate);
  const from = isBroken ? ", from weights of a usual size," : "";
  const evidence = `a step along the gradient with the learning rate ${rate}${from} takes the loss of its own samples from ${show(before)} to ${show(after)}`;
  /** Whether z is of a usual size, and the step lowers the loss, with the inputs as they are. */
  function isMadeForLargeInputs(): boolean {
    const size = rootMeanSquare(forward.layers[0].Z.matrix);
    if (!(size >= USUAL_SUMS.least && size <= USUAL_SUMS.most)) return false;
    const own = textbookStep(
      dump,
      forward,
      { loss, targets },
      { parameters: ownParameters(dump), scale: 1 },
    );
    return own !== undefined && own.lossAfter(learningRate as number) <= own.lossAfter(0);
  }
  const limit = RISE.factor * before + RISE.least;
  if (!(after <= limit)) {
    chain.discover({
      id: "learning-rate-too-high",
      at: "lr",
      evidence,
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

/** What the targets ought to be, as far as their labels tell. */
function oneHotTargets({ labels }: Targets, outputs: number): Targets {
  return { kind: "classes", matrix: oneHot(labels, outputs), labels, areLabels: false };
}
