/** Samples in arrays, as NumPy's and IDX files hold them: a row each in one of inputs and one of targets. */
import { DataError } from "../../errors.js";
import { type NumericArray, showShape, type TextArray } from "../arrays/namedArray.js";
import { show } from "../arrays/show.js";

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
  const expected = samples > 0 ? "value a sample" : "sample, a row each";
  throw new DataError(
    `${place}: ${show(name)} is ${shape.length === 0 ? "a single number" : `of ${showShape(shape)} values`}, expected at least one ${expected}`,
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
