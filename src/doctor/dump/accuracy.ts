/** The accuracy of a dump: how many outputs have their largest entry at the label. */

import { Matrix } from "../../reference/matrix.js";
import { type Chain, show } from "./chain.js";
import type { Dump } from "./orientation.js";
import type { Forward } from "./passes.js";
import { largestOf, type Targets } from "./targets.js";
import { outputsWith } from "./textbookPass.js";

export function examineAccuracy(
  dump: Dump,
  forward: Forward,
  { kind, labels, matrix }: Targets,
  chain: Chain,
): void {
  const { samples, outputs } = dump;
  if (dump.accuracy === undefined || kind === "values") return;
  const [accuracy] = dump.accuracy.matrix.data;
  const { roundoff } = dump.accuracy;
  const p = forward.P.matrix;
  if (!Number.isFinite(accuracy) || p.data.some((value) => Number.isNaN(value))) {
    chain.link("accuracy", "unjudged");
    return;
  }
  const hitsOf = ({ data, rows, columns }: Matrix): number[] => {
    const guesses = largestOf(new Matrix(rows, columns, data));
    return Array.from({ length: samples }, (_, row) =>
      Number(
        outputs === 1 ? data[row] > 0.5 === matrix.data[row] > 0.5 : guesses[row] === labels[row],
      ),
    );
  };
  const isThatOf = (outputs: Matrix) => {
    // Of equal outputs any may be taken for the largest; float32 makes more of them equal.
    const ties = outputs.columns === 1 ? 0 : countTies(outputs, forward.P.roundoff);
    const share = sum(hitsOf(outputs)) / samples;
    return [1, 100, samples].some(
      (scale) =>
        Math.abs(accuracy / scale - share) <= (ties + 1e-3) / samples + 1e-6 + 2 * roundoff,
    );
  };
  const updated = dump.layers.map(({ W, b, newW, newB }) => ({
    W: (newW ?? W).matrix,
    b: (newB ?? b)?.matrix,
  }));
  const hasUpdate = dump.layers.some(({ newW }) => newW);
  const fits = updated.every(({ b }) => b === undefined || b.rows === 1);
  // Some programs evaluate before the step and some after it.
  if (isThatOf(p) || (hasUpdate && fits && isThatOf(outputsWith(dump, forward, updated).outputs))) {
    chain.link("accuracy", "right");
    return;
  }
  if (forward.P.origin === "computed") {
    chain.doubt("accuracy", forward.P.name);
    return;
  }
  const hits = hitsOf(p);
  const count = sum(hits);
  chain.link("accuracy", "wrong");
  chain.discover({
    id: "accuracy-miscounted",
    at: "accuracy",
    evidence: `accuracy is ${show(accuracy)}, expected ${show(count / samples)}: ${count} of ${samples} samples have their largest output at their label`,
    cause: causeOf(accuracy, hits, count, dump, p, labels),
  });
}

function causeOf(
  accuracy: number,
  hits: readonly number[],
  count: number,
  { samples, outputs, features }: Dump,
  p: Matrix,
  labels: Int32Array,
): string {
  const close = (value: number) =>
    value !== 0 && [1, 100].some((scale) => Math.abs(accuracy / scale / value - 1) < 1e-4);
  const first = sum(hits.slice(0, outputs));
  const firstOnly = `only the first ${outputs} samples are looked at, as many as there are classes`;
  if (close(first / samples)) return `${firstOnly}, and their hits are divided by all ${samples}`;
  if (close(first / outputs)) return firstOnly;
  if (close(count / outputs)) return `the hits are divided by ${outputs}, the number of classes`;
  if (close(count / features)) return `the hits are divided by ${features}, the number of features`;
  if (close(1 - count / samples)) return "the misses are counted, not the hits";
  const columns = largestRows(p);
  const targets = Array.from({ length: outputs }, (_, column) => labels.indexOf(column));
  const agreeing = columns.filter((row, column) => row === targets[column]).length;
  if (close(agreeing / outputs) || close(agreeing / samples)) {
    return "the largest output is looked for among the samples, not among the classes";
  }
  const entries = samples * outputs;
  if (close(count / entries)) return "the hits are divided by samples times classes";
  const matches = Math.abs(accuracy * samples - Math.round(accuracy * samples)) < 1e-3;
  if (accuracy * samples > count && matches && accuracy > 1) {
    return "the counter is never set back to 0, and goes on from one pass to the next";
  }
  if (accuracy * samples > count && matches) {
    return "more hits are counted than there are: the counter is not set back to 0, or the axis is wrong";
  }
  return "the hits are counted over too few samples, or along the wrong axis";
}

/** The row of each column's largest entry. */
function largestRows({ rows, columns, data }: Matrix): number[] {
  return Array.from({ length: columns }, (_, column) => {
    let best = 0;
    for (let row = 1; row < rows; row++) {
      if (data[row * columns + column] > data[best * columns + column]) best = row;
    }
    return best;
  });
}

function countTies({ rows, columns, data }: Matrix, roundoff: number): number {
  let ties = 0;
  for (let row = 0; row < rows; row++) {
    const sorted = data.subarray(row * columns, (row + 1) * columns).toSorted();
    const [second, first] = sorted.subarray(-2);
    if (first - second <= Math.max(1e-6, 4 * roundoff) * Math.abs(first)) ties++;
  }
  return ties;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
