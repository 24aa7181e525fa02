/**
 * Gradients that were clipped, by the norm of all of them, by the norm of each, or entry by entry. It is tried
 * where a gradient differs although the ∂L/∂z it is computed from does not.
 */
import type { Matrix } from "../../reference/matrix.js";
import { type Chain, show } from "./chain.js";
import type { Backward, Forward } from "./passes.js";
import { dot, isFiniteArray, norm } from "./products.js";
import { HALF, SINGLE } from "./quantity.js";
import { columnSums, productTransposed } from "./references.js";
import { isRound } from "./round.js";

/** Relative differences between factors, or between a norm and a round number, that are rounding. */
const TOLERANCE = 3e-4;
/** Of a gradient, what may be left when it is explained. */
const REST = 1e-4;

/** A gradient of parameters beside the sum over the samples that it should be a multiple of. */
interface Entry {
  readonly name: string;
  readonly found: Float64Array;
  readonly sum: Float64Array;
  readonly parameters: Float64Array;
  /** Multiples of `sum` that are right. */
  readonly scales: readonly number[];
}

/** How gradients were clipped, or undefined. */
interface Clipping {
  readonly note: string;
}

/** Whether gradients were clipped; findings that this makes right are taken back. */
export function examineClipping(forward: Forward, backward: Backward, chain: Chain): boolean {
  const entries = entriesOf(forward, backward);
  const differs = ({ name }: Entry) => chain.has("unexplained", name);
  if (!entries.some(differs)) return false;
  const isComplete = backward.layers.every(
    ({ dump }) =>
      dump.dW && (dump.db || !dump.b) && entries.some(({ name }) => name === `dW${dump.index}`),
  );
  const clipping = byNorm(entries, isComplete) ?? byValue(entries) ?? byNormOfEach(entries);
  if (!clipping) return false;
  for (const { name } of entries) {
    for (const id of ["unexplained", "bias-gradient-axis"] as const) {
      if (chain.has(id, name)) chain.forget(id, name);
    }
  }
  chain.note(clipping.note);
  return true;
}

function entriesOf({ layers }: Forward, backward: Backward): Entry[] {
  return backward.layers.flatMap(({ dump, dZ, mean }, index) => {
    const { input } = layers[index];
    if (!dZ || !isFiniteArray(dZ.matrix.data) || !isFiniteArray(input.matrix.data)) return [];
    if (Math.max(dZ.roundoff, input.roundoff) >= HALF) return [];
    const scales = mean === "before" ? [1] : [1 / dZ.matrix.rows, 1];
    const entry = (name: string, found: Matrix, sum: Matrix, parameters: Matrix): Entry[] =>
      found.data.length === sum.data.length && isFiniteArray(found.data)
        ? [{ name, found: found.data, sum: sum.data, parameters: parameters.data, scales }]
        : [];
    const { W, b, dW, db } = dump;
    return [
      ...(dW
        ? entry(
            `dW${dump.index}`,
            dW.matrix,
            productTransposed(input.matrix, dZ.matrix).matrix,
            W.matrix,
          )
        : []),
      ...(db && b
        ? entry(`db${dump.index}`, db.matrix, columnSums(dZ.matrix).matrix, b.matrix)
        : []),
    ];
  });
}

/** c of found = c·sum + d·parameters, where d may be the same part of a penalty on the weights. */
function factorOf({ found, sum, parameters }: Entry): number | undefined {
  const [ss, pp, sp] = [dot(sum, sum), dot(parameters, parameters), dot(sum, parameters)];
  const [fs, fp] = [dot(found, sum), dot(found, parameters)];
  const isLeft = (c: number, d: number) => {
    let rest = 0;
    for (let at = 0; at < found.length; at++) {
      rest += (found[at] - c * sum[at] - d * parameters[at]) ** 2;
    }
    return Math.sqrt(rest) > REST * norm(found);
  };
  if (ss === 0) return undefined;
  if (!isLeft(fs / ss, 0)) return fs / ss;
  const determinant = ss * pp - sp * sp;
  if (parameters.length !== found.length || determinant <= 1e-9 * ss * pp) return undefined;
  const [c, d] = [(fs * pp - fp * sp) / determinant, (fp * ss - fs * sp) / determinant];
  return isLeft(c, d) ? undefined : c;
}

const isNear = (a: number, b: number) => Math.abs(a / b - 1) <= TOLERANCE;

/** All gradients are the same part of what they should be, and their norm is a number that people write. */
function byNorm(entries: readonly Entry[], isComplete: boolean): Clipping | undefined {
  const factors = entries.map(factorOf);
  const [first] = factors;
  if (first === undefined || factors.length < 2) return undefined;
  if (!factors.every((factor) => factor !== undefined && isNear(factor, first))) return undefined;
  const total = Math.hypot(...entries.map(({ found }) => norm(found)));
  const largest = Math.max(...entries[0].scales);
  if (Math.abs(first) >= largest * (1 - TOLERANCE)) return undefined;
  if (isComplete && !isRound(total, TOLERANCE)) return undefined;
  const usual = Math.min(...entries[0].scales);
  const times = show(Math.abs(first) / (Math.abs(first) < usual ? usual : largest));
  return {
    note: `all gradients are the reference × ${times}, in every layer alike: clipped to a norm of ${isComplete ? show(Number(total.toPrecision(2))) : "some size that not all of them are in the dump to tell"}`,
  };
}

/** Every entry is as it should be, or ± the same largest number. */
function byValue(entries: readonly Entry[]): Clipping | undefined {
  const limit = Math.max(...entries.map(({ found }) => largestOf(found)));
  if (!(limit > 0)) return undefined;
  let clipped = 0;
  for (const { found, sum, scales } of entries) {
    const isRight = [...scales, ...scales.map((scale) => -scale)].some((scale) => {
      let rest = 0;
      for (let at = 0; at < found.length; at++) {
        const full = scale * sum[at];
        rest += (found[at] - Math.max(-limit, Math.min(limit, full))) ** 2;
      }
      return Math.sqrt(rest) <= REST * norm(found);
    });
    if (!isRight) return undefined;
    for (const value of found) if (Math.abs(value) >= limit * (1 - 2 * SINGLE)) clipped++;
  }
  return clipped < 2
    ? undefined
    : { note: `${clipped} entries of the gradients are ±${show(limit)}: clipped to that value` };
}

/** Gradients that are smaller than they should be have the same norm, one that people write. */
function byNormOfEach(entries: readonly Entry[]): Clipping | undefined {
  const norms: number[] = [];
  for (const entry of entries) {
    const factor = factorOf(entry);
    if (factor === undefined) return undefined;
    if (entry.scales.some((scale) => isNear(Math.abs(factor), scale))) continue;
    if (Math.abs(factor) >= Math.max(...entry.scales)) return undefined;
    norms.push(norm(entry.found));
  }
  const [first] = norms;
  if (first === undefined || !norms.every((each) => isNear(each, first))) return undefined;
  if (!isRound(first, TOLERANCE)) return undefined;
  return {
    note: `each gradient is clipped to a norm of ${show(Number(first.toPrecision(2)))} by itself`,
  };
}

function largestOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
