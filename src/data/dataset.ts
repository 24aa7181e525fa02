/** The one shape in which data travels: inputs, targets and names. */
import { DataError, OptionError } from "../errors.js";
import { isImageOf } from "./imageShape.js";

/** Class labels: one whole number a sample, `0 … names.length − 1`. */
export interface ClassTargets {
  readonly kind: "classes";
  /** `[samples]` */
  readonly labels: Uint8Array | Int32Array;
  /** What each class is called; its length is the number of classes. */
  readonly names: readonly string[];
}

/** What a network learns to tell from the inputs. */
export type Targets = ClassTargets;

/** The width and height of inputs that are greyscale images, row by row. */
export interface ImageShape {
  readonly width: number;
  readonly height: number;
}

export interface Dataset {
  /** What it is called in messages and reports, for instance "MNIST training set". */
  readonly name: string;
  /**
   * `[samples, features]`, row-major. A `Uint8Array` holds pixels: a byte stands for byte / 255,
   * so that inputs lie in [0, 1]. A `Float32Array` is used as it is.
   */
  readonly inputs: Uint8Array | Float32Array;
  readonly targets: Targets;
  readonly samples: number;
  readonly features: number;
  /** Present when the inputs are images; width × height = features. */
  readonly image?: ImageShape;
}

/** What `createDataset` needs; the number of samples follows from the lengths. */
export type DatasetParts = Omit<Dataset, "samples">;

/**
 * Checks that the parts fit together and hands them over as a data set. Nothing is copied.
 *
 * @throws DataError when a length, a label or an input value is out of place.
 */
export function createDataset(parts: DatasetParts): Dataset {
  const { name, inputs, targets, features, image } = parts;
  if (!Number.isInteger(features) || features < 1) {
    throw new DataError(`${name}: features is ${features}, expected a whole number of at least 1`);
  }
  if (image && !isImageOf(image, features)) {
    throw new DataError(
      `${name}: images are ${image.width} × ${image.height}, expected ${features} pixels as there are features`,
    );
  }
  const samples = targets.labels.length;
  if (samples === 0) throw new DataError(`${name}: holds no samples, expected at least one`);
  if (inputs.length !== samples * features) {
    throw new DataError(
      `${name}: ${inputs.length} input values, expected ${samples * features} = ${samples} samples × ${features} features`,
    );
  }
  checkLabels(name, targets);
  if (inputs instanceof Float32Array) checkFinite(name, inputs, features);
  return { ...parts, samples };
}

/**
 * The samples `start … end − 1`, sharing memory with the whole.
 *
 * @throws OptionError when the range is empty or does not lie within the data set.
 */
export function sliceDataset(dataset: Dataset, start: number, end: number): Dataset {
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
    targets: { ...targets, labels: targets.labels.subarray(start, end) },
    samples: end - start,
  };
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

function checkFinite(name: string, inputs: Float32Array, features: number): void {
  const index = inputs.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    throw new DataError(
      `${name}: feature ${index % features} of sample ${Math.floor(index / features)} is ${inputs[index]}, expected a finite number`,
    );
  }
}
