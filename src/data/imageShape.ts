/** What inputs that are images look like, and whether they can be. */

/** The width and height of inputs that are greyscale images, row by row. */
export interface ImageShape {
  /** Pixels of a row, at least 1. */
  readonly width: number;
  /** Rows, at least 1. */
  readonly height: number;
}

/** True when width and height are whole, positive, and make `features` pixels. */
export function isImageOf({ width, height }: ImageShape, features: number): boolean {
  return [width, height].every(isSize) && width * height === features;
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
