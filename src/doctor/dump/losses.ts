/** The losses that the doctor knows, and what each sample costs by them. */
import type { Matrix } from "../../reference/matrix.js";
import type { Dump } from "./orientation.js";
import type { Targets } from "./targets.js";

export const LOSSES = ["cross-entropy", "binary-cross-entropy", "mean-squared-error"] as const;
/** What a step may minimise, by name. */
export type LossName = (typeof LOSSES)[number];

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

/** Multiples of the mean that a loss may be: squares are halved, and taken with the mean over the outputs as well. */
export function lossScales(name: LossName, outputs: number): number[] {
  return name === "cross-entropy" ? [1] : [1, 1 / 2, 1 / outputs, 1 / (2 * outputs)];
}

/** Multiples of the mean that a loss may be, those of the sum in the second half. */
export function totalScales(name: LossName, { outputs, samples }: Dump): number[] {
  const scales = lossScales(name, outputs);
  return [...scales, ...scales.map((scale) => scale * samples)];
}
