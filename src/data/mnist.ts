/**
 * MNIST: 60 000 training and 10 000 test images of handwritten digits, 28 × 28 pixels, in four IDX
 * files (LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998). Fashion-MNIST
 * and others of the family come in files of the same names and shapes.
 */
import { DataError } from "../errors.js";
import type { Dataset } from "./dataset.js";
import { createImageDataset, decodeIdx } from "./idx.js";

export const MNIST_PARTS = ["train", "test"] as const;
export type MnistPart = (typeof MNIST_PARTS)[number];

/** Both parts; their images have the same shape. */
export type Mnist = Readonly<Record<MnistPart, Dataset>>;

/** Images and their labels, which come in files of their own. */
export interface ImagesAndLabels<File> {
  readonly images: File;
  readonly labels: File;
}

/** A file as it is published. */
export interface PublishedFile {
  /** As on the mirrors, without ".gz". */
  readonly name: string;
  /** Length, uncompressed. */
  readonly bytes: number;
  /** Of the uncompressed bytes, hexadecimal; compressed ones differ from one compressor to another. */
  readonly sha256: string;
}

export const MNIST_FILES: Readonly<Record<MnistPart, ImagesAndLabels<PublishedFile>>> = {
  train: {
    images: {
      name: "train-images-idx3-ubyte",
      bytes: 16 + 60_000 * 28 * 28,
      sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    labels: {
      name: "train-labels-idx1-ubyte",
      bytes: 8 + 60_000,
      sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
  },
  test: {
    images: {
      name: "t10k-images-idx3-ubyte",
      bytes: 16 + 10_000 * 28 * 28,
      sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    labels: {
      name: "t10k-labels-idx1-ubyte",
      bytes: 8 + 10_000,
      sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
  },
};

/** Where the files are published, each as name + ".gz"; tried in this order. */
export const MNIST_MIRRORS: readonly string[] = [
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
];

/** Label 0 is "0", and so on. */
export const DIGIT_NAMES: readonly string[] = Array.from({ length: 10 }, (_, digit) =>
  String(digit),
);

/** An IDX file, uncompressed. */
export interface IdxFile {
  /** What it is called in messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * One part as a data set; any number of images of any shape, labels 0 to 9. Nothing is copied.
 *
 * @param name the data set's name
 * @throws DataError when a file is not what it claims to be or the two do not belong together.
 */
export function decodeMnistPart(name: string, files: ImagesAndLabels<IdxFile>): Dataset {
  return createImageDataset({
    name,
    images: decodeIdx(files.images.bytes, files.images.name),
    labels: decodeIdx(files.labels.bytes, files.labels.name),
    classNames: DIGIT_NAMES,
  });
}

/**
 * Both parts as data sets. Nothing is copied.
 *
 * @param names the data sets' names
 * @throws DataError as `decodeMnistPart`, and when the images of the parts differ in shape.
 */
export function decodeMnist(
  names: Readonly<Record<MnistPart, string>>,
  files: Readonly<Record<MnistPart, ImagesAndLabels<IdxFile>>>,
): Mnist {
  const train = decodeMnistPart(names.train, files.train);
  const test = decodeMnistPart(names.test, files.test);
  if (shapeOf(test) !== shapeOf(train)) {
    throw new DataError(
      `${files.test.images.name}: images of ${shapeOf(test)} pixels, expected ${shapeOf(train)} as in ${files.train.images.name}`,
    );
  }
  return { train, test };
}

function shapeOf({ image }: Dataset): string {
  return `${image?.width} × ${image?.height}`;
}
