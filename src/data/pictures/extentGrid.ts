/** Finds what is near a place without looking at everything: a picture in squares, each with what covers it. */
import type { Extent } from "./components.js";

/** In a row; pictures have fewer pixels. */
const MOST_SQUARES = 2 ** 26;

export class ExtentGrid {
  readonly #side: number;
  readonly #squares = new Map<number, number[]>();

  /** @param side of a square in pixels, about as long as most extents are */
  constructor(extents: readonly Extent[], side: number) {
    this.#side = Math.max(1, side);
    extents.forEach((extent, index) => {
      for (const square of this.#covered(extent)) {
        const members = this.#squares.get(square);
        if (members) members.push(index);
        else this.#squares.set(square, [index]);
      }
    });
  }

  /** Indices, ascending, of all extents that overlap `extent` or are in the same squares. */
  near(extent: Extent): number[] {
    const found = new Set<number>();
    for (const square of this.#covered(extent)) {
      for (const index of this.#squares.get(square) ?? []) found.add(index);
    }
    return [...found].sort((a, b) => a - b);
  }

  *#covered({ left, top, right, bottom }: Extent): Generator<number> {
    const of = (place: number) => Math.floor(Math.max(0, place) / this.#side);
    for (let row = of(top); row <= of(bottom); row++) {
      for (let column = of(left); column <= of(right); column++) yield row * MOST_SQUARES + column;
    }
  }
}
