/** A picture turned about its middle. */
import type { GreyImage } from "../digits/prepare.js";

/**
 * The picture turned clockwise by `angle`, radians, and as much larger as it takes to show all of it; around it there
 * is 0. Between pixels it is interpolated bilinearly.
 */
export function turned(picture: GreyImage, angle: number): GreyImage {
  if (angle === 0) return picture;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const width = Math.ceil(picture.width * Math.abs(cos) + picture.height * Math.abs(sin));
  const height = Math.ceil(picture.height * Math.abs(cos) + picture.width * Math.abs(sin));
  const pixels = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = column - (width - 1) / 2;
      const y = row - (height - 1) / 2;
      const fromX = (picture.width - 1) / 2 + x * cos + y * sin;
      const fromY = (picture.height - 1) / 2 + y * cos - x * sin;
      pixels[row * width + column] = Math.round(levelAt(picture, fromX, fromY));
    }
  }
  return { width, height, pixels };
}

function levelAt({ width, height, pixels }: GreyImage, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - left, y - top];
  const at = (column: number, row: number) =>
    column >= 0 && row >= 0 && column < width && row < height ? pixels[row * width + column] : 0;
  const upper = (1 - u) * at(left, top) + u * at(left + 1, top);
  const lower = (1 - u) * at(left, top + 1) + u * at(left + 1, top + 1);
  return (1 - v) * upper + v * lower;
}
