/**
 * Paper that lies on something else, a desk: what stands out from the picture's edge is then the sheet, and the writing
 * is holes in it. Its corners are found as programs that scan documents find them, by the extremes of x + y and x − y.
 */
import type { GreyImage } from "../digits/prepare.js";
import { type Component, componentsOf, heightOf, widthOf } from "./components.js";
import { paperOf } from "./paper.js";

/** Of the picture: the smallest box of a sheet. */
const LEAST_SHARE = 0.25;
/** Of the box's longer side: its shorter side, at least. A 1 is narrower. */
const LEAST_ASPECT = 0.25;
/** Of the sheet: more writing than this is none, but the inside of a 0. */
const MOST_WRITING = 0.25;
/** Of the box's shorter side: the smallest that a sheet's tallest hole may be. A bar with a flaw is no sheet. */
const LEAST_WRITING = 0.04;
/** Of what sheet and quadrilateral have in common: what only one of them has. Of a disc it is 57 %. */
const MOST_MISFIT = 0.08;
/** Of its box: how much a counter, the hole in a digit, fills at least. Strokes fill less. */
const LEAST_COUNTER = 0.5;
/** Of the contrast between sheet and desk: how far writing may be from the desk's level and still be of the same. */
const SAME_LEVEL = 0.2;
/** Of the box's shorter side: how far within the sheet its blurred edge reaches, and at least how many pixels. */
const EDGE = 0.01;
const LEAST_EDGE = 2;
/** Of 255: ink from here on is tried as the sheet; the second passes over a desk's grain. */
const LEVELS = [1, 128];

export interface Sheet {
  /** The sheet's box; around the sheet the paper at its edge goes on. */
  readonly picture: GreyImage;
  readonly left: number;
  readonly top: number;
}

/** The sheet that `picture` shows with something around it, if it does. */
export function sheetIn(
  picture: GreyImage,
  ink: GreyImage,
  components: readonly Component[],
): Sheet | undefined {
  for (const level of LEVELS) {
    const candidate = largest(level === 1 ? components : componentsOf(atLeast(ink, level)));
    if (!candidate || areaOf(candidate) < LEAST_SHARE * picture.pixels.length) return undefined;
    const filled = fill(candidate, picture.width);
    if (isSheet(candidate, filled, picture)) return cutOut(picture, candidate, filled);
  }
  return undefined;
}

function atLeast({ width, height, pixels }: GreyImage, level: number): GreyImage {
  return { width, height, pixels: Uint8Array.from(pixels, (value) => (value >= level ? 255 : 0)) };
}

function largest(components: readonly Component[]): Component | undefined {
  return components.reduce<Component | undefined>(
    (most, next) => (most && most.pixels.length >= next.pixels.length ? most : next),
    undefined,
  );
}

function areaOf(component: Component): number {
  return widthOf(component) * heightOf(component);
}

/** Of the component's box, each pixel: */
const OUTSIDE = 0;
const HOLE = 1;
const OWN = 2;

/** The component's box, where what cannot be reached from outside is a hole. */
function fill(component: Component, pictureWidth: number): GreyImage {
  const [width, height] = [widthOf(component), heightOf(component)];
  const pixels = new Uint8Array(width * height).fill(HOLE);
  for (const place of component.pixels) {
    const column = (place % pictureWidth) - component.left;
    const row = Math.floor(place / pictureWidth) - component.top;
    pixels[row * width + column] = OWN;
  }
  const reached: number[] = [];
  const reach = (column: number, row: number) => {
    const place = row * width + column;
    if (column < 0 || row < 0 || column >= width || row >= height || pixels[place] !== HOLE) return;
    pixels[place] = OUTSIDE;
    reached.push(place);
  };
  for (let column = 0; column < width; column++) {
    reach(column, 0);
    reach(column, height - 1);
  }
  for (let row = 0; row < height; row++) {
    reach(0, row);
    reach(width - 1, row);
  }
  for (let place = reached.pop(); place !== undefined; place = reached.pop()) {
    const column = place % width;
    const row = (place - column) / width;
    reach(column - 1, row);
    reach(column + 1, row);
    reach(column, row - 1);
    reach(column, row + 1);
  }
  return { width, height, pixels };
}

/**
 * It has four corners, straight sides between them, and writing that is little beside it and not such as the holes of
 * a bold digit are.
 */
function isSheet(component: Component, filled: GreyImage, picture: GreyImage): boolean {
  const holes = componentsOf({
    ...filled,
    pixels: filled.pixels.map((value) => (value === HOLE ? 255 : 0)),
  });
  const written = holes.reduce((sum, hole) => sum + hole.pixels.length, 0);
  const area = component.pixels.length + written;
  const tallest = holes.reduce((most, hole) => Math.max(most, heightOf(hole)), 0);
  const shorter = Math.min(filled.width, filled.height);
  return (
    shorter >= LEAST_ASPECT * Math.max(filled.width, filled.height) &&
    tallest >= LEAST_WRITING * shorter &&
    written <= MOST_WRITING * area &&
    misfit(filled) <= MOST_MISFIT &&
    !(areCounters(holes, filled) && isPaper(holes, component, filled, picture))
  );
}

/** Whether a digit may have these holes: one or two, solid, each across the middle of its width. */
function areCounters(holes: readonly Component[], { width, height }: GreyImage): boolean {
  const large = holes.filter((hole) => heightOf(hole) >= LEAST_WRITING * Math.min(width, height));
  return (
    large.length <= 2 &&
    large.every(
      (hole) =>
        hole.left <= width / 2 &&
        hole.right >= width / 2 - 1 &&
        hole.pixels.length >= LEAST_COUNTER * areaOf(hole),
    )
  );
}

/** Whether what is seen in the holes has the level of what surrounds the component in the picture. */
function isPaper(
  holes: readonly Component[],
  component: Component,
  filled: GreyImage,
  { width, pixels }: GreyImage,
): boolean {
  const { left, top } = component;
  const inside = new Histogram();
  const own = new Histogram();
  const outside = new Histogram();
  for (const hole of holes) {
    for (const place of hole.pixels) {
      const column = place % filled.width;
      inside.add(pixels[(top + (place - column) / filled.width) * width + left + column]);
    }
  }
  pixels.forEach((level, place) => {
    const column = (place % width) - left;
    const row = Math.floor(place / width) - top;
    const isInBox = column >= 0 && row >= 0 && column < filled.width && row < filled.height;
    const seen = isInBox ? filled.pixels[row * filled.width + column] : OUTSIDE;
    if (seen === OUTSIDE) outside.add(level);
    else if (seen === OWN) own.add(level);
  });
  const surroundings = outside.median();
  return (
    Math.abs(inside.median() - surroundings) <= SAME_LEVEL * Math.abs(own.median() - surroundings)
  );
}

/** How often there was each level, 0 … 255. */
class Histogram {
  readonly #counts = new Uint32Array(256);
  #total = 0;

  add(level: number): void {
    this.#counts[level]++;
    this.#total++;
  }

  median(): number {
    let below = 0;
    return this.#counts.findIndex((count) => {
      below += count;
      return 2 * below >= this.#total;
    });
  }
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

/** The corners that are furthest to the upper left, upper right, lower right, lower left. */
function cornersOf({ width, height, pixels }: GreyImage): Corner[] {
  return [-1, 1, 1, -1].map((right, corner) => {
    const down = corner < 2 ? -1 : 1;
    let furthest = { x: 0, y: 0, by: Number.NEGATIVE_INFINITY };
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const by = right * x + down * y;
        if (by > furthest.by && pixels[y * width + x] !== OUTSIDE) furthest = { x, y, by };
      }
    }
    return furthest;
  });
}

/** The pixels that belong to one of two, the sheet and the quadrilateral between its corners, over those of both. */
function misfit(filled: GreyImage): number {
  const corners = cornersOf(filled);
  let both = 0;
  let one = 0;
  filled.pixels.forEach((value, place) => {
    const x = place % filled.width;
    const y = (place - x) / filled.width;
    const isBetween = corners.every((corner, index) => {
      const next = corners[(index + 1) % corners.length];
      return (next.x - corner.x) * (y - corner.y) >= (next.y - corner.y) * (x - corner.x);
    });
    if (isBetween && value !== OUTSIDE) both++;
    else if (isBetween || value !== OUTSIDE) one++;
  });
  return one / both;
}

/** The box of the sheet; pixels that are not well within the sheet become paper. */
function cutOut(picture: GreyImage, { left, top }: Component, filled: GreyImage): Sheet {
  const { width, height } = filled;
  const edge = Math.max(LEAST_EDGE, Math.ceil(EDGE * Math.min(width, height)));
  const isOn = (column: number, row: number) =>
    column >= 0 &&
    row >= 0 &&
    column < width &&
    row < height &&
    filled.pixels[row * width + column] !== OUTSIDE;
  /** Whether all that is so far away, along the row and along the column, is on the sheet. */
  const isWithin = (column: number, row: number, distance: number) =>
    isOn(column, row) &&
    isOn(column - distance, row) &&
    isOn(column + distance, row) &&
    isOn(column, row - distance) &&
    isOn(column, row + distance);
  const pixels = new Uint8ClampedArray(width * height);
  const outline: number[] = [];
  for (let place = 0; place < pixels.length; place++) {
    const column = place % width;
    const row = (place - column) / width;
    pixels[place] = picture.pixels[(top + row) * picture.width + left + column];
    if (isWithin(column, row, edge) && !isWithin(column, row, edge + 1)) outline.push(place);
  }
  const paperAt = paperOf({ width, height, pixels }, outline);
  for (let place = 0; place < pixels.length; place++) {
    const column = place % width;
    const row = (place - column) / width;
    if (!isWithin(column, row, edge)) pixels[place] = paperAt(column, row);
  }
  return { picture: { width, height, pixels }, left, top };
}
