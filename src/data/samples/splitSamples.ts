/** Samples for training, and samples to test on. */
import { checkChoice, checkOptions } from "../../arguments.js";
import { splitWhole } from "../heldOut.js";
import { checkSameRows, type LabelledSamples, type TargetArray } from "./arraySamples.js";
import { classNamesOf } from "./arrayTargets.js";
import { refuseNonFinite } from "./finiteValues.js";

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
 * Both parts keep the order of the samples; rows are copied. What would be refused of a part is refused of the whole, so that
 * messages count the samples of the file.
 *
 * @throws OptionError when one of the parts would be empty, or an option is misspelt or of another type.
 * @throws DataError when targets are not as many as inputs, a value is no finite number, or strata are asked for of
 *   targets that name no classes.
 */
export function splitSamples(
  samples: LabelledSamples,
  options: SplitSamplesOptions,
): {
  /** The samples that are left. */
  readonly training: LabelledSamples;
  /** The samples that are held out. */
  readonly test: LabelledSamples;
  /** Their numbers in the whole, counted from 0, rising. */
  readonly heldOut: Int32Array;
} {
  checkOptions("splitSamples", options, { fraction: "number", seed: "number", strata: "checked" });
  const { strata } = options;
  checkChoice("strata", strata, ["targets"]);
  checkSameRows(samples);
  const { place, inputs, targets } = samples;
  refuseNonFinite(samples);
  if (strata === "targets") classNamesOf(targets, place);
  const [count] = inputs.shape;
  const members = strata === "targets" ? strataOf(targets) : [allRows(count)];
  const whole = { place, size: count, unit: "samples" } as const;
  const { kept, heldOut } = splitWhole(whole, members, options);
  const take = (rows: Int32Array) => ({
    place,
    inputs: takeRows(inputs, rows),
    targets: takeRows(targets, rows),
  });
  const test = { ...take(heldOut), place: `${place} (held out)` };
  return { training: take(kept), test, heldOut };
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
