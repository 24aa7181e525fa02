/**
 * The preparation that made MNIST out of scanned digits: cut out, fit into 20 × 20 pixels, place
 * the centre of mass in the middle of 28 × 28 (LeCun, Bottou, Bengio and Haffner, "Gradient-based
 * learning applied to document recognition", Proceedings of the IEEE 86, 1998, section III.A).
 * A network that has learnt MNIST wants any other picture of a digit prepared like this.
 */
import { DataError } from "../../errors.js";
import type { Point } from "./stroke.js";

/** A greyscale picture; `digitsOf` finds out whether it is light ink on dark paper or dark ink on light. */
export interface GreyImage {
  /** Pixels of a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width]`, row by row; from 0, black, to 255, white. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/** Side of the prepared image. */
export const IMAGE_SIDE = 28;
/** Side of the box that the digit is fitted into. */
const DIGIT_SIDE = 20;

/** Where MNIST has the centre of mass: the middle of pixel (14, 14), which covers 14 … 15. */
const MNIST_CENTRE: Point = { x: 14.5, y: 14.5 };

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The prepared image, `[28, 28]`, of white ink on black, 0 for no ink and 255 for full; all black when the picture
 * holds no ink. The background has to be 0, as everything else counts as ink.
 *
 * @param centre where the centre of mass is placed, to the nearest whole pixel, and as far as the
 *   digit stays within the image
 * @throws DataError when the pixels are not width × height.
 */
export function prepare(picture: GreyImage, centre: Point = MNIST_CENTRE): Uint8Array {
  const { width, height, pixels } = picture;
  if (!(width > 0 && height > 0 && pixels.length === width * height)) {
    throw new DataError(
      `a picture of ${width} × ${height} has ${pixels.length} pixels, expected width × height of at least 1`,
    );
  }
  const image = new Uint8Array(IMAGE_SIDE * IMAGE_SIDE);
  const box = boundingBox(picture);
  if (!box) return image;
  const digit = scaleToFit(picture, box);
  const mass = centreOfMass(digit);
  // By whole pixels, as in MNIST: the digit is moved, never blurred.
  const left = place(centre.x - mass.x, IMAGE_SIDE - digit.width);
  const top = place(centre.y - mass.y, IMAGE_SIDE - digit.height);
  for (let row = 0; row < digit.height; row++) {
    const line = digit.pixels.subarray(row * digit.width, (row + 1) * digit.width);
    image.set(line, (top + row) * IMAGE_SIDE + left);
  }
  return image;
}

/** The smallest box around all ink. */
function boundingBox({ width, height, pixels }: GreyImage): Box | undefined {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (pixels[row * width + column] === 0) continue;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = row;
    }
  }
  return bottom < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The box scaled so that its longer side is 20 pixels, each of them the mean over its area. */
function scaleToFit(picture: GreyImage, box: Box): GreyImage {
  const scale = DIGIT_SIDE / Math.max(box.width, box.height);
  const width = Math.max(1, Math.floor(box.width * scale + 0.5));
  const height = Math.max(1, Math.floor(box.height * scale + 0.5));
  const sums = cornerSums(summedAreaTable(picture, box), box, width, height);
  const area = (box.width / width) * (box.height / height);
  const stride = width + 1;
  const pixels = new Uint8ClampedArray(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const corner = row * stride + column;
      const above = sums[corner + 1] - sums[corner];
      const below = sums[corner + stride + 1] - sums[corner + stride];
      pixels[row * width + column] = (below - above) / area;
    }
  }
  return { width, height, pixels };
}

/**
 * `[box.height + 1, box.width + 1]`: for each corner of the box's pixels the sum of all ink to the
 * left of and above it (Crow, "Summed-area tables for texture mapping", SIGGRAPH 1984).
 */
function summedAreaTable({ width, pixels }: GreyImage, box: Box): Float64Array {
  const stride = box.width + 1;
  const table = new Float64Array(stride * (box.height + 1));
  for (let row = 0; row < box.height; row++) {
    const source = (box.top + row) * width + box.left;
    let sum = 0;
    for (let column = 0; column < box.width; column++) {
      sum += pixels[source + column];
      const corner = (row + 1) * stride + column + 1;
      table[corner] = sum + table[corner - stride];
    }
  }
  return table;
}

/**
 * `[height + 1, width + 1]`: the same sums at the corners of `width` × `height` equal cells of the
 * box. A corner within a pixel takes its share of that pixel: bilinear interpolation.
 */
function cornerSums(table: Float64Array, box: Box, width: number, height: number): Float64Array {
  const stride = box.width + 1;
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let row = 0; row <= height; row++) {
    const y = (row * box.height) / height;
    const above = Math.min(box.height - 1, Math.floor(y));
    for (let column = 0; column <= width; column++) {
      const x = (column * box.width) / width;
      const before = Math.min(box.width - 1, Math.floor(x));
      const u = x - before;
      const v = y - above;
      const corner = above * stride + before;
      const upper = (1 - u) * table[corner] + u * table[corner + 1];
      const lower = (1 - u) * table[corner + stride] + u * table[corner + stride + 1];
      sums[row * (width + 1) + column] = (1 - v) * upper + v * lower;
    }
  }
  return sums;
}

/** In the middle when the ink is so faint that scaling rounded it away. */
function centreOfMass({ width, height, pixels }: GreyImage): Point {
  let mass = 0;
  let x = 0;
  let y = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const ink = pixels[row * width + column];
      mass += ink;
      x += ink * (column + 0.5);
      y += ink * (row + 0.5);
    }
  }
  return mass === 0 ? { x: width / 2, y: height / 2 } : { x: x / mass, y: y / mass };
}

/** The nearest whole number from 0 to `limit`. */
function place(position: number, limit: number): number {
  return Math.min(limit, Math.max(0, Math.floor(position + 0.5)));
}
