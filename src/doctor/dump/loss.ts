/** The loss of a dump: which one it is, and over what it is summed and divided. */
import { Matrix } from "../../reference/matrix.js";
import { type Chain, show } from "./chain.js";
import { explain, type Factor, type Hypothesis, type Reference } from "./explain.js";
import { distinct, flipped, meanFactors } from "./factors.js";
import type { Dump } from "./orientation.js";
import type { Forward } from "./passes.js";
import { HALF, type Quantity, SINGLE } from "./quantity.js";
import { repeatedLabels, type Targets } from "./targets.js";

export const LOSSES = ["cross-entropy", "binary-cross-entropy", "mean-squared-error"] as const;
export type LossName = (typeof LOSSES)[number];

/** The smallest float32 above 0. */
const LEAST_SINGLE = 2 ** -149;

/** Numbers that programs add to a probability, or raise it to, before they take its logarithm. */
const FLOORS = [1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15];

/** What is minimised, and what the outputs ought to be. */
export interface Objective {
  readonly loss: LossName;
  readonly targets: Targets;
}

/** The losses that may go with a last activation, the usual one first. */
export function lossesFor(output: string): readonly LossName[] {
  if (output === "softmax") return ["cross-entropy", "mean-squared-error"];
  if (output === "sigmoid") return ["binary-cross-entropy", "mean-squared-error"];
  return ["mean-squared-error"];
}

/**
 * Compares the dump's loss with the one that is supposed. Returns what it has too much, for each scale that
 * this loss may have, when nothing explains that: perhaps a penalty on the weights.
 */
export function examineLoss(
  dump: Dump,
  { P }: Forward,
  chain: Chain,
  loss: Quantity,
  { loss: name, targets }: Objective,
): readonly Excess[] {
  const { samples, outputs } = dump;
  const at = loss.name;
  const isNumber = loss.matrix.data.every(Number.isFinite);
  const isList = loss.matrix.data.length > 1;
  // A list of another length is wrong whatever its numbers.
  if (!isNumber && !(isList && loss.matrix.data.length !== samples)) {
    examineNonFinite(loss, P, chain, name);
    return [];
  }
  if (isList) {
    examineMany(dump, P, chain, loss, { loss: name, targets });
    return [];
  }
  const floors = name === "mean-squared-error" ? [] : FLOORS;
  const hypothesis = (floor: { add?: number; clip?: number }): Hypothesis => ({
    mistakes: [],
    compute: () => total(lossesOf(name, P.matrix, targets, floor), name, dump),
  });
  const hypotheses = [
    hypothesis({}),
    ...floors.flatMap((floor) => [hypothesis({ add: floor }), hypothesis({ clip: floor })]),
  ];
  const top = dump.layers[dump.layers.length - 1];
  const sizes = { samples, features: dump.features, outputs, inputs: top.inputs, units: top.units };
  const factors = lossFactors(name, meanFactors(sizes), outputs);
  const options = { factors, roundoff: P.roundoff, from: [P] };
  const found = explain(loss, hypotheses, options);
  if (found?.reason) {
    const { hypothesis: chosen } = found;
    chain.judge(loss, [chosen], { name: at, ...options });
    return [];
  }
  if (targets.areLabels && outputs > 1) {
    const raw = { ...targets, matrix: repeatedLabels(targets, outputs) };
    const mistaken = (floor: { add?: number; clip?: number }): Hypothesis => ({
      mistakes: [
        {
          id: "labels-not-one-hot",
          cause:
            "the label itself stands for every output, where 1 belongs in the label's place and 0 in the others",
        },
      ],
      compute: () => total(lossesOf(name, P.matrix, raw, floor), name, dump),
    });
    const all = [{}, ...floors.flatMap((floor) => [{ add: floor }, { clip: floor }])].map(mistaken);
    if (explain(loss, all, options)?.reason) {
      chain.judge(loss, [hypothesis({}), ...all], { name: at, ...options });
      return [];
    }
  }
  for (const { cause, value } of partialLosses(dump, P, targets, name)) {
    if (Math.abs(loss.matrix.data[0] / value - 1) > 1e-5) continue;
    chain.link(at, "wrong");
    chain.discover({ id: "loss-axis", at, cause, evidence: evidence(loss, value) });
    return [];
  }
  const mean = hypotheses[0].compute().matrix.data[0];
  if (lossScales(name, outputs).some((scale) => isNear(loss.matrix.data[0], scale * mean))) {
    chain.link(at, "right");
    return [];
  }
  const other = otherMeasure(loss, P, targets, name);
  if (other) {
    chain.link(at, "unjudged");
    chain.note(`${at} is the ${other}, while the gradient is that of the squared error`);
    return [];
  }
  return totalScales(name, dump).map((scale, index, all) => ({
    value: loss.matrix.data[0] - scale * mean,
    isSum: index >= all.length / 2,
  }));
}

/** What a loss has too much, relative to a mean or to a sum over the samples. */
export interface Excess {
  readonly value: number;
  readonly isSum: boolean;
}

/** What people print instead of the squared error that they descend. */
function otherMeasure(
  { matrix: { data: found } }: Quantity,
  { matrix: { data } }: Quantity,
  { matrix: { data: targets } }: Targets,
  name: LossName,
): string | undefined {
  if (name !== "mean-squared-error") return undefined;
  let [absolute, squared] = [0, 0];
  for (let at = 0; at < data.length; at++) {
    absolute += Math.abs(data[at] - targets[at]);
    squared += (data[at] - targets[at]) ** 2;
  }
  const is = (value: number) => Math.abs(found[0] / value - 1) < 1e-5;
  if (is(absolute / data.length)) return "mean absolute error";
  return is(Math.sqrt(squared / data.length)) ? "root of the mean squared error" : undefined;
}

/** A loss that is a sum beside a penalty. */
export function reportSummedLoss(loss: Quantity, samples: number, chain: Chain): void {
  const at = loss.name;
  chain.link(at, "wrong");
  chain.discover({
    id: "missing-mean",
    at,
    evidence: `without its penalty ${at} is ${samples} times the mean, and there are ${samples} samples`,
    cause: `the sum over the samples is not divided by ${samples}, the number of samples`,
  });
}

/** A small penalty on the weights, or a logarithm that is kept from 0, makes no more difference than this. */
function isNear(loss: number, expected: number): boolean {
  return Math.abs(loss - expected) <= 1e-4 * Math.abs(expected);
}

/** What `examineLoss` returned, when no penalty explains it. */
export function reportUnexplainedLoss(
  { P }: Forward,
  loss: Quantity,
  { name, excess }: { readonly name: LossName; readonly excess: number },
  chain: Chain,
): void {
  const at = loss.name;
  if (P.origin === "computed") {
    chain.doubt(at, P.name);
    return;
  }
  const found = loss.matrix.data[0];
  if (Math.max(loss.roundoff, P.roundoff) >= HALF) {
    chain.coarse(at);
    return;
  }
  chain.link(at, "wrong");
  chain.discover({
    id: "unexplained",
    at,
    evidence: `${at} is ${show(found)}, expected ${show(found - excess)}, the mean ${name} of the samples`,
    cause: "no mistake that is known reproduces it",
  });
}

/** Each sample's loss: the sum over the outputs, `[samples]`. */
export function lossesOf(
  name: LossName,
  { rows, columns, data }: Matrix,
  { matrix: { data: targets } }: Targets,
  floor: { readonly add?: number; readonly clip?: number } = {},
): Float64Array {
  const { add = 0, clip = 0 } = floor;
  const log = (p: number) => Math.log(Math.max(p, clip) + add);
  const losses = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let index = row * columns; index < (row + 1) * columns; index++) {
      const p = data[index];
      const t = targets[index];
      if (name === "mean-squared-error") losses[row] += (p - t) ** 2;
      else {
        if (t !== 0) losses[row] -= t * log(p);
        if (name === "binary-cross-entropy" && t !== 1) losses[row] -= (1 - t) * log(1 - p);
      }
    }
  }
  return losses;
}

function total(losses: Float64Array, name: LossName, { samples }: Dump): Reference {
  const mean = losses.reduce((sum, value) => sum + value, 0) / samples;
  // A probability that is off by a roundoff makes a logarithm that is off by as much.
  const sensitivity =
    Math.abs(mean) * (1 + Math.sqrt(samples) / 32) + (name === "mean-squared-error" ? 0 : 1);
  return { matrix: new Matrix(1, 1, Float64Array.of(mean)), sensitivity };
}

function lossScales(name: LossName, outputs: number): number[] {
  return name === "cross-entropy" ? [1] : [1, 1 / 2, 1 / outputs, 1 / (2 * outputs)];
}

/** Multiples of the mean that a loss may be, those of the sum in the second half. */
export function totalScales(name: LossName, { outputs, samples }: Dump): number[] {
  const scales = lossScales(name, outputs);
  return [...scales, ...scales.map((scale) => scale * samples)];
}

/** Squares are often halved, and taken with the mean over the outputs as well. */
function lossFactors(name: LossName, factors: Factor[], outputs: number): Factor[] {
  const usual = lossScales(name, outputs);
  const scaled = usual.flatMap((scale) =>
    factors.map((factor) => ({ ...factor, value: factor.value * scale })),
  );
  const everyEntry: Factor[] =
    name === "cross-entropy"
      ? [
          {
            value: 1 / outputs,
            mistakes: [
              {
                id: "mean-by-classes",
                cause: "the mean is over all entries, samples times classes, not over the samples",
              },
            ],
          },
        ]
      : [];
  const all = [...usual.map((value) => ({ value, mistakes: [] })), ...everyEntry, ...scaled];
  return distinct([...all, ...all.map(flipped)]);
}

/** A loss of several numbers: one for each sample is as good as their mean. */
function examineMany(
  dump: Dump,
  P: Quantity,
  chain: Chain,
  loss: Quantity,
  { loss: name, targets }: Objective,
): void {
  const { samples, outputs } = dump;
  const at = loss.name;
  const count = loss.matrix.data.length;
  const link = (verdict: "right" | "wrong") => chain.link(at, verdict);
  if (count === samples) {
    const each = lossesOf(name, P.matrix, targets);
    const matrix = new Matrix(1, samples, each);
    const sensitivity = 4 * Math.sqrt(samples) * (1 + each.reduce((a, b) => Math.max(a, b), 0));
    const factors = lossScales(name, outputs).map((value) => ({ value, mistakes: [] }));
    const found = explain(loss, [{ mistakes: [], compute: () => ({ matrix, sensitivity }) }], {
      factors,
      roundoff: P.roundoff,
    });
    if (found?.reason) {
      link("right");
      chain.note(`${at} holds a number for each sample`);
      return;
    }
  }
  link("wrong");
  chain.discover({
    id: "loss-axis",
    at,
    evidence: `${at} holds ${count} numbers, expected one, the mean over ${samples} samples`,
    cause:
      count === outputs
        ? "the loss is summed over the samples, which leaves a number for each class"
        : count === samples
          ? "the loss is not added up over the samples, only divided by their number"
          : "the loss is summed over the wrong axis",
  });
}

/** Parts of the loss that a wrong axis or index picks out. */
function partialLosses(
  { samples, outputs }: Dump,
  P: Quantity,
  targets: Targets,
  name: LossName,
): { cause: string; value: number }[] {
  const each = lossesOf(name, P.matrix, targets);
  const byClass = new Float64Array(outputs);
  const { data } = P.matrix;
  for (let index = 0; index < data.length; index++) {
    const t = targets.matrix.data[index];
    if (t !== 0) byClass[index % outputs] -= t * Math.log(data[index]);
  }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const first = "the loss is that of the first sample only";
  const firstClass = "the loss is that of the first class only";
  return [
    { value: each[0], cause: first },
    { value: each[0] / samples, cause: first },
    { value: byClass[0], cause: firstClass },
    { value: byClass[0] / samples, cause: firstClass },
    {
      value: sum(each.subarray(0, outputs)) / samples,
      cause: `the loss is that of the first ${outputs} samples, as many as there are classes`,
    },
    {
      value: sum(each.subarray(0, outputs)) / outputs,
      cause: `the loss is that of the first ${outputs} samples, as many as there are classes`,
    },
    { value: Math.max(...byClass) / samples, cause: "the loss is that of one class only" },
    { value: Math.max(...each), cause: "the loss is that of one sample only" },
  ].filter(({ value }) => Number.isFinite(value) && value !== 0);
}

function evidence(loss: Quantity, value: number): string {
  return `${loss.name} is ${show(loss.matrix.data[0])}, which is not the mean over all samples but ${show(value)}`;
}

function examineNonFinite(loss: Quantity, P: Quantity, chain: Chain, name: LossName): void {
  const at = loss.name;
  const { data } = P.matrix;
  if (!data.every(Number.isFinite)) {
    chain.link(at, "unjudged");
    return;
  }
  if (data.some((value) => value < 0)) {
    // The logarithm of a negative number follows from what was taken for a probability.
    chain.link(at, "unjudged");
    return;
  }
  // What is nearly 0 in float64 is 0 in float32.
  const isSingle = P.roundoff >= SINGLE;
  const isZero = (p: number) => p <= (isSingle ? LEAST_SINGLE : 0);
  const isOne = (p: number) => 1 - p <= (isSingle ? SINGLE : 0);
  const isOdd = (p: number) => isZero(p) || (name !== "cross-entropy" && isOne(p));
  const zeros = data.reduce((sum, value) => sum + Number(isOdd(value)), 0);
  const found = loss.matrix.data.find((value) => !Number.isFinite(value));
  chain.link(at, "wrong");
  if (zeros > 0) {
    chain.discover({
      id: "log-of-zero",
      at,
      evidence: `${at} is ${found}; ${zeros} of ${data.length} probabilities are exactly 0${name === "cross-entropy" ? "" : " or 1"}`,
      cause: "the logarithm of 0 is −∞, and 0 · −∞ is not a number",
    });
  } else {
    chain.discover({
      id: "unexplained",
      at,
      evidence: `${at} is ${found}, although every probability is above 0`,
      cause: "no mistake that is known reproduces it",
    });
  }
}
