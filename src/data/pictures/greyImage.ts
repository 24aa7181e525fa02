/** Pictures in colour, made grey. */
import { checkType, wrongType } from "../../arguments.js";
import { DataError } from "../../errors.js";
import type { GreyImage } from "../digits/prepare.js";
import { LEAST_CONTRAST } from "./ink.js";

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
 * The picture in grey; where it is transparent on white paper, or on black if on white nothing would be seen.
 *
 * @throws DataError when the pixels are not width × height × 4.
 * @throws OptionError when they are no bytes, or there is no picture.
 */
export function greyImage(picture: ColourImage): GreyImage {
  checkType("picture of greyImage", picture, "object");
  const { width, height, data } = picture;
  if (!(data instanceof Uint8ClampedArray || data instanceof Uint8Array)) {
    throw wrongType("data of a picture", data, "a Uint8ClampedArray or a Uint8Array");
  }
  if (!(width > 0 && height > 0 && data.length === CHANNELS * width * height)) {
    throw new DataError(
      `a picture of ${width} × ${height} has ${data.length} bytes, expected width × height × 4 of at least 4`,
    );
  }
  const pixels = onVisiblePaper((paper) => {
    const grey = new Uint8Array(width * height);
    for (let pixel = 0; pixel < grey.length; pixel++) {
      const first = CHANNELS * pixel;
      const alpha = data[first + 3] / FULL;
      grey[pixel] = brightness(data[first], data[first + 1], data[first + 2], alpha, paper);
    }
    return grey;
  });
  return { width, height, pixels };
}

/** What `compose` makes on white paper; on black if all of that is nearly white, as light strokes on nothing are. */
export function onVisiblePaper(compose: (paper: number) => Uint8Array): Uint8Array {
  const onWhite = compose(FULL);
  return onWhite.every((level) => level > FULL - LEAST_CONTRAST) ? compose(0) : onWhite;
}

/** A colour's brightness, 0 … 255 (the luma of ITU-R BT.601), on paper of that level; alpha is 0 … 1. */
export function brightness(
  red: number,
  green: number,
  blue: number,
  alpha: number,
  paper: number,
): number {
  return Math.round(paper + alpha * (0.299 * red + 0.587 * green + 0.114 * blue - paper));
}
