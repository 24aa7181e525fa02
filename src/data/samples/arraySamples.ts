/** Samples in arrays, as NumPy's and IDX files hold them: a row each in one of inputs and one of targets. */
import { DataError, OptionError } from "../../errors.js";
import { type NumericArray, showShape, type TextArray } from "../arrays/namedArray.js";
import { show } from "../arrays/show.js";
import { drawHeldOut, partition } from "../heldOut.js";

/** What is to be predicted: numbers, or texts that name classes. */
export type TargetArray = NumericArray | TextArray;

/** Samples as arrays hold them, before anything is made of them. */
export interface ArraySamples {
  /** What they are called in messages and reports. */
  readonly place: string;
  /** `[samples, …]` */
  readonly inputs: NumericArray;
  /** `[samples]` or `[samples, outputs]`; absent where nothing is known of them. */
  readonly targets?: TargetArray | undefined;
}

/** Samples whose targets are known. */
export interface LabelledSamples extends ArraySamples {
  /** `[samples]` or `[samples, outputs]`. */
  readonly targets: TargetArray;
}

/** Which samples are held out. */
export interface SplitSamplesOptions {
  /** Of the samples that are held out, above 0 and below 1. */
  readonly fraction: number;
  /** Chooses them, 0 … 2³² − 1. */
  readonly seed: number;
  /** "targets": the same fraction of each value of the targets is held out, rounded; default: of the whole. */
  readonly strata?: "targets" | undefined;
}

/**
 * The number of samples, and of values that each has.
 *
 * @throws DataError when the array holds none, or is a single number.
 */
export function checkRows(
  { name, shape }: TargetArray,
  place: string,
): { readonly samples: number; readonly width: number } {
  const [samples, ...rest] = shape;
  const width = rest.reduce((product, size) => product * size, 1);
  if (samples > 0 && width > 0) return { samples, width };
  throw new DataError(
    `${place}: ${show(name)} is ${shape.length === 0 ? "a single number" : `of ${showShape(shape)} values`}, expected at least one sample, a row each`,
  );
}

/** @throws DataError when targets are not as many as inputs. */
export function checkSameRows({ place, inputs, targets }: LabelledSamples): void {
  const { samples } = checkRows(inputs, place);
  const found = checkRows(targets, place).samples;
  if (found === samples) return;
  throw new DataError(
    `${place}: ${show(targets.name)} has ${found} rows, expected ${samples} as ${show(inputs.name)} has`,
  );
}

/**
 * Both parts keep the order of the samples; rows are copied.
 *
 * @throws OptionError when one of the parts would be empty.
 * @throws DataError when targets are not as many as inputs.
 */
export function splitSamples(
  samples: LabelledSamples,
  { fraction, seed, strata }: SplitSamplesOptions,
): {
  /** The samples that are left. */
  readonly training: LabelledSamples;
  /** The samples that are held out. */
  readonly test: LabelledSamples;
} {
  checkSameRows(samples);
  const { place, inputs, targets } = samples;
  const [count] = inputs.shape;
  const members = strata === "targets" ? strataOf(targets) : [allRows(count)];
  const { kept, heldOut } = partition(drawHeldOut(count, members, { fraction, seed }));
  if (kept.length === 0 || heldOut.length === 0) {
    throw new OptionError(
      `${place}: a test split of ${fraction} leaves ${kept.length > 0 ? "the test set" : "training"} without any of the ${count} samples, expected some in both parts`,
    );
  }
  const take = (rows: Int32Array) => ({
    place,
    inputs: takeRows(inputs, rows),
    targets: takeRows(targets, rows),
  });
  return { training: take(kept), test: { ...take(heldOut), place: `${place} (held out)` } };
}

function allRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

/** Rows of the same targets, in the order in which these appear. */
function strataOf(targets: TargetArray): number[][] {
  const width = targets.values.length / targets.shape[0];
  const strata = new Map<string, number[]>();
  for (let row = 0; row < targets.shape[0]; row++) {
    const key = targets.values.subarray(row * width, (row + 1) * width).join();
    const members = strata.get(key);
    if (members) members.push(row);
    else strata.set(key, [row]);
  }
  return [...strata.values()];
}

function takeRows<T extends TargetArray>(array: T, rows: Int32Array): T {
  const { values, shape } = array;
  const width = values.length / shape[0];
  const taken = new (values.constructor as new (length: number) => typeof values)(
    rows.length * width,
  );
  rows.forEach((row, index) => {
    taken.set(values.subarray(row * width, (row + 1) * width), index * width);
  });
  return { ...array, shape: [rows.length, ...shape.slice(1)], values: taken };
}
