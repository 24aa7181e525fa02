/** The one shape in which data travels: inputs, targets and names. */
import { checkNames, checkStrings, checkType, wrongType } from "../arguments.js";
import { DataError, OptionError } from "../errors.js";
import { show } from "./arrays/show.js";
import { type ImageShape, isImageOf } from "./imageShape.js";
import { findNonFinite } from "./nonFinite.js";
import { unclamped } from "./unclamped.js";

/** Class labels: one whole number a sample, `0 … names.length − 1`. */
export interface ClassTargets {
  /** Tells them from values. */
  readonly kind: "classes";
  /** `[samples]` */
  readonly labels: Uint8Array | Int32Array;
  /** What each class is called; its length is the number of classes. */
  readonly names: readonly string[];
}

/** Numbers to be predicted, one or more a sample. */
export interface ValueTargets {
  /** Tells them from classes. */
  readonly kind: "values";
  /** `[samples, names.length]`, row-major */
  readonly values: Float32Array;
  /** What each number is called; as many as the network has outputs. */
  readonly names: readonly string[];
}

/** What a network learns to tell from the inputs. */
export type Targets = ClassTargets | ValueTargets;

/** Samples, what is to be said of each, and what all of it is called: see `createDataset`. */
export interface Dataset<T extends Targets = ClassTargets> {
  /** What it is called in messages and reports, for instance "MNIST training set". */
  readonly name: string;
  /**
   * `[samples, features]`, row-major. A `Uint8Array` holds pixels: a byte stands for byte / 255,
   * so that inputs lie in [0, 1]. A `Float32Array` is used as it is.
   */
  readonly inputs: Uint8Array | Float32Array;
  /** What the network is to learn of each sample: its class, or its values. */
  readonly targets: T;
  /** How many there are, at least one. */
  readonly samples: number;
  /** Numbers of which a sample consists; as many as the network has inputs. */
  readonly features: number;
  /** Present when the inputs are images; width × height = features. */
  readonly image?: ImageShape;
}

/** What `createDataset` needs; the number of samples follows from the lengths. */
export type DatasetParts<T extends Targets = ClassTargets> = Omit<
  Dataset<T>,
  "samples" | "inputs"
> & {
  /** `[samples, features]`, row-major; bytes stand for byte / 255, also those of pictures, which are clamped. */
  readonly inputs: Uint8Array | Uint8ClampedArray | Float32Array;
};

/** `samples` may come along from another data set. */
const PARTS = {
  name: 1,
  inputs: 1,
  targets: 1,
  samples: 1,
  features: 1,
  image: 1,
} satisfies Record<keyof Dataset, number>;

/**
 * Checks that the parts fit together and hands them over as a data set. Nothing is copied.
 *
 * @throws OptionError when a part is of another type than it is said to be.
 * @throws DataError when a length, a label or a value is out of place.
 */
export function createDataset<T extends Targets>(parts: DatasetParts<T>): Dataset<T> {
  checkType("the data set", parts, "object");
  checkNames("createDataset", parts, PARTS);
  const whole = { ...parts, inputs: unclamped(parts.inputs) };
  const samples = checkParts(whole);
  const { inputs, targets } = whole;
  if (targets.kind === "values") checkValues(parts.name, targets, targets.values);
  if (inputs instanceof Float32Array) checkInputs(whole, inputs);
  return { ...whole, samples };
}

/**
 * All that kernels rely on: whoever puts a data set together without `createDataset` may have missed it.
 *
 * @throws OptionError when a part is of another type than it is said to be.
 * @throws DataError when a length or a label is out of place.
 */
export function checkDataset(dataset: Dataset<Targets>): void {
  const samples = checkParts(dataset);
  if (dataset.samples === samples) return;
  throw new DataError(`${dataset.name}: samples is ${dataset.samples}, expected ${samples}`);
}

/** @returns the number of samples */
function checkParts(parts: Omit<Dataset<Targets>, "samples">): number {
  checkType("the data set", parts, "object");
  const { name, inputs, targets, features, image } = parts;
  checkType("name", name, "string");
  if (!(inputs instanceof Uint8Array || inputs instanceof Float32Array)) {
    throw wrongType(`${name}: inputs`, inputs, "a Uint8Array or a Float32Array");
  }
  checkTargets(name, targets);
  if (!Number.isInteger(features) || features < 1) {
    throw new DataError(`${name}: features is ${features}, expected a whole number of at least 1`);
  }
  if (image && !isImageOf(image, features)) {
    throw new DataError(
      `${name}: images are ${image.width} × ${image.height}, expected ${features} pixels as there are features`,
    );
  }
  const samples = countSamples(name, targets);
  if (samples === 0) throw new DataError(`${name}: holds no samples, expected at least one`);
  if (inputs.length !== samples * features) {
    const what = targets.kind === "classes" ? "labels" : "rows of values";
    throw new DataError(
      `${name}: has ${inputs.length} input values, expected ${samples * features} as there are ${samples} ${what} and ${features} features`,
    );
  }
  if (targets.kind === "classes") checkLabels(name, targets);
  return samples;
}

function checkTargets(name: string, targets: Targets): void {
  checkType(`${name}: targets`, targets, "object");
  const { kind } = targets;
  checkStrings(`${name}: targets.names`, targets.names);
  if (kind === "classes") {
    const { labels } = targets;
    if (labels instanceof Uint8Array || labels instanceof Int32Array) return;
    throw wrongType(`${name}: targets.labels`, labels, "a Uint8Array or an Int32Array");
  }
  if (kind !== "values") throw wrongType(`${name}: targets.kind`, kind, '"classes" or "values"');
  const { values } = targets;
  if (!(values instanceof Float32Array)) {
    throw wrongType(`${name}: targets.values`, values, "a Float32Array");
  }
}

/**
 * The samples `start … end − 1`, sharing memory with the whole.
 *
 * @throws OptionError when the range is empty or does not lie within the data set.
 */
export function sliceDataset<T extends Targets>(
  dataset: Dataset<T>,
  start: number,
  end: number,
): Dataset<T> {
  const { inputs, targets, samples, features } = dataset;
  if (
    !(
      Number.isInteger(start) &&
      Number.isInteger(end) &&
      0 <= start &&
      start < end &&
      end <= samples
    )
  ) {
    throw new OptionError(
      `${dataset.name}: samples ${start} to ${end} were asked for, expected a range within 0 to ${samples}`,
    );
  }
  return {
    ...dataset,
    inputs: inputs.subarray(start * features, end * features),
    targets: sliceTargets(targets, start, end),
    samples: end - start,
  };
}

function countSamples(name: string, targets: Targets): number {
  if (targets.kind === "classes") return targets.labels.length;
  const outputs = targets.names.length;
  if (outputs === 0) throw new DataError(`${name}: names no values, expected at least one`);
  const samples = targets.values.length / outputs;
  if (Number.isInteger(samples)) return samples;
  throw new DataError(
    `${name}: has ${targets.values.length} values, expected a multiple of ${outputs} as that many are named`,
  );
}

function sliceTargets<T extends Targets>(targets: T, start: number, end: number): T {
  if (targets.kind === "classes")
    return { ...targets, labels: targets.labels.subarray(start, end) };
  const outputs = targets.names.length;
  return { ...targets, values: targets.values.subarray(start * outputs, end * outputs) };
}

function checkLabels(name: string, targets: ClassTargets): void {
  const classes = targets.names.length;
  if (classes === 0) throw new DataError(`${name}: names no classes, expected at least one`);
  const index = targets.labels.findIndex((label) => label < 0 || label >= classes);
  if (index >= 0) {
    throw new DataError(
      `${name}: the label of sample ${index} is ${targets.labels[index]}, expected 0 to ${classes - 1}`,
    );
  }
}

/**
 * @param copy of the inputs from sample number `first` on, perhaps standardised
 * @throws DataError when one of them is not finite.
 */
export function checkInputs(
  { name, inputs, features }: Pick<Dataset, "name" | "inputs" | "features">,
  copy: Float32Array,
  first = 0,
): void {
  const rows = inputs.subarray(first * features);
  refuseStray(name, copy, rows, features, (feature) => `feature ${feature}`, first);
}

/**
 * @param copy of the values, perhaps standardised
 * @throws DataError when one of them is not finite.
 */
export function checkValues(
  name: string,
  { values, names }: ValueTargets,
  copy: Float32Array,
): void {
  refuseStray(name, copy, values, names.length, (column) => show(names[column]));
}

/** Both arrays `[samples, columns]`, from sample number `first` on: a copy of what was given, and what was given. */
function refuseStray(
  name: string,
  copy: Float32Array,
  given: Uint8Array | Float32Array,
  columns: number,
  nameOf: (column: number) => string,
  first = 0,
): void {
  const index = findNonFinite(copy);
  if (index < 0) return;
  const value = given[index];
  const then = Number.isFinite(value) ? `, which is ${copy[index]} when standardised` : "";
  throw new DataError(
    `${name}: ${nameOf(index % columns)} of sample ${first + Math.floor(index / columns)} is ${value}${then}, expected a finite number`,
  );
}
