/**
 * Steps that are no plain learning rate times the gradient and yet right: clipped in the update, or the first
 * ones of momentum, Adam and the like, whose memory is still empty.
 */
import { show } from "./chain.js";
import { dot, norm } from "./products.js";
import { isRound } from "./round.js";

/** A step of some parameters, and the gradient it was taken along. */
export interface Stride {
  /** old − new */
  readonly difference: Float64Array;
  readonly gradient: Float64Array;
  /** difference = rate · gradient; undefined when it is no multiple. */
  readonly rate: number | undefined;
  readonly uncertainty: number;
}

export interface StepLength {
  readonly note: string;
  /** Whether the step goes against the gradient. */
  readonly sign: 1 | -1;
}

/** First steps of Nesterov's momentum relative to the learning rate: 1 + β. */
const FIRST_STEPS: readonly (readonly [number, string])[] = [
  [1.9, "Nesterov's momentum of 0.9"],
  [1.95, "Nesterov's momentum of 0.95"],
  [1.99, "Nesterov's momentum of 0.99"],
];
const TOLERANCE = 1e-3;
/** By how much a norm may miss a round number; more, and chance would hit one. */
const ROUND = 3e-4;
/** What somebody leaves out or puts in too much is no clipping. */
const SUSPICIOUS = [0.1, 0.01, 0.5] as const;

/** What makes all steps what they are; undefined when nothing does. */
export function stepLengthOf(
  strides: readonly Stride[],
  learningRate: number,
  { samples, isComplete }: { readonly samples: number; readonly isComplete: boolean },
): StepLength | undefined {
  if (strides.length < 2 || !(learningRate > 0)) return undefined;
  return (
    byFactor(strides, learningRate, { samples, isComplete }) ??
    byValue(strides, learningRate) ??
    bySign(strides)
  );
}

function byFactor(
  strides: readonly Stride[],
  learningRate: number,
  { samples, isComplete }: { readonly samples: number; readonly isComplete: boolean },
): StepLength | undefined {
  const ratios = strides.map(({ rate = Number.NaN }) => rate / learningRate);
  const tolerance = (index: number) => Math.max(TOLERANCE, 4 * strides[index].uncertainty);
  if (!ratios.every((ratio) => ratio > 0)) return undefined;
  const precise = ratios.reduce(
    (best, _, index) => (strides[index].uncertainty < strides[best].uncertainty ? index : best),
    0,
  );
  const ratio = ratios[precise];
  const isCommon = ratios.every((other, index) => Math.abs(other / ratio - 1) <= tolerance(index));
  const near = (value: number) => Math.abs(ratio / value - 1) <= tolerance(precise);
  if (isCommon) {
    if ([1, 1 / samples, samples, ...SUSPICIOUS].some(near)) return undefined;
    const first = FIRST_STEPS.find(([value]) => near(value));
    if (first) {
      return {
        note: `every step is ${first[0]} times the learning rate has it: ${first[1]}`,
        sign: 1,
      };
    }
    const total = ratio * Math.hypot(...strides.map(({ gradient }) => norm(gradient)));
    if (ratio > 1 || !isComplete || !isRound(total, ROUND)) return undefined;
    return {
      note: `every step is ${show(ratio)} times the learning rate has it: the gradients are clipped to a norm of ${show(Number(total.toPrecision(2)))} on their way into the update`,
      sign: 1,
    };
  }
  // What shows in one place only is a mistake in that line.
  const wrong = [1 / samples, samples, ...SUSPICIOUS];
  const isWrong = (each: number) => wrong.some((value) => Math.abs(each / value - 1) <= TOLERANCE);
  if (ratios.some(isWrong)) return undefined;
  const norms = strides.flatMap(({ gradient }, index) =>
    Math.abs(ratios[index] - 1) <= tolerance(index) ? [] : [ratios[index] * norm(gradient)],
  );
  const [one] = norms;
  if (one === undefined || ratios.some((each, index) => each > 1 + tolerance(index)))
    return undefined;
  if (!norms.every((each) => Math.abs(each / one - 1) <= TOLERANCE)) return undefined;
  if (!isRound(one, ROUND)) return undefined;
  return {
    note: `each gradient is clipped to a norm of ${show(Number(one.toPrecision(2)))} on its way into the update`,
    sign: 1,
  };
}

/** Entries that are too large are cut to one size. */
function byValue(strides: readonly Stride[], learningRate: number): StepLength | undefined {
  const limit = Math.max(...strides.map(({ difference }) => largest(difference))) / learningRate;
  let clipped = 0;
  for (const { difference, gradient } of strides) {
    let rest = 0;
    for (let at = 0; at < gradient.length; at++) {
      const cut = Math.max(-limit, Math.min(limit, gradient[at]));
      if (cut !== gradient[at]) clipped++;
      rest += (difference[at] - learningRate * cut) ** 2;
    }
    if (Math.sqrt(rest) > TOLERANCE * norm(difference)) return undefined;
  }
  return clipped < 2
    ? undefined
    : {
        note: `${clipped} entries of the gradients are clipped to ±${show(limit)} on their way into the update`,
        sign: 1,
      };
}

/** The same length for each entry, whatever its gradient: a first step of Adam, RMSprop or Adagrad. */
function bySign(strides: readonly Stride[]): StepLength | undefined {
  let length = 0;
  let sign: 1 | -1 | 0 = 0;
  for (const { difference, gradient } of strides) {
    const usual = largest(difference);
    const least = 0.05 * largest(gradient);
    if (length === 0) length = usual;
    if (Math.abs(usual / length - 1) > 1e-2) return undefined;
    for (let at = 0; at < gradient.length; at++) {
      if (Math.abs(gradient[at]) < least) continue;
      if (Math.abs(Math.abs(difference[at]) / length - 1) > 2e-2) return undefined;
    }
    const own = Math.sign(dot(difference, gradient)) as 1 | -1 | 0;
    if (own === 0 || (sign !== 0 && own !== sign)) return undefined;
    sign = own;
  }
  if (sign === 0) return undefined;
  return {
    note: `every entry moves by ${show(length)} whatever its gradient, as in a first step of Adam, RMSprop or Adagrad`,
    sign,
  };
}

function largest(values: Float64Array): number {
  let result = 0;
  for (const value of values) result = Math.max(result, Math.abs(value));
  return result;
}
