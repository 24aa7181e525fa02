/** Greyscale images drawn with characters. */
import type { Style } from "./style.js";

/** A greyscale image, row by row; 0 is black and 255 white. */
export interface GreyImage {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** An image as text: lines of the same width in columns. */
export interface Drawing {
  readonly lines: readonly string[];
  readonly width: number;
}

/** From dark to bright, as seen on a dark terminal. */
const DENSITIES = " .:-=+*#%@";

/**
 * The image with a column for each pixel of a row, shrunk where that is more than `width`. A
 * character is about twice as high as it is wide, so a line holds two rows of pixels.
 */
export function drawImage(image: GreyImage, width: number, images: Style["images"]): Drawing {
  const fitting = shrink(image, Math.ceil(image.width / width));
  const draw = images === "colours" ? halfBlocks : densities;
  const lines = Array.from({ length: Math.ceil(fitting.height / 2) }, (_, line) =>
    draw(pixelRow(fitting, 2 * line), pixelRow(fitting, 2 * line + 1)),
  );
  return { lines, width: fitting.width };
}

/** The means of blocks of factor × factor pixels; what is left over at the edges is dropped. */
function shrink(image: GreyImage, factor: number): GreyImage {
  if (factor === 1) return image;
  const width = Math.floor(image.width / factor);
  const height = Math.floor(image.height / factor);
  const sums = new Float64Array(width * height);
  for (let y = 0; y < height * factor; y++) {
    for (let x = 0; x < width * factor; x++) {
      const block = Math.floor(y / factor) * width + Math.floor(x / factor);
      sums[block] += image.pixels[y * image.width + x];
    }
  }
  return { width, height, pixels: Uint8Array.from(sums, (sum) => sum / factor ** 2) };
}

/** A row of pixels; black below the last row. */
function pixelRow({ pixels, width, height }: GreyImage, row: number): Uint8Array {
  return row < height ? pixels.subarray(row * width, (row + 1) * width) : new Uint8Array(width);
}

/** "▀" has the upper pixel for its colour and the lower one for its background. */
function halfBlocks(upper: Uint8Array, lower: Uint8Array): string {
  let line = "";
  let colours = "";
  upper.forEach((value, x) => {
    const wanted = `\x1b[38;5;${paletteGrey(value)};48;5;${paletteGrey(lower[x])}m`;
    if (wanted !== colours) line += wanted;
    colours = wanted;
    line += "▀";
  });
  return `${line}\x1b[0m`;
}

/** The 256-colour palette has black at 16, greys of 8, 18, …, 238 at 232 to 255, white at 231. */
function paletteGrey(value: number): number {
  const step = Math.round((value - 8) / 10);
  if (step < 0) return 16;
  return step > 23 ? 231 : 232 + step;
}

function densities(upper: Uint8Array, lower: Uint8Array): string {
  return Array.from(upper, (value, x) => {
    const brightness = (value + lower[x]) / 2 / 255;
    return DENSITIES[Math.round(brightness * (DENSITIES.length - 1))];
  }).join("");
}
