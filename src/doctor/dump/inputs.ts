/** What can be said of a dump's samples before anything is computed from them. */
import { Matrix } from "../../reference/matrix.js";
import { type Chain, show } from "./chain.js";
import type { Dump } from "./orientation.js";
import type { Targets } from "./targets.js";

/** Inputs of this size in the mean drive every activation into its flat part: pixels of 0–255 do. */
const LARGE = 10;
/** Whole numbers up to at least this, and of this quadratic mean, are pixels as they come from a file. */
const LARGE_WHOLE = { largest: 16, size: 4 } as const;
/** Scaled to 1 twice over, the largest pixel is 1/255 ≈ 0.004. */
const SMALL = 1 / 128;

export function examineInputs(dump: Dump, targets: Targets, chain: Chain): void {
  const { X, samples, features } = dump;
  const { data } = X.matrix;
  let largest = 0;
  let squares = 0;
  let whole = true;
  let positive = true;
  for (const value of data) {
    largest = Math.max(largest, Math.abs(value));
    squares += value * value;
    if (whole && !Number.isInteger(value)) whole = false;
    if (value < 0) positive = false;
  }
  const size = Math.sqrt(squares / data.length);
  const at = X.name;
  if (samples > 1 && isConstant(X.matrix)) {
    chain.discover({
      id: "inputs-constant",
      at,
      evidence: `all ${samples} samples are the same in each of their ${features} features`,
      cause: "the inputs say nothing about the targets",
    });
    return;
  }
  const isRaw = whole && positive && largest >= LARGE_WHOLE.largest && size >= LARGE_WHOLE.size;
  if (isRaw || size > LARGE) {
    chain.discover({
      id: "inputs-unscaled",
      at,
      evidence: `the inputs go up to ${show(largest)}, and are ${show(size)} in the quadratic mean; expected about 1`,
      cause: "the inputs are as they came, not scaled",
      value: size,
      threshold: LARGE,
    });
  } else if (largest > 0 && largest <= SMALL) {
    chain.discover({
      id: "inputs-scaled-twice",
      at,
      evidence: `the largest input is ${show(largest)}${Math.abs(largest * 255 - 1) < 1e-3 ? " = 1/255" : ""}, expected about 1`,
      cause: "the inputs are divided by 255 although they were scaled already",
      value: largest,
      threshold: SMALL,
    });
  }
  if (targets.kind === "classes") examineNeighbours(dump, targets, chain);
}

function isConstant({ rows, columns, data }: Matrix): boolean {
  for (let index = columns; index < rows * columns; index++) {
    if (data[index] !== data[index % columns]) return false;
  }
  return true;
}

/** More samples say nothing new, and comparing them in pairs takes its time. */
const COMPARED = 300;
const LEAST_COMPARED = 40;
/** Samples have neighbours that independent features would not give them; MNIST's digits: 0.75. */
const CLUSTERED = 0.9;
/** Standard deviations above chance below which the labels have nothing to do with the samples. */
const CHANCE = 3;
/** As many standard deviations would have been expected of labels that belong to their samples. */
const EXPECTED = 6;

/**
 * Labels that were shuffled: the samples lie in clusters, yet the nearest neighbour of a sample has its label
 * no more often than any other. Whether there are clusters is told by comparison with the same features
 * drawn independently of each other.
 */
function examineNeighbours(
  { X, Y, samples, features }: Dump,
  { labels }: Targets,
  chain: Chain,
): void {
  const count = Math.min(samples, COMPARED);
  if (count < LEAST_COMPARED || features < 2) return;
  const step = Math.floor(samples / count);
  const rows = Array.from({ length: count }, (_, index) => index * step);
  const chosen = new Matrix(count, features);
  rows.forEach((row, index) => {
    chosen.data.set(X.matrix.data.subarray(row * features, (row + 1) * features), index * features);
  });
  const own = neighbours(chosen);
  const mixed = neighbours(shuffleColumns(chosen));
  const ratio = own.distance / mixed.distance;
  if (!(ratio < CLUSTERED)) return;
  const shares = new Map<number, number>();
  for (const row of rows) shares.set(labels[row], (shares.get(labels[row]) ?? 0) + 1 / count);
  const chance = [...shares.values()].reduce((total, share) => total + share * share, 0);
  if (chance > 0.9) return;
  const deviation = Math.sqrt((chance * (1 - chance)) / count);
  const agreeing =
    rows.filter((row, index) => labels[row] === labels[rows[own.nearest[index]]]).length / count;
  const isChance = agreeing < chance + CHANCE * deviation;
  const wouldShow = 0.5 * (1 - chance) > EXPECTED * deviation;
  if (!isChance || !wouldShow) return;
  chain.discover({
    id: "labels-shuffled",
    at: Y.name,
    evidence: `the nearest neighbour of a sample has its label in ${(100 * agreeing).toFixed(0)} % of ${count} cases, and any other sample in ${(100 * chance).toFixed(0)} %`,
    cause: "the labels are not in the order of the samples",
    value: agreeing,
    threshold: chance + CHANCE * deviation,
  });
}

/** Each row's nearest other row, and the mean distance to it. */
function neighbours({ rows, columns, data }: Matrix): { nearest: number[]; distance: number } {
  const nearest = new Array<number>(rows).fill(-1);
  const least = new Array<number>(rows).fill(Number.POSITIVE_INFINITY);
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let column = 0; column < columns; column++) {
        const difference = data[a * columns + column] - data[b * columns + column];
        sum += difference * difference;
      }
      for (const [row, other] of [
        [a, b],
        [b, a],
      ]) {
        if (sum < least[row]) {
          least[row] = sum;
          nearest[row] = other;
        }
      }
    }
  }
  return { nearest, distance: least.reduce((sum, square) => sum + Math.sqrt(square), 0) / rows };
}

/** The features drawn independently: each column moved round by a number of rows of its own. */
function shuffleColumns({ rows, columns, data }: Matrix): Matrix {
  const result = new Matrix(rows, columns);
  // Multiples of the golden ratio are spread evenly, and no two columns move together.
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let column = 0; column < columns; column++) {
    const by = Math.floor(((column * golden) % 1) * rows);
    for (let row = 0; row < rows; row++) {
      result.data[((row + by) % rows) * columns + column] = data[row * columns + column];
    }
  }
  return result;
}
