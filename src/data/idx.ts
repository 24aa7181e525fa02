/**
 * The IDX format, in which MNIST and data sets of its family are published: two zero bytes, a byte
 * for the type of the values, a byte for the number of dimensions, each dimension's size in 32 bits,
 * big-endian; then the values, row-major, the last dimension varying fastest.
 */
import { DataError } from "../errors.js";
import { decodeElements } from "./arrays/elements.js";
import { DTYPE_BYTES, type DType, type UnnamedArray } from "./arrays/namedArray.js";
import { createDataset, type Dataset } from "./dataset.js";

/** The content of an IDX file of unsigned bytes. */
export interface IdxArray {
  /** What the file is called in messages. */
  readonly name: string;
  /** Positive; images are `[samples, height, width]`, labels are `[samples]`. */
  readonly dimensions: readonly number[];
  /** As many bytes as the product of the dimensions; shares memory with the file. */
  readonly data: Uint8Array;
}

/** Two zero bytes, the type and the number of dimensions. */
const MAGIC_BYTES = 4;
const UNSIGNED_BYTE = 0x08;
const DTYPES: ReadonlyMap<number, DType> = new Map([
  [UNSIGNED_BYTE, "uint8"],
  [0x09, "int8"],
  [0x0b, "int16"],
  [0x0c, "int32"],
  [0x0d, "float32"],
  [0x0e, "float64"],
]);
const BYTES_ONLY: ReadonlyMap<number, DType> = new Map([[UNSIGNED_BYTE, "uint8"]]);
/** Samples, height, width, channels: more than these is taken for a mistake. */
const MAXIMUM_DIMENSIONS = 4;
const DIMENSION_BYTES = 4;

/**
 * @param file uncompressed
 * @param name what the file is called in messages
 * @throws DataError when the file is not an IDX file of unsigned bytes, or not all of one.
 */
export function decodeIdx(file: Uint8Array, name: string): IdxArray {
  const { dimensions, data } = readIdx(file, name, BYTES_ONLY);
  return { name, dimensions, data };
}

/**
 * The same of any type of values.
 *
 * @throws DataError when the file is not an IDX file, or not all of one.
 */
export function decodeIdxArray(file: Uint8Array, place: string): UnnamedArray {
  const { dtype, dimensions, data } = readIdx(file, place, DTYPES);
  return {
    shape: dimensions,
    dtype,
    values: decodeElements(data, { place, dtype, littleEndian: false }),
  };
}

/** Whether a file begins as IDX files do. */
export function isIdx(file: Uint8Array): boolean {
  const [zero, alsoZero, type, count] = file;
  return zero === 0 && alsoZero === 0 && DTYPES.has(type) && count <= MAXIMUM_DIMENSIONS;
}

interface Idx {
  readonly dtype: DType;
  readonly dimensions: readonly number[];
  readonly data: Uint8Array;
}

function readIdx(file: Uint8Array, name: string, dtypes: ReadonlyMap<number, DType>): Idx {
  const { dtype, dimensions } = readHeader(file, name, dtypes);
  const data = file.subarray(MAGIC_BYTES + dimensions.length * DIMENSION_BYTES);
  // A product of whole numbers beyond 2⁵³ may be rounded but stays beyond any length.
  const values = dimensions.reduce((product, size) => product * size, 1);
  const expected = values * DTYPE_BYTES[dtype];
  if (data.length !== expected) {
    throw new DataError(
      `${name}: the length of its data is ${data.length}, expected ${expected} for ${dimensions.join(" × ")} values`,
    );
  }
  return { dtype, dimensions, data };
}

/** What `createImageDataset` puts together. */
export interface LabelledImages {
  /** The data set's name. */
  readonly name: string;
  /** `[samples, height, width]` */
  readonly images: IdxArray;
  /** `[samples]`, each a class, `0 … classNames.length − 1`. */
  readonly labels: IdxArray;
  /** One for each class. */
  readonly classNames: readonly string[];
}

/**
 * A data set of greyscale images and their classes. Nothing is copied.
 *
 * @throws DataError when images and labels do not belong together or a label is no class.
 */
export function createImageDataset(parts: LabelledImages): Dataset {
  const { name, images, labels, classNames } = parts;
  const [samples = 0, height = 0, width = 0] = images.dimensions;
  checkDimensions(images, 3, "samples, height, width");
  checkDimensions(labels, 1, "samples");
  if (labels.data.length !== samples) {
    throw new DataError(
      `${labels.name}: the number of labels is ${labels.data.length}, expected ${samples} as there are images in ${images.name}`,
    );
  }
  // `createDataset` checks labels as well, but knows nothing of the file that they come from.
  const stray = labels.data.findIndex((label) => label >= classNames.length);
  if (stray >= 0) {
    throw new DataError(
      `${labels.name}: the label of sample ${stray} is ${labels.data[stray]}, expected 0 to ${classNames.length - 1}`,
    );
  }
  return createDataset({
    name,
    inputs: images.data,
    targets: { kind: "classes", labels: labels.data, names: classNames },
    features: height * width,
    image: { width, height },
  });
}

function readHeader(
  file: Uint8Array,
  name: string,
  dtypes: ReadonlyMap<number, DType>,
): Omit<Idx, "data"> {
  const [zero, alsoZero, type, count] = file;
  if (count === undefined) {
    throw new DataError(
      `${name}: its length is ${file.length}, expected an IDX file, which has at least ${MAGIC_BYTES} bytes`,
    );
  }
  if (zero !== 0 || alsoZero !== 0) {
    throw new DataError(
      `${name}: begins with the bytes ${hex(zero)} ${hex(alsoZero)}, expected 00 00 as in every IDX file`,
    );
  }
  const dtype = dtypes.get(type);
  if (dtype === undefined) {
    const known = Array.from(dtypes, ([code, called]) => `${hex(code)}, ${called}`);
    throw new DataError(
      `${name}: its values are of type ${hex(type)}, expected ${known.join("; ")}`,
    );
  }
  if (count < 1 || count > MAXIMUM_DIMENSIONS) {
    throw new DataError(
      `${name}: the number of dimensions is ${count}, expected 1 to ${MAXIMUM_DIMENSIONS}`,
    );
  }
  const header = MAGIC_BYTES + count * DIMENSION_BYTES;
  if (file.length < header) {
    throw new DataError(
      `${name}: ends after ${file.length} bytes, within its header, expected ${header} bytes of header`,
    );
  }
  const view = new DataView(file.buffer, file.byteOffset, header);
  const dimensions = Array.from({ length: count }, (_, index) =>
    view.getUint32(MAGIC_BYTES + index * DIMENSION_BYTES),
  );
  const empty = dimensions.indexOf(0);
  if (empty >= 0) {
    throw new DataError(`${name}: dimension ${empty + 1} is 0, expected at least 1`);
  }
  return { dtype, dimensions };
}

function checkDimensions({ name, dimensions }: IdxArray, count: number, meaning: string): void {
  if (dimensions.length !== count) {
    throw new DataError(
      `${name}: the number of dimensions is ${dimensions.length}, expected ${count} (${meaning})`,
    );
  }
}

function hex(byte = 0): string {
  return byte.toString(16).padStart(2, "0");
}
