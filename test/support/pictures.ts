/** Pictures of the built-in digits, as somebody might draw or scan them. */
import { encode } from "fast-png";
import jpeg from "jpeg-js";
import { digits, type GreyImage } from "../../src/index.js";

const SIDE = 28;

/** One drawn digit of each class, white on black, 28 × 28. */
export function oneOfEach(): GreyImage[] {
  const { inputs, targets } = digits({ samples: 400, seed: 3 });
  return Array.from({ length: 10 }, (_, label) => {
    const sample = targets.labels.indexOf(label);
    const values = inputs.subarray(sample * SIDE * SIDE, (sample + 1) * SIDE * SIDE);
    return { width: SIDE, height: SIDE, pixels: Uint8Array.from(values) };
  });
}

/** Bilinear, `factor` times as large, with a margin of `margin` pixels on each side. */
export function enlarge(image: GreyImage, factor: number, margin = 0): GreyImage {
  const inner = Math.round(image.width * factor);
  const side = inner + 2 * margin;
  const at = (x: number, y: number) => {
    const isInside = x >= 0 && y >= 0 && x < image.width && y < image.height;
    return isInside ? image.pixels[y * image.width + x] : 0;
  };
  const pixels = new Uint8Array(side * side);
  for (let row = 0; row < inner; row++) {
    for (let column = 0; column < inner; column++) {
      const x = (column + 0.5) / factor - 0.5;
      const y = (row + 0.5) / factor - 0.5;
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const upper = (left + 1 - x) * at(left, top) + (x - left) * at(left + 1, top);
      const lower = (left + 1 - x) * at(left, top + 1) + (x - left) * at(left + 1, top + 1);
      pixels[(row + margin) * side + column + margin] = (top + 1 - y) * upper + (y - top) * lower;
    }
  }
  return { width: side, height: side, pixels };
}

/** Black ink on paper that is nearly white, or any two other levels. */
export function onPaper(image: GreyImage, paper = 250, ink = 20): GreyImage {
  return { ...image, pixels: image.pixels.map((value) => paper + ((ink - paper) * value) / 255) };
}

/** Pictures of the same size side by side, `perLine` in a line; the rest stays black. */
export function sheetOf(images: readonly GreyImage[], perLine: number): GreyImage {
  const [{ width, height }] = images;
  const sheetWidth = width * perLine;
  const sheetHeight = height * Math.ceil(images.length / perLine);
  const pixels = new Uint8Array(sheetWidth * sheetHeight);
  images.forEach((image, index) => {
    const left = (index % perLine) * width;
    const top = Math.floor(index / perLine) * height;
    for (let row = 0; row < height; row++) {
      const line = image.pixels.subarray(row * width, (row + 1) * width);
      pixels.set(line, (top + row) * sheetWidth + left);
    }
  });
  return { width: sheetWidth, height: sheetHeight, pixels };
}

/** Gives a rectangle of the picture one level. */
export function fill(
  picture: GreyImage,
  [left, top, width, height]: readonly number[],
  level: number,
): void {
  for (let row = top; row < top + height; row++) {
    const start = row * picture.width + left;
    picture.pixels.fill(level, start, start + width);
  }
}

/** A greyscale PNG of 8 bits. */
export function png({ width, height, pixels }: GreyImage): Uint8Array {
  return encode({ width, height, data: Uint8Array.from(pixels), channels: 1, depth: 8 });
}

/** A baseline JPEG. */
export function jpg({ width, height, pixels }: GreyImage, quality = 85): Uint8Array {
  const data = new Uint8Array(4 * pixels.length);
  pixels.forEach((value, pixel) => {
    data.fill(value, 4 * pixel, 4 * pixel + 3);
    data[4 * pixel + 3] = 255;
  });
  return new Uint8Array(jpeg.encode({ width, height, data }, quality).data);
}
