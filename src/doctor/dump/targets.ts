/** What the outputs of a dump ought to be, and what is wrong with it as it stands. */
import { DataError } from "../../errors.js";
import { Matrix } from "../../reference/matrix.js";
import type { Chain } from "./chain.js";
import type { LossName } from "./losses.js";
import type { Dump } from "./orientation.js";

export interface Targets {
  readonly kind: "classes" | "values";
  /** One-hot, probabilities or values `[samples, outputs]`. */
  readonly matrix: Matrix;
  /** Each sample's class, as far as the targets are classes. */
  readonly labels: Int32Array;
  /** Whether the dump holds labels `[samples, 1]` where the network has several outputs. */
  readonly areLabels: boolean;
}

/** What labels are that count from 1 for one line and from 0 for another. */
export const NEXT_CLASS =
  "the target is the class next to the label's: the labels count from 1 in one place and from 0 in another";

/** Fewer samples than these many times the classes may well lack a class. */
const SAMPLES_A_CLASS = 10;

/** @throws DataError when labels are not whole numbers. */
export function readTargets({ Y, samples, outputs }: Dump): Targets {
  const { data, columns } = Y.matrix;
  if (columns === outputs) {
    const isBinary = data.every((value) => value === 0 || value === 1);
    const kind = isBinary || (outputs > 1 && isProbability(Y.matrix)) ? "classes" : "values";
    return { kind, matrix: Y.matrix, labels: largestOf(Y.matrix), areLabels: false };
  }
  const odd = data.find((value) => !Number.isInteger(value));
  if (odd !== undefined) {
    throw new DataError(
      `Y has ${samples} numbers, ${odd} among them, where the network has ${outputs} outputs; expected class labels or a row of ${outputs} for each sample`,
    );
  }
  const labels = Int32Array.from(data);
  return { kind: "classes", matrix: oneHot(labels, outputs), labels, areLabels: true };
}

/** 1 in each label's column; a label that has none leaves zeros. */
export function oneHot(labels: Int32Array, outputs: number): Matrix {
  const matrix = new Matrix(labels.length, outputs);
  labels.forEach((label, row) => {
    if (label >= 0 && label < outputs) matrix.set(row, label, 1);
  });
  return matrix;
}

/** Each label in all of its row: what subtracting a column of labels from a matrix comes to. */
export function repeatedLabels({ labels }: Pick<Targets, "labels">, outputs: number): Matrix {
  const matrix = new Matrix(labels.length, outputs);
  for (let index = 0; index < matrix.data.length; index++) {
    matrix.data[index] = labels[Math.floor(index / outputs)];
  }
  return matrix;
}

/** The column of each row's largest entry. */
export function largestOf({ rows, columns, data }: Matrix): Int32Array {
  const result = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 1; column < columns; column++) {
      if (data[row * columns + column] > data[row * columns + result[row]]) result[row] = column;
    }
  }
  return result;
}

function isProbability({ rows, columns, data }: Matrix): boolean {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column];
      if (value < 0 || value > 1) return false;
      sum += value;
    }
    if (Math.abs(sum - 1) > 1e-3) return false;
  }
  return true;
}

/** Labels that do not count from 0, and rows that are not one-hot. */
export function examineTargets(dump: Dump, targets: Targets, chain: Chain): void {
  if (targets.kind === "values") return;
  const isOdd = targets.areLabels
    ? examineLabels(dump, targets, chain)
    : dump.outputs > 1 && examineOneHot(dump, targets, chain);
  if (!isOdd && dump.outputs > 2) examineCounts(dump, targets, chain);
}

/**
 * What is compared with a softmax ought to be probabilities, or at least numbers that a softmax can reach. A sample's
 * weight may be in its targets: a number other than 1 in the place of its class is none of our business.
 */
export function examineDistributions(
  dump: Dump,
  targets: Targets,
  loss: LossName,
  chain: Chain,
): void {
  if (targets.kind === "classes") return;
  const isReachable = targets.matrix.data.every((value) => value >= 0 && value <= 1);
  if (loss !== "cross-entropy" && isReachable) return;
  const { rows, columns, data } = targets.matrix;
  let isWeighted = true;
  for (let row = 0; row < rows && isWeighted; row++) {
    const own = data.subarray(row * columns, (row + 1) * columns);
    isWeighted = own.every((value) => value >= 0) && own.filter((value) => value > 0).length <= 1;
  }
  if (!isWeighted) examineOneHot(dump, targets, chain);
}

function examineLabels({ Y, outputs }: Dump, { labels }: Targets, chain: Chain): boolean {
  const smallest = labels.reduce((least, label) => Math.min(least, label));
  const largest = labels.reduce((most, label) => Math.max(most, label));
  if (smallest >= 0 && largest < outputs) return false;
  chain.discover({
    id: smallest === 1 && largest === outputs ? "labels-off-by-one" : "labels-not-one-hot",
    at: Y.name,
    evidence: `the labels go from ${smallest} to ${largest}, expected 0 to ${outputs - 1} as there are ${outputs} outputs`,
    cause:
      smallest === 1 && largest === outputs
        ? "the labels count from 1, and the last class has no output"
        : "there are labels that have no output",
  });
  return true;
}

function examineOneHot({ Y, samples, outputs }: Dump, { matrix }: Targets, chain: Chain): boolean {
  const { data } = matrix;
  let odd = 0;
  let example = 0;
  for (let row = samples - 1; row >= 0; row--) {
    let sum = 0;
    for (let column = 0; column < outputs; column++) sum += data[row * outputs + column];
    if (Math.abs(sum - 1) > 1e-3) {
      odd++;
      example = row;
    }
  }
  if (odd === 0) return false;
  const row = Array.from(data.subarray(example * outputs, (example + 1) * outputs));
  const sum = row.reduce((total, value) => total + value, 0);
  chain.discover({
    id: "labels-not-one-hot",
    at: Y.name,
    evidence: `the targets of ${odd} of ${samples} samples do not add up to 1; those of sample ${example} are ${row.join(" ")}, which is ${sum}`,
    cause: "a sample's targets are not 1 for its class and 0 for all others",
  });
  return true;
}

function examineCounts({ Y, samples, outputs }: Dump, { labels }: Targets, chain: Chain): void {
  const counts = new Int32Array(outputs);
  for (const label of labels) counts[label]++;
  // np.eye(k + 1)[labels that count from 1]: a class that nothing belongs to, before all others.
  const onlyFirstIsEmpty = counts[0] === 0 && counts.subarray(1).every((count) => count > 0);
  if (onlyFirstIsEmpty && samples >= SAMPLES_A_CLASS * outputs) {
    chain.discover({
      id: "labels-off-by-one",
      at: Y.name,
      evidence: `none of ${samples} samples is of class 0, and each of the ${outputs - 1} classes after it has some`,
      cause: "the labels count from 1, and the first output stands for nothing",
    });
  }
}
