/** Whether inputs can be the images that they are said to be. */
import type { ImageShape } from "./dataset.js";

/** True when width and height are whole, positive, and make `features` pixels. */
export function isImageOf({ width, height }: ImageShape, features: number): boolean {
  return [width, height].every(isSize) && width * height === features;
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
