/**
 * Checks a gradient, whoever computed it, against central differences of the loss in float64.
 *
 * For each parameter x the slope is estimated twice, with steps h and h/2, and extrapolated to h = 0
 * (Richardson 1911). The two say how exact the estimate is: truncation shrinks with the step, the rounding
 * of the loss grows. A gradient is wrong when it differs by more than both can explain.
 *
 * At a kink (ReLU, absolute value, maximum) no estimate agrees, and a gradient is right if it lies between
 * the slopes on either side. A kink nearby is avoided by smaller steps.
 */

import { checkNames } from "../arguments.js";
import { OptionError } from "../errors.js";

/** The loss as a function of all parameters. It must not keep or change the array. */
export type LossFunction = (parameters: Float64Array) => number;

/** How exact gradients have to be, and which are looked at. */
export interface GradientCheckOptions {
  /** Relative difference that is let pass; default 1e-6. */
  readonly tolerance?: number;
  /** Absolute difference that is let pass, for gradients that were computed in float32; default 0. */
  readonly rounding?: number;
  /** Step, relative to max(1, |x|); default ∛(machine epsilon) ≈ 6e-6, which balances both errors. */
  readonly step?: number;
  /** Entries of `worst`; default 10. */
  readonly worst?: number;
  /** Indices of the parameters to check; default all. */
  readonly indices?: Iterable<number>;
}

/** One parameter's gradient beside the slope of the loss. */
export interface CheckedParameter {
  /** Its place among the parameters, from 0. */
  readonly index: number;
  /** The gradient that was given. */
  readonly analytic: number;
  /** The slope of the loss; at a kink the mean of both sides'. */
  readonly numeric: number;
  /** |analytic − numeric| / max(|analytic|, |numeric|), 0 where both are 0. */
  readonly relativeError: number;
  /** By how much the numeric slope may be off. */
  readonly uncertainty: number;
  /** "kink": the loss has different slopes on either side, between which the gradient lies. */
  readonly verdict: "right" | "wrong" | "kink";
}

/** What came of a check. */
export interface GradientCheck {
  /** Parameters that were looked at. */
  readonly checked: number;
  /** Those of them whose gradient is not the slope of the loss. */
  readonly wrong: number;
  /** Parameters at a kink, where the gradient lies between the slopes of either side. */
  readonly kinks: number;
  /** The largest difference, relative to the norm of the gradient: ‖a − n‖∞ / ‖n‖∞. */
  readonly relativeError: number;
  /** The parameters that differ most, wrong ones first. */
  readonly worst: readonly CheckedParameter[];
}

const DEFAULTS = { tolerance: 1e-6, rounding: 0, step: Math.cbrt(Number.EPSILON), worst: 10 };
/** Smaller steps, as fractions of the first, that are tried where a kink is within it. */
const SMALLER_STEPS = [1e-1, 1e-2, 1e-3];

/**
 * @param gradients as many as parameters
 * @throws OptionError when there are not, an option is outside its range, or the loss is not a finite number.
 */
export function gradientCheck(
  lossFunction: LossFunction,
  parameters: ArrayLike<number>,
  gradients: ArrayLike<number>,
  options: GradientCheckOptions = {},
): GradientCheck {
  if (gradients.length !== parameters.length) {
    throw new OptionError(
      `gradients has ${gradients.length} entries, expected ${parameters.length} as there are parameters`,
    );
  }
  const { worst, ...setting } = settingOf(options);
  const x = Float64Array.from(parameters);
  const center = evaluate(lossFunction, x, -1);
  const checked: CheckedParameter[] = [];
  for (const index of options.indices ?? x.keys()) {
    if (!(index in x)) {
      throw new OptionError(`indices has ${index}, expected 0 to ${x.length - 1}`);
    }
    checked.push(checkOne(lossFunction, x, index, gradients[index], { center, ...setting }));
  }
  const largest = Math.max(0, ...checked.map(({ numeric }) => Math.abs(numeric)));
  const differences = checked
    .filter(({ verdict }) => verdict !== "kink")
    .map(({ analytic, numeric }) => Math.abs(analytic - numeric));
  const difference = differences.reduce((most, value) => (value > most ? value : most), 0);
  const rank = (entry: CheckedParameter) =>
    (entry.verdict === "wrong" ? 2 : entry.verdict === "right" ? 1 : 0) + entry.relativeError / 4;
  return {
    checked: checked.length,
    wrong: count(checked, "wrong"),
    kinks: count(checked, "kink"),
    relativeError: largest === 0 ? (difference === 0 ? 0 : 1) : difference / largest,
    worst: checked.toSorted((a, b) => rank(b) - rank(a)).slice(0, worst),
  };
}

/** @throws OptionError for what is outside its range. */
function settingOf(options: GradientCheckOptions): typeof DEFAULTS {
  checkNames("gradientCheck", options, { ...DEFAULTS, indices: [] });
  const {
    tolerance = DEFAULTS.tolerance,
    rounding = DEFAULTS.rounding,
    step = DEFAULTS.step,
    worst = DEFAULTS.worst,
  } = options;
  for (const [name, value] of Object.entries({ tolerance, rounding, worst })) {
    if (!(value >= 0)) throw new OptionError(`${name} is ${value}, expected 0 or more`);
  }
  if (!(step > 0 && step < 1))
    throw new OptionError(`step is ${step}, expected above 0 and below 1`);
  return { tolerance, rounding, step, worst };
}

interface Setting {
  /** The loss at the parameters as they are. */
  readonly center: number;
  readonly tolerance: number;
  readonly rounding: number;
  readonly step: number;
}

function checkOne(
  loss: LossFunction,
  x: Float64Array,
  index: number,
  analytic: number,
  { center, tolerance, rounding, step }: Setting,
): CheckedParameter {
  const unit = step * Math.max(1, Math.abs(x[index]));
  let slope = slopeOf(loss, x, index, unit, center);
  // A kink within the step may lie beside the point: then a smaller step does not reach it.
  for (const smaller of SMALLER_STEPS) {
    if (!slope.isKink) break;
    slope = slopeOf(loss, x, index, smaller * unit, center);
  }
  const { value, left, right, uncertainty, isKink } = slope;
  const size = Math.max(Math.abs(analytic), Math.abs(left), Math.abs(right));
  const margin = tolerance * size + rounding;
  if (isKink) {
    const low = Math.min(left, right) - margin - uncertainty;
    const high = Math.max(left, right) + margin + uncertainty;
    return verdictOf(
      index,
      analytic,
      slope,
      low <= analytic && analytic <= high ? "kink" : "wrong",
    );
  }
  const isRight = Math.abs(analytic - value) <= margin + uncertainty;
  return verdictOf(index, analytic, slope, isRight ? "right" : "wrong");
}

interface Slope {
  readonly value: number;
  readonly uncertainty: number;
  /** Slopes on either side; for a smooth function both are close to `value`. */
  readonly left: number;
  readonly right: number;
  /** Whether those differ by more than curvature would have them. */
  readonly isKink: boolean;
}

function slopeOf(
  loss: LossFunction,
  x: Float64Array,
  index: number,
  h: number,
  center: number,
): Slope {
  const value = x[index];
  const at = (offset: number) => {
    x[index] = value + offset;
    const result = evaluate(loss, x, index);
    x[index] = value;
    return result;
  };
  const [above, below, halfAbove, halfBelow] = [at(h), at(-h), at(h / 2), at(-h / 2)];
  // What was really added, after rounding.
  const width = value + h - (value - h);
  const halfWidth = value + h / 2 - (value - h / 2);
  const coarse = (above - below) / width;
  const fine = (halfAbove - halfBelow) / halfWidth;
  const magnitude = Math.max(Math.abs(above), Math.abs(below), Math.abs(center));
  // A sum of many terms is rounded many times; eight units have proved enough.
  const rounding = (8 * Number.EPSILON * magnitude) / halfWidth;
  const right = (halfAbove - center) / (h / 2);
  const left = (center - halfBelow) / (h / 2);
  const coarseBend = (above - 2 * center + below) / h;
  const fineBend = (halfAbove - 2 * center + halfBelow) / (h / 2);
  // A smooth function's bend halves with the step; a kink's within the step does not.
  const isKink = Math.abs(coarseBend - 2 * fineBend) > 16 * rounding + 0.1 * Math.abs(coarseBend);
  return {
    value: isKink ? (left + right) / 2 : fine + (fine - coarse) / 3,
    uncertainty: rounding + Math.abs(fine - coarse),
    left,
    right,
    isKink,
  };
}

function evaluate(loss: LossFunction, x: Float64Array, index: number): number {
  const value = loss(x);
  if (Number.isFinite(value)) return value;
  const place = index < 0 ? "at the parameters" : `with parameter ${index} moved to ${x[index]}`;
  throw new OptionError(`the loss ${place} is ${value}, expected a finite number`);
}

function verdictOf(
  index: number,
  analytic: number,
  { value: numeric, uncertainty }: Slope,
  verdict: CheckedParameter["verdict"],
): CheckedParameter {
  const size = Math.max(Math.abs(analytic), Math.abs(numeric));
  const relativeError = size === 0 ? 0 : Math.abs(analytic - numeric) / size;
  return { index, analytic, numeric, relativeError, uncertainty, verdict };
}

function count(checked: readonly CheckedParameter[], verdict: CheckedParameter["verdict"]): number {
  return checked.filter((entry) => entry.verdict === verdict).length;
}
