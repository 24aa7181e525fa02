/** Finds what is near a place without looking at everything: a picture in rectangles, each with what covers it. */
import { type Extent, heightOf, sharedColumns, sharedRows, widthOf } from "./components.js";

/** In a row; pictures have fewer pixels. */
const MOST_RECTANGLES = 2 ** 26;
/** For each extent, on average, so that a few that are very large do not cover millions. */
const MOST_COVERED = 16;

export class ExtentGrid {
  readonly #extents: readonly Extent[];
  /** Of a rectangle, in pixels. */
  readonly #width: number;
  readonly #height: number;
  readonly #rectangles = new Map<number, number[]>();

  /** @param side of a rectangle in pixels, at least, about as long as most extents are */
  constructor(extents: readonly Extent[], side: number) {
    this.#extents = extents;
    const meanOf = (measure: (extent: Extent) => number) =>
      extents.reduce((sum, extent) => sum + measure(extent), 0) / Math.max(1, extents.length);
    const width = Math.max(1, side, meanOf(widthOf));
    const height = Math.max(1, side, meanOf(heightOf));
    const area = meanOf((extent) => widthOf(extent) * heightOf(extent));
    const coarser = Math.max(1, Math.sqrt(area / (MOST_COVERED * width * height)));
    this.#width = coarser * width;
    this.#height = coarser * height;
    extents.forEach((extent, index) => {
      for (const rectangle of rectanglesIn(this.#covered(extent))) {
        const members = this.#rectangles.get(rectangle);
        if (members) members.push(index);
        else this.#rectangles.set(rectangle, [index]);
      }
    });
  }

  /** Indices, ascending, of all extents that overlap `extent`, and perhaps of some in the same rectangles. */
  near(extent: Extent): number[] {
    const covered = this.#covered(extent);
    if (widthOf(covered) * heightOf(covered) > this.#extents.length) {
      return this.#extents.flatMap((other, index) =>
        sharedColumns(other, extent) > 0 && sharedRows(other, extent) > 0 ? [index] : [],
      );
    }
    const found = new Set<number>();
    for (const rectangle of rectanglesIn(covered)) {
      for (const index of this.#rectangles.get(rectangle) ?? []) found.add(index);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** In rectangles. */
  #covered({ left, top, right, bottom }: Extent): Extent {
    const columnOf = (place: number) => Math.floor(Math.max(0, place) / this.#width);
    const rowOf = (place: number) => Math.floor(Math.max(0, place) / this.#height);
    return {
      left: columnOf(left),
      top: rowOf(top),
      right: columnOf(right),
      bottom: rowOf(bottom),
    };
  }
}

function* rectanglesIn({ left, top, right, bottom }: Extent): Generator<number> {
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) yield row * MOST_RECTANGLES + column;
  }
}
