/**
 * What is minimised, where that is a variation on the usual losses which is no mistake: smoothed targets,
 * samples that count for more than others, and losses of the distance such as Huber's. The numbers show it:
 * ∂L/∂z of the last layer, or else what follows from that.
 */
import type { Matrix } from "../../reference/matrix.js";
import { type Chain, show } from "./chain.js";
import { explain } from "./explain.js";
import { outputFactors, scalesOf, sizesOf } from "./factors.js";
import { lossesOf, type Objective, totalScales } from "./losses.js";
import type { Dump } from "./orientation.js";
import type { Forward } from "./passes.js";
import { dot, isFiniteArray, multiplyTransposed, norm } from "./products.js";
import { HALF } from "./quantity.js";
import { columnSums, combine } from "./references.js";
import { isRound } from "./round.js";
import type { Targets } from "./targets.js";

export interface Variation {
  /** Smoothed, if they are. */
  readonly targets: Targets;
  /** What ∂L/∂z of each sample is multiplied by, when samples count differently. */
  readonly weights: Float64Array | undefined;
  /** Whether ∂L/∂z is a function of outputs − targets that is no multiple of it. */
  readonly isOfDistance: boolean;
}

/** How much of the target people give to the other classes. */
const SMOOTHING = { least: 0.005, most: 0.5 } as const;
/** Relative differences that are rounding. */
const TOLERANCE = 2e-4;
/** Fewer numbers than these follow any law. */
const LEAST_NUMBERS = 8;

export function variationOf(
  dump: Dump,
  forward: Forward,
  { loss, targets }: Objective,
  chain: Chain,
): Variation {
  const plain: Variation = { targets, weights: undefined, isOfDistance: false };
  const { layers, P, output } = forward;
  const last = layers[layers.length - 1];
  const { dZ } = last.dump;
  if (forward.misused || !isFiniteArray(P.matrix.data)) return plain;
  if (Math.max(P.roundoff, dZ?.roundoff ?? 0) >= HALF) return plain;
  const difference = combine(P.matrix, targets.matrix, (p, t) => p - t);
  if (dZ && isFiniteArray(dZ.matrix.data)) {
    const factors = outputFactors(sizesOf(dump, last.dump), loss, dump.samples);
    const sensitivity = norm(P.matrix.data) + norm(targets.matrix.data);
    const direct = { mistakes: [], compute: () => ({ matrix: difference, sensitivity }) };
    if (explain(dZ, [direct], { factors, roundoff: P.roundoff })?.reason) return plain;
  }
  if (loss !== "mean-squared-error") {
    const smoothed = smoothedTargets(dump, forward, { loss, targets }, difference);
    if (smoothed) {
      const { share } = smoothed;
      chain.note(`the targets are smoothed: ${show(share)} of each is spread over all classes`);
      return { ...plain, targets: smoothed.targets };
    }
    const weights = dZ && weightsOf(dZ.matrix, difference, targets);
    if (weights) {
      chain.note(`the samples count differently in ${dZ.name}, as with class weights`);
      return { ...plain, weights };
    }
    return plain;
  }
  const isIdentity = output !== "softmax" && output.name === "identity";
  const isOfDistance =
    isIdentity && dZ !== undefined && isIncreasing(difference.data, dZ.matrix.data);
  if (isOfDistance) {
    chain.note(
      `${dZ.name} is a function of outputs − targets, as of an absolute error or Huber's loss`,
    );
  }
  return { ...plain, isOfDistance };
}

/** Targets (1 − ε)·t + ε/K, with the ε that ∂L/∂z, the last layer's gradients or the loss show. */
function smoothedTargets(
  dump: Dump,
  { layers, P, output }: Forward,
  { loss, targets }: Objective,
  difference: Matrix,
): { readonly targets: Targets; readonly share: number } | undefined {
  if (targets.kind !== "classes") return undefined;
  const classes = output === "softmax" ? dump.outputs : 2;
  const uniform = combine(targets.matrix, targets.matrix, () => 1 / classes);
  const lack = combine(targets.matrix, uniform, (t, u) => t - u);
  const { dump: last, input } = layers[layers.length - 1];
  const result = (share: number | undefined) => {
    if (share === undefined || share < SMOOTHING.least || share > SMOOTHING.most) return undefined;
    const matrix = combine(targets.matrix, lack, (t, l) => t - share * l);
    return { share, targets: { ...targets, matrix } };
  };
  const scales = scalesOf(loss, dump.outputs).flatMap((scale) => [scale, scale / dump.samples]);
  const signed = scales.flatMap((scale) => [scale, -scale]);
  const { dZ, dW, db } = last;
  if (dZ) return result(shareIn(dZ.matrix.data, difference.data, lack.data, signed));
  if (dW && isFiniteArray(input.matrix.data)) {
    const through = (matrix: Matrix) => multiplyTransposed(input.matrix, matrix).data;
    return result(shareIn(dW.matrix.data, through(difference), through(lack), signed));
  }
  if (db) {
    const through = (matrix: Matrix) => columnSums(matrix).matrix.data;
    return result(shareIn(db.matrix.data, through(difference), through(lack), signed));
  }
  const [stated] = dump.losses;
  if (stated?.matrix.data.length !== 1) return undefined;
  const mean = (of: Targets) =>
    lossesOf(loss, P.matrix, of).reduce((sum, value) => sum + value, 0) / dump.samples;
  const hard = mean(targets);
  const soft = mean({ ...targets, matrix: uniform });
  const shares = totalScales(loss, dump).map(
    (scale) => (stated.matrix.data[0] / scale - hard) / (soft - hard),
  );
  return result(shares.find((share) => isRound(share, 1e-3)));
}

/** ε of found = scale·(plain + ε·lack), where nothing else is in it. */
function shareIn(
  found: Float64Array,
  plain: Float64Array,
  lack: Float64Array,
  scales: readonly number[],
): number | undefined {
  const squares = dot(lack, lack);
  if (found.length !== plain.length || squares === 0) return undefined;
  for (const scale of scales) {
    const excess = found.map((value, at) => value / scale - plain[at]);
    const share = dot(excess, lack) / squares;
    const rest = excess.map((value, at) => value - share * lack[at]);
    if (share >= SMOOTHING.least && norm(rest) <= TOLERANCE * norm(excess)) return share;
  }
  return undefined;
}

/**
 * Factors s of dZ = s ⊙ (P − T), one for each sample. Of one or two outputs any numbers would give some;
 * there they have to be the same for each sample of a class.
 */
function weightsOf(dZ: Matrix, difference: Matrix, { labels, kind }: Targets) {
  const { rows, columns } = dZ;
  if (kind !== "classes" || rows < LEAST_NUMBERS) return undefined;
  const row = (of: Matrix, index: number) =>
    of.data.subarray(index * columns, (index + 1) * columns);
  const weights = new Float64Array(rows);
  const largest = norm(difference.data) / Math.sqrt(rows);
  const ofClass = new Map<number, number>();
  let isByClass = true;
  for (let index = 0; index < rows; index++) {
    const [found, plain] = [row(dZ, index), row(difference, index)];
    const size = norm(plain);
    const weight = dot(found, plain) / size ** 2;
    const rest = found.map((value, at) => value - weight * plain[at]);
    if (size < 1e-3 * largest) continue;
    if (!(weight > 0) || norm(rest) > 1e-3 * weight * size) return undefined;
    weights[index] = weight;
    const key = columns === 1 ? Number(plain[0] < 0) : labels[index];
    const usual = ofClass.get(key) ?? weight;
    ofClass.set(key, usual);
    if (Math.abs(weight / usual - 1) > 1e-2) isByClass = false;
  }
  if (columns < 3 && (!isByClass || ofClass.size < 2)) return undefined;
  const used = weights.filter((weight) => weight > 0);
  return Math.max(...used) / Math.min(...used) > 1 + 4 * TOLERANCE ? weights : undefined;
}

/** Whether y grows with x and has its sign. */
function isIncreasing(x: Float64Array, y: Float64Array): boolean {
  if (x.length !== y.length || x.length < LEAST_NUMBERS) return false;
  const order = Array.from(x.keys()).sort((a, b) => x[a] - x[b]);
  const slack = 1e-6 * norm(y);
  return order.every(
    (at, index) =>
      (index === 0 || y[at] >= y[order[index - 1]] - slack) &&
      (Math.abs(y[at]) <= slack || Math.sign(y[at]) === Math.sign(x[at])),
  );
}

/** Whether a loss is the sum of the samples' losses, each times its weight, or the mean of that. */
export function isWeightedLoss(
  found: number,
  { P }: Forward,
  { loss, targets }: Objective,
  weights: Float64Array,
): boolean {
  const losses = lossesOf(loss, P.matrix, targets, { clip: 1e-300 });
  const sum = dot(losses, weights);
  return [1, 1 / weights.length].some((scale) => Math.abs(found / (scale * sum) - 1) < TOLERANCE);
}
