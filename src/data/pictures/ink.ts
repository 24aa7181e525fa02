/** Tells ink from paper, whichever of them is the darker. */
import type { GreyImage } from "../digits/prepare.js";
import { paperOf } from "./paper.js";

/** Levels between paper and ink, of 255, below which a picture counts as empty. */
export const LEAST_CONTRAST = 24;
/** What is nearer to paper than this part of the way to ink is paper: noise, compression, shadows. */
const PAPER = 0.12;

/**
 * The picture as white ink on black: paper is exactly 0, the fullest ink 255, straight lines between. Paper is
 * what the picture's edge has most of, and changes across the picture as light does; ink is what differs from it most.
 *
 * @param picture any greyscale picture, dark on light or light on dark
 * @returns all 0 when nothing stands out
 */
export function inkOf(picture: GreyImage): GreyImage {
  const { width, height, pixels } = picture;
  const paperAt = paperOf(picture);
  let darkest = 0;
  let brightest = 0;
  const differences = new Float32Array(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const pixel = row * width + column;
      const difference = pixels[pixel] - paperAt(column, row);
      differences[pixel] = difference;
      if (difference < darkest) darkest = difference;
      if (difference > brightest) brightest = difference;
    }
  }
  const contrast = Math.max(-darkest, brightest);
  const ink = new Uint8Array(pixels.length);
  if (contrast < LEAST_CONTRAST) return { width, height, pixels: ink };
  const direction = -darkest > brightest ? -1 : 1;
  const floor = PAPER * contrast;
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const difference = direction * differences[pixel];
    if (difference > floor) ink[pixel] = Math.round((255 * difference) / contrast);
  }
  return { width, height, pixels: ink };
}
