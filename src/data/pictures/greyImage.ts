/** Pictures in colour, made grey. */
import { wrongType } from "../../arguments.js";
import { DataError } from "../../errors.js";
import type { GreyImage } from "../digits/prepare.js";

/** A picture in colour: `ImageData`, as a canvas gives it, is one. */
export interface ColourImage {
  /** Pixels of a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width, 4]`, row by row: red, green, blue and alpha, 0 … 255. */
  readonly data: Uint8ClampedArray | Uint8Array;
}

const CHANNELS = 4;
const FULL = 255;

/**
 * The picture in grey, on white paper where it is transparent.
 *
 * @throws DataError when the pixels are not width × height × 4.
 * @throws OptionError when they are no bytes.
 */
export function greyImage({ width, height, data }: ColourImage): GreyImage {
  if (!(data instanceof Uint8ClampedArray || data instanceof Uint8Array)) {
    throw wrongType("data of a picture", data, "a Uint8ClampedArray or a Uint8Array");
  }
  if (!(width > 0 && height > 0 && data.length === CHANNELS * width * height)) {
    throw new DataError(
      `a picture of ${width} × ${height} has ${data.length} bytes, expected width × height × 4 of at least 4`,
    );
  }
  const pixels = new Uint8Array(width * height);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const first = CHANNELS * pixel;
    const alpha = data[first + 3] / FULL;
    pixels[pixel] = brightness(data[first], data[first + 1], data[first + 2], alpha);
  }
  return { width, height, pixels };
}

/** A colour's brightness on white paper, 0 … 255 (the luma of ITU-R BT.601); alpha is 0 … 1. */
export function brightness(red: number, green: number, blue: number, alpha: number): number {
  return Math.round(FULL + alpha * (0.299 * red + 0.587 * green + 0.114 * blue - FULL));
}
