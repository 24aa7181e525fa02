/**
 * Explains numbers: of several ways in which a quantity may have been computed, finds the one that
 * reproduces it, up to rounding and a common factor. The factor, then, has a reason of its own.
 */
import type { Matrix } from "../../reference/matrix.js";
import type { DiagnosisId } from "../catalogue.js";
import { dot, norm } from "./products.js";
import { HALF, type Quantity, SINGLE } from "./quantity.js";

/** One thing done wrong. */
export interface Mistake {
  readonly id: DiagnosisId;
  /** What was done instead, as a sentence without its stop. */
  readonly cause: string;
}

/** A way to compute a quantity. */
export interface Hypothesis {
  /** What it supposes to be wrong; nothing for the textbook's way. */
  readonly mistakes: readonly Mistake[];
  /** Worth saying although nothing is wrong with it. */
  readonly note?: string;
  readonly compute: () => Reference;
}

export interface Reference {
  readonly matrix: Matrix;
  /** Rounding to be expected, in units of the roundoff, as a norm over all entries. */
  readonly sensitivity: number;
}

/** What a factor means. */
export interface Factor {
  readonly value: number;
  /** Where the number comes from: "10000/784". */
  readonly origin?: string;
  readonly mistakes: readonly Mistake[];
  /** How unlikely it is, in mistakes; as many as it supposes unless given. */
  readonly cost?: number;
}

/** How the numbers came about. */
export interface Explanation<H extends Hypothesis = Hypothesis> {
  readonly hypothesis: H;
  readonly reference: Reference;
  /** values = factor · reference */
  readonly factor: number;
  /** What the factor means; undefined when nothing that is known gives it. */
  readonly reason: Factor | undefined;
  readonly mistakes: readonly Mistake[];
}

export interface ExplainOptions {
  /** Factors that would have a reason, the usual ones first. */
  readonly factors: readonly Factor[];
  /** The coarsest roundoff of the arrays that the quantity was computed from. */
  readonly roundoff: number;
}

/** Rounding that may come about in any order of summation, as a multiple of the usual. */
const WORST_ROUNDING = 32;
/** What is off by more than this multiple of the usual rounding is worth a second look. */
const SUSPICIOUS = 8;
/** By how much an explanation must be closer to replace the textbook's where both may hold. */
const CLOSER = 30;
/** Of a quantity in 16 bits, what may be off. */
const COARSE = 0.1;
/** A factor that nothing explains counts as more than one mistake that does. */
const UNEXPLAINED_COST = 1.5;

interface Candidate<H extends Hypothesis> extends Explanation<H> {
  readonly cost: number;
  readonly residual: number;
}

/**
 * The explanation that supposes fewest mistakes; undefined when none reproduces the values. The first
 * hypothesis is the textbook's.
 */
export function explain<H extends Hypothesis>(
  values: Quantity,
  hypotheses: readonly H[],
  { factors, roundoff }: ExplainOptions,
): Explanation<H> | undefined {
  const x = values.matrix.data;
  const size = norm(x);
  const actual = Math.max(roundoff, values.roundoff);
  const worst = Math.max(SINGLE, actual);
  // Numbers of 16 bits lose their small ones altogether: only what is far off says anything.
  const coarse = actual >= HALF ? (COARSE * size) / WORST_ROUNDING : 0;
  let best: Candidate<H> | undefined;
  let doubtful: Candidate<H> | undefined;
  for (const hypothesis of hypotheses) {
    const least = hypothesis.mistakes.length;
    if (best && least >= best.cost) continue;
    const reference = hypothesis.compute();
    const r = reference.matrix.data;
    if (r.length !== x.length) continue;
    const squares = dot(r, r);
    const fitted = squares === 0 ? 1 : dot(x, r) / squares;
    if (!Number.isFinite(fitted)) continue;
    const noise = (unit: number, factor: number) =>
      unit * (Math.abs(factor) * reference.sensitivity + 2 * size) + coarse + Number.MIN_VALUE;
    const relative = squares === 0 ? 0 : noise(worst, fitted) / (Math.abs(fitted) * norm(r));
    // Of a reference that is rounding itself no factor can be told.
    const isNoise = relative > 0.5 && hypothesis.mistakes.length === 0;
    const reason =
      reasonOf(fitted, factors, Math.min(0.02, 2e-6 + relative)) ??
      (isNoise ? factors[0] : undefined);
    if (!reason && relative > 0.1) continue;
    const factor = reason?.value ?? fitted;
    const residual = distance(x, r, factor);
    if (residual > WORST_ROUNDING * noise(worst, factor)) continue;
    // Nothing but zeros fits whatever is multiplied by 0.
    if (squares > 0 && size === 0) continue;
    const mistakes = [...hypothesis.mistakes, ...(reason?.mistakes ?? [])];
    const cost = least + (reason ? (reason.cost ?? reason.mistakes.length) : UNEXPLAINED_COST);
    const candidate = { hypothesis, reference, factor, reason, mistakes, cost, residual };
    if (cost === 0 && residual > SUSPICIOUS * noise(actual, factor)) {
      doubtful ??= candidate;
      continue;
    }
    if (!best || cost < best.cost) best = candidate;
    if (cost === 0) break;
  }
  // What may be rounding is rounding, unless something else explains it much better.
  if (!doubtful || coarse > 0) return doubtful ?? best;
  return best?.reason && best.residual * CLOSER < doubtful.residual ? best : doubtful;
}

function reasonOf(
  value: number,
  factors: readonly Factor[],
  tolerance: number,
): Factor | undefined {
  return factors.find((factor) => Math.abs(value / factor.value - 1) <= tolerance);
}

/** ‖x − factor·r‖ */
function distance(x: Float64Array, r: Float64Array, factor: number): number {
  let sum = 0;
  for (let index = 0; index < x.length; index++) {
    const difference = x[index] - factor * r[index];
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}
