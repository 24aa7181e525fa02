/** Connected parts of a picture's ink. */
import type { GreyImage } from "../digits/prepare.js";

/** The smallest box around something, in pixels; right and bottom are the last that belong to it. */
export interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The box around what it has been told of; at first around nothing. */
export class GrowingExtent implements Extent {
  left = Number.POSITIVE_INFINITY;
  top = Number.POSITIVE_INFINITY;
  right = -1;
  bottom = -1;

  include(column: number, row: number): void {
    this.left = Math.min(this.left, column);
    this.right = Math.max(this.right, column);
    this.top = Math.min(this.top, row);
    this.bottom = Math.max(this.bottom, row);
  }
}

/** Pixels of ink that touch each other, corners included. */
export interface Component extends Extent {
  /** Their places in the picture, row · width + column. */
  readonly pixels: readonly number[];
}

/** The components of `ink`, in the order of their first pixels. */
export function componentsOf({ width, height, pixels }: GreyImage): Component[] {
  const seen = new Uint8Array(pixels.length);
  const found: Component[] = [];
  for (let start = 0; start < pixels.length; start++) {
    if (pixels[start] === 0 || seen[start]) continue;
    seen[start] = 1;
    const members = [start];
    const extent = new GrowingExtent();
    // The list grows while it is walked.
    for (let next = 0; next < members.length; next++) {
      const column = members[next] % width;
      const row = (members[next] - column) / width;
      extent.include(column, row);
      for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) {
          const place = y * width + x;
          if (pixels[place] === 0 || seen[place]) continue;
          seen[place] = 1;
          members.push(place);
        }
      }
    }
    found.push({ ...extent, pixels: members });
  }
  return found;
}

export function heightOf({ top, bottom }: Extent): number {
  return bottom - top + 1;
}

export function widthOf({ left, right }: Extent): number {
  return right - left + 1;
}

/** Columns that both have; below 0: the columns between them. */
export function sharedColumns(a: Extent, b: Extent): number {
  return Math.min(a.right, b.right) - Math.max(a.left, b.left) + 1;
}

/** Rows that both have; below 0: the rows between them. */
export function sharedRows(a: Extent, b: Extent): number {
  return Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) + 1;
}

/** Both as one. */
export function merge(a: Component, b: Component): Component {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
    pixels: a.pixels.concat(b.pixels),
  };
}
