/**
 * Dropout of inputs that the dump does not show, because X was dumped before it. Nobody can tell which inputs were
 * left out, but all sums over them carry the same noise: of Σ x·m·w, where the factors m have a mean α and a
 * variance q, what is beyond α·Σ x·w has the variance q·Σ x²·w².
 */
import type { Matrix } from "../../reference/matrix.js";
import { type Chain, show } from "./chain.js";
import type { Backward, Forward } from "./passes.js";
import { dot, isFiniteArray, multiply, multiplyTransposed } from "./products.js";
import { combine } from "./references.js";

/** Variances of the factors: of what is left out with a probability of 2 % up to 90 %. */
const LEAST_VARIANCE = 0.02;
const MOST_VARIANCE = 9;
/** By how much an estimate of a mean or, relatively, of a variance may be off by chance. */
const MEAN_TOLERANCE = 0.1;
const VARIANCE_TOLERANCE = 0.3;
/** Fewer sums tell nothing of a variance. */
const LEAST_SUMS = 200;

/** Takes findings back that dropout of the inputs explains. */
export function examineInputDropout(forward: Forward, backward: Backward, chain: Chain): void {
  const differs = (name: string) => chain.has("unexplained", name);
  const [{ input, dump, Z }] = forward.layers;
  if (!differs("Z1") || dump.b === undefined || dump.b.matrix.rows !== 1) return;
  const squares = squared(input.matrix);
  const bias = dump.b.matrix.data;
  const sums = combine(Z.matrix, Z.matrix, (z) => z);
  for (let at = 0; at < sums.data.length; at++) sums.data[at] -= bias[at % bias.length];
  const inZ = noiseOf(
    sums,
    multiply(input.matrix, dump.W.matrix),
    multiply(squares, squared(dump.W.matrix)),
  );
  if (!inZ || !isDropout(inZ)) return;
  const { dW, dZ } = backward.layers[0];
  if (differs("dW1")) {
    if (!dW || !dZ) return;
    const inW = noiseOf(
      dW.matrix,
      multiplyTransposed(input.matrix, dZ.matrix),
      multiplyTransposed(squares, squared(dZ.matrix)),
    );
    // The mean over the samples may be taken here.
    const isSame = [1, dZ.matrix.rows].some(
      (scale) =>
        inW !== undefined &&
        Math.abs(scale * inW.mean - inZ.mean) <= 2 * MEAN_TOLERANCE &&
        Math.abs((scale ** 2 * inW.variance) / inZ.variance - 1) <= 2 * VARIANCE_TOLERANCE,
    );
    if (!isSame) return;
  }
  for (const name of ["Z1", "dW1"]) {
    if (!differs(name)) continue;
    chain.forget("unexplained", name);
    chain.link(name, "unjudged");
  }
  const left = isInverted(inZ) ? inZ.variance / (1 + inZ.variance) : 1 - inZ.mean;
  chain.note(
    `Z1 is as it would be if each input were left out with a probability of about ${show(Number(left.toPrecision(1)))}: X seems to be dumped before dropout; dump what goes into the layer`,
  );
}

/** Mean and variance of the factors that sums seem to have. */
interface Noise {
  readonly mean: number;
  readonly variance: number;
}

/**
 * @param found the sums with their factors
 * @param expected the same without any
 * @param squares the same of squares, which the variance is relative to
 */
function noiseOf(found: Matrix, expected: Matrix, squares: Matrix): Noise | undefined {
  if (found.data.length !== expected.data.length || found.data.length < LEAST_SUMS)
    return undefined;
  if (!isFiniteArray(found.data) || !isFiniteArray(expected.data)) return undefined;
  const mean = dot(found.data, expected.data) / dot(expected.data, expected.data);
  let rest = 0;
  let total = 0;
  for (let at = 0; at < found.data.length; at++) {
    rest += (found.data[at] - mean * expected.data[at]) ** 2;
    total += squares.data[at];
  }
  return total === 0 ? undefined : { mean, variance: rest / total };
}

/** What is kept is made larger, so that the mean stays. */
function isInverted({ mean }: Noise): boolean {
  return Math.abs(mean - 1) <= MEAN_TOLERANCE;
}

/** 0 or 1/keep have any variance, 0 or 1 the variance keep·(1 − keep). */
function isDropout(noise: Noise): boolean {
  const { mean, variance } = noise;
  if (!(variance >= LEAST_VARIANCE && variance <= MOST_VARIANCE)) return false;
  const plain = variance / (mean * (1 - mean));
  return isInverted(noise) || (mean > 0 && Math.abs(plain - 1) <= VARIANCE_TOLERANCE);
}

/** Every entry's square. */
function squared(matrix: Matrix): Matrix {
  return combine(matrix, matrix, (a, b) => a * b);
}
