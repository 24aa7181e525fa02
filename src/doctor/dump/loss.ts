/** The loss of a dump: which one it is, and over what it is summed and divided. */
import { Matrix } from "../../reference/matrix.js";
import { type Chain, show } from "./chain.js";
import { explain, type Factor, type Hypothesis, type Reference } from "./explain.js";
import { distinct, flipped, meanFactors } from "./factors.js";
import { examineListedLoss } from "./listedLoss.js";
import { type LossName, lossesOf, lossScales, type Objective, totalScales } from "./losses.js";
import { examineNonFinite } from "./nonFiniteLoss.js";
import type { Dump } from "./orientation.js";
import { examinePartialLoss } from "./partialLoss.js";
import type { Forward } from "./passes.js";
import { HALF, type Quantity } from "./quantity.js";
import { NEXT_CLASS, oneHot, repeatedLabels, type Targets } from "./targets.js";

/** Numbers that programs add to a probability, or raise it to, before they take its logarithm. */
const FLOORS = [1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15];

/** What a loss has too much, relative to a mean or to a sum over the samples. */
export interface Excess {
  readonly value: number;
  readonly isSum: boolean;
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
    examineListedLoss(dump, P, chain, loss, { loss: name, targets });
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
  if (targets.kind === "classes" && outputs > 1) {
    const moved = [1, -1].flatMap((by) => {
      const matrix = oneHot(
        targets.labels.map((label) => label + by),
        outputs,
      );
      return [{}, ...floors.map((floor) => ({ add: floor }))].map((floor) => ({
        mistakes: [{ id: "labels-off-by-one", cause: NEXT_CLASS } as const],
        compute: () => total(lossesOf(name, P.matrix, { ...targets, matrix }, floor), name, dump),
      }));
    });
    if (explain(loss, moved, options)?.reason) {
      chain.judge(loss, [hypothesis({}), ...moved], { name: at, ...options });
      return [];
    }
  }
  if (examinePartialLoss(dump, P, chain, loss, { loss: name, targets })) return [];
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

function total(losses: Float64Array, name: LossName, { samples }: Dump): Reference {
  const mean = losses.reduce((sum, value) => sum + value, 0) / samples;
  // A probability that is off by a roundoff makes a logarithm that is off by as much.
  const sensitivity =
    Math.abs(mean) * (1 + Math.sqrt(samples) / 32) + (name === "mean-squared-error" ? 0 : 1);
  return { matrix: new Matrix(1, 1, Float64Array.of(mean)), sensitivity };
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
