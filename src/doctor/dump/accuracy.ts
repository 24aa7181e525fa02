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
  // Labels that count from 1 are counted right where they are used as they are meant.
  const isShifted = chain.has("labels-off-by-one") || chain.has("labels-not-one-hot");
  const shifts = isShifted ? [0, -1, 1] : [0];
  const hitsOf = ({ data, rows, columns }: Matrix, shift = 0): number[] => {
    const guesses = largestOf(new Matrix(rows, columns, data));
    return Array.from({ length: samples }, (_, row) =>
      Number(
        outputs === 1
          ? data[row] > 0.5 === matrix.data[row] > 0.5
          : guesses[row] === labels[row] + shift,
      ),
    );
  };
  const isThatOf = (outputs: Matrix) => {
    // Of equal outputs any may be taken for the largest; float32 makes more of them equal.
    const ties = outputs.columns === 1 ? 0 : countTies(outputs, forward.P.roundoff);
    const shares = shifts.map((shift) => sum(hitsOf(outputs, shift)) / samples);
    return [1, 100, samples].some((scale) =>
      shares.some(
        (share) =>
          Math.abs(accuracy / scale - share) <= (ties + 1e-3) / samples + 1e-6 + 2 * roundoff,
      ),
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
  const { cause, scale } = explanationOf(accuracy, hits, count, dump, p, labels);
  const unit = scale === 100 ? " %" : "";
  chain.discover({
    id: "accuracy-miscounted",
    at: "accuracy",
    evidence: `accuracy is ${show(accuracy)}${unit}, expected ${show((scale * count) / samples)}${unit}: ${count} of ${samples} samples have their largest output at their label`,
    cause,
  });
}

/** What was counted instead, and whether the program's number is a fraction, 1, or a percentage, 100. */
function explanationOf(
  accuracy: number,
  hits: readonly number[],
  count: number,
  { samples, outputs, features }: Dump,
  p: Matrix,
  labels: Int32Array,
): { readonly cause: string; readonly scale: 1 | 100 } {
  const first = sum(hits.slice(0, outputs));
  const firstOnly = `only the first ${outputs} samples are looked at, as many as there are classes`;
  const columns = largestRows(p);
  const targets = Array.from({ length: outputs }, (_, column) => labels.indexOf(column));
  const agreeing = columns.filter((row, column) => row === targets[column]).length;
  const alongSamples = "the largest output is looked for among the samples, not among the classes";
  const explanations: readonly (readonly [number, string])[] = [
    [first / samples, `${firstOnly}, and their hits are divided by all ${samples}`],
    [first / outputs, firstOnly],
    [count / outputs, `the hits are divided by ${outputs}, the number of classes`],
    [count / features, `the hits are divided by ${features}, the number of features`],
    [1 - count / samples, "the misses are counted, not the hits"],
    [agreeing / outputs, alongSamples],
    [agreeing / samples, alongSamples],
    [count / (samples * outputs), "the hits are divided by samples times classes"],
  ];
  for (const [value, cause] of explanations) {
    if (value === 0) continue;
    for (const scale of [1, 100] as const) {
      if (Math.abs(accuracy / scale / value - 1) < 1e-4) return { cause, scale };
    }
  }
  const usual = accuracy > 1 ? 100 : 1;
  // Few hits of many samples: a fraction that is a whole number of them, or else a percentage that is.
  const wholeOf = (scale: number) => {
    const counted = (accuracy / scale) * samples;
    return Math.abs(counted - Math.round(counted)) < 1e-3 ? Math.round(counted) : undefined;
  };
  const scales = ([usual, 100, 1] as const).filter((each) => wholeOf(each));
  const never = "the counter is never set back to 0, and goes on from one pass to the next";
  // Small enough for some passes over as many samples as there are classes.
  const ofFirst = scales.find((each) => {
    const counted = wholeOf(each) ?? 0;
    return counted > first && counted < Math.min(count, MOST_PASSES * outputs);
  });
  if (ofFirst && samples > outputs) {
    const cause = `${wholeOf(ofFirst)} hits are counted, of which this pass has ${first} among the first ${outputs} samples: only those are looked at, and ${never}`;
    return { cause, scale: ofFirst };
  }
  const [scale = usual] = scales;
  const counted = wholeOf(scale) ?? 0;
  if (counted > samples) return { cause: never, scale };
  if (counted > count) {
    const cause = `${counted} hits are counted where there are ${count}: the counter is not set back to 0, or the axis is wrong`;
    return { cause, scale };
  }
  return { cause: "the hits are counted over too few samples, or along the wrong axis", scale };
}

/** A counter that goes on is recognised in the first few passes. */
const MOST_PASSES = 10;

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
