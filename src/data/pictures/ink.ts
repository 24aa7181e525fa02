/** Tells ink from paper, whichever of them is the darker. */
import type { GreyImage } from "../digits/prepare.js";

/** Levels between paper and ink, of 255, below which a picture counts as empty. */
const LEAST_CONTRAST = 24;
/** What is nearer to paper than this part of the way to ink is paper: noise, compression, shadows. */
const PAPER = 0.12;

/**
 * The picture as white ink on black: paper is exactly 0, the fullest ink 255, straight lines between. Paper is
 * the level that the picture's edge has most of, the median; ink is what differs from it most.
 *
 * @param picture any greyscale picture, dark on light or light on dark
 * @returns all 0 when nothing stands out
 */
export function inkOf({ width, height, pixels }: GreyImage): GreyImage {
  const paper = edgeMedian({ width, height, pixels });
  let darkest = 255;
  let brightest = 0;
  for (const level of pixels) {
    if (level < darkest) darkest = level;
    if (level > brightest) brightest = level;
  }
  const contrast = Math.max(paper - darkest, brightest - paper);
  const ink = new Uint8Array(pixels.length);
  if (contrast < LEAST_CONTRAST) return { width, height, pixels: ink };
  const direction = paper - darkest > brightest - paper ? -1 : 1;
  const floor = PAPER * contrast;
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const difference = direction * (pixels[pixel] - paper);
    if (difference > floor) ink[pixel] = Math.round((255 * difference) / contrast);
  }
  return { width, height, pixels: ink };
}

/** The median level of the outermost pixels. */
function edgeMedian({ width, height, pixels }: GreyImage): number {
  const counts = new Uint32Array(256);
  for (let column = 0; column < width; column++) {
    counts[pixels[column]]++;
    counts[pixels[(height - 1) * width + column]]++;
  }
  for (let row = 0; row < height; row++) {
    counts[pixels[row * width]]++;
    counts[pixels[row * width + width - 1]]++;
  }
  let seen = 0;
  for (let level = 0; level < 256; level++) {
    seen += counts[level];
    if (seen >= width + height) return level;
  }
  return 255;
}
