/** Whether a step goes where the gradient says, and as far as the learning rate says. */
import { type Chain, show } from "./chain.js";
import type { Dump } from "./orientation.js";
import { hasGradient, type Step } from "./parameterStep.js";
import { HALF } from "./quantity.js";
import type { StepLength } from "./stepLength.js";

/** Relative tolerance of rates where numbers have 16 bits. */
const COARSE = 0.3;
/** Steps that rounding may have changed by more than this are not judged. */
export const MOST_UNCERTAIN = 0.1;

/** A step of a length that is explained may still go the wrong way. */
export function judgeLength(
  { name, layer, parameter }: Step,
  { sign }: StepLength,
  isTurned: boolean,
  chain: Chain,
): void {
  const isRight = sign > 0 || isTurned;
  chain.link(name, isRight ? "right" : "wrong");
  if (isRight) return;
  const old = `${parameter === "weights" ? "W" : "b"}${layer.dump.index}`;
  chain.discover({
    id: "update-sign",
    at: name,
    evidence: `every entry of ${name} lies on that side of ${old} to which d${old} points`,
    cause: "the gradient is added, and the step climbs",
  });
}

interface Surroundings {
  readonly dump: Dump;
  readonly steps: readonly Step[];
  /** Multiples of the learning rate that are right. */
  readonly right: readonly number[];
  /** Clipped gradients may be sums as well as means. */
  readonly isClipped: boolean;
}

export function judgeStep(
  { name, layer, parameter, rate, uncertainty, isUnchanged }: Step,
  learningRate: number | undefined,
  isTurned: boolean,
  { dump, steps: all, right, isClipped }: Surroundings,
  chain: Chain,
): void {
  const { index } = layer.dump;
  if (isClipped && !hasGradient({ layer, parameter })) {
    chain.link(name, "unjudged");
    return;
  }
  const old = parameter === "weights" ? `W${index}` : `b${index}`;
  const gradient = `d${old}`;
  if (isUnchanged) {
    if (learningRate === 0) return;
    const others = all.filter((step) => step.layer === layer && step.parameter !== parameter);
    const wholeLayer = parameter === "weights" || others.some((step) => step.isUnchanged);
    if (parameter === "biases" && others.some((step) => step.isUnchanged)) return;
    chain.link(name, "wrong");
    chain.discover({
      id: wholeLayer ? "layer-not-updated" : "bias-not-updated",
      at: name,
      evidence: `${name} is ${old} to the last bit, although ${gradient} is not 0`,
      cause: wholeLayer
        ? `the weights of layer ${index} are left as they were`
        : `the biases of layer ${index} are left as they were`,
    });
    return;
  }
  const isCoarse = Math.max(layer.dump.W.roundoff, layer.dump.dW?.roundoff ?? 0) >= HALF;
  const limit = isCoarse ? MOST_UNCERTAIN / 10 : MOST_UNCERTAIN;
  if (rate === undefined || uncertainty > limit || learningRate === undefined) {
    chain.link(name, "unjudged");
    return;
  }
  const ratio = (isTurned ? -rate : rate) / learningRate;
  const tolerance = Math.max(1e-3, 4 * uncertainty, isCoarse ? COARSE : 0);
  const is = (value: number) => Math.abs(ratio / value - 1) <= tolerance;
  const { samples } = dump;
  const mayBeSum = layer.sums[parameter] || isClipped;
  if (right.some(is) || (mayBeSum && (is(1 / samples) || is(-1 / samples)))) {
    chain.link(name, "right");
    return;
  }
  chain.link(name, "wrong");
  const evidence = `${name} is ${old} ${rate < 0 ? "+" : "−"} ${show(Math.abs(rate))} · ${gradient}, expected ${old} ${isTurned ? "+" : "−"} ${show(learningRate)} · ${gradient}`;
  if (ratio < 0) {
    chain.discover({
      id: "update-sign",
      at: name,
      evidence,
      cause: "the gradient is added, and the step climbs",
    });
  }
  if (is(-1)) return;
  // With momentum one step may happen to be a multiple of its gradient.
  if (all.some((step) => step.rate === undefined && !step.isUnchanged)) return;
  const isCommon = all.every((step) => Math.abs((step.rate ?? 0) / rate - 1) <= 2 * tolerance);
  chain.discover({
    id: "update-scale",
    at: name,
    evidence,
    cause: scaleCause(Math.abs(rate), Math.abs(ratio), { ...dump, tolerance, isCommon }),
  });
}

/** First steps of moving averages of gradients that begin at 0, relative to the learning rate: 1 − β. */
const FIRST_AVERAGES = [0.9, 0.95, 0.99, 0.999] as const;

interface Scale {
  readonly samples: number;
  readonly features: number;
  readonly tolerance: number;
  /** Whether the steps of all parameters have it. */
  readonly isCommon: boolean;
}

/** @param ratio of the step's rate to the learning rate */
function scaleCause(
  rate: number,
  ratio: number,
  { samples, features, tolerance, isCommon }: Scale,
): string {
  const near = (value: number, target: number) => Math.abs(value / target - 1) <= tolerance;
  if (near(ratio, 1 / samples))
    return `the step is divided by ${samples}, the number of samples, once more`;
  if (near(ratio, samples)) return `the step is multiplied by ${samples}, the number of samples`;
  if (near(ratio, 1 / features))
    return `the step is divided by ${features}, the number of features`;
  if (near(rate, 1)) return "the learning rate is left out";
  const average = isCommon ? FIRST_AVERAGES.find((beta) => near(ratio, 1 - beta)) : undefined;
  // Numbers of one step cannot tell the two apart.
  if (average !== undefined) {
    return `either the learning rate is divided by ${Math.round(1 / (1 - average))} somewhere, or this is the first step of a moving average of gradients with β = ${average} that begins at 0, which would be right: the second step tells, as an average's is no multiple of its gradient`;
  }
  return `the step is ${show(ratio)} times as long as the learning rate has it`;
}
