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
/** The same of a sheet without four corners. Of a bold 8 it is 39 % and more; of a block with round corners, less. */
const MOST_COVERED_MISFIT = 0.2;
/** The fewest square corners of such a sheet. A digit with a round outline has none. */
const LEAST_CORNERS = 2;
/** Of the box's shorter side: how far around a corner the sheet is looked at, and at least how many pixels. */
const AROUND_CORNER = 0.06;
const LEAST_AROUND_CORNER = 3;
/** Of the surroundings of a corner: how much of them is sheet, at most. Of a square one it is a quarter, of an arc half. */
const MOST_AT_CORNER = 0.35;
/** Of its box: how much a counter, the hole in a digit, fills at least. Strokes fill less. */
const LEAST_COUNTER = 0.5;
/** Of the strokes beside a counter, both together: its width, at least. Beside a 1 on a sheet there is more paper. */
const LEAST_OPENING = 0.25;
/** Of the longer side: the shorter one of a sheet with nothing on it, at least. No digit is such a block. */
const LEAST_BLANK_ASPECT = 0.45;
/** Of a sheet without four corners: more writing than this may be the counters of digits that touch each other. */
const MOST_COVERED_WRITING = 0.12;
/** Sides of the picture that it reaches, at most. A digit that the picture is cropped to reaches all. */
const MOST_SIDES = 2;
/** The fewest holes that are no digit's, whatever their shapes. */
const LEAST_HOLES = 3;
/** Of such a sheet's width: a hole narrower than this is no counter. */
const NARROW = 0.1;
/** Of the contrast between sheet and desk: how far writing may be from the desk's level and still be of the same. */
const SAME_LEVEL = 0.2;
/** Of the box's shorter side: how far within the sheet its blurred edge reaches, and at least how many pixels. */
const EDGE = 0.01;
const LEAST_EDGE = 2;
/** Of 255: ink from here on is far from the desk's level and passes over its grain. A sheet in the dark has less. */
const CLEAR = 128;
/** Of the faint sheet's box: the box of the clear one, at least, if they are the same sheet. */
const LEAST_CLEAR = 0.85;

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
  const isLarge = (candidate?: Component) =>
    candidate !== undefined && areaOf(candidate) >= LEAST_SHARE * picture.pixels.length;
  const sheetAmong = (marks: readonly Component[]) => {
    const candidate = largest(marks);
    if (!candidate || !isLarge(candidate)) return undefined;
    const filled = fill(candidate, picture.width);
    const kind = kindOf(candidate, filled, picture);
    return kind && { candidate, filled, kind };
  };
  if (!isLarge(largest(components))) return undefined;
  const faint = sheetAmong(components);
  const clear = sheetAmong(componentsOf(atLeast(ink, CLEAR)));
  const isClear =
    clear &&
    (faint?.kind !== clear.kind
      ? clear.kind === "whole" || !faint
      : areaOf(clear.candidate) >= LEAST_CLEAR * areaOf(faint.candidate));
  const sheet = isClear ? clear : faint;
  return sheet && cutOut(picture, sheet.candidate, sheet.filled);
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
 * Whole: it has four corners with straight sides between them, and nothing on it, or writing that is little beside it
 * and not such as the holes of a bold digit are. Covered: something hides a corner, or adds to the sheet; then there is
 * more writing on it than a digit has holes, or it reaches the border, where what covers it comes in, and no hole is one
 * of a digit's. Its outline is still mostly straight, with two square corners: a bold digit may have small or narrow
 * holes too.
 */
function kindOf(
  component: Component,
  filled: GreyImage,
  picture: GreyImage,
): "whole" | "covered" | undefined {
  const holes = componentsOf({
    ...filled,
    pixels: filled.pixels.map((value) => (value === HOLE ? 255 : 0)),
  });
  const written = holes.reduce((sum, hole) => sum + hole.pixels.length, 0);
  const area = component.pixels.length + written;
  const { width, height } = filled;
  const shorter = Math.min(width, height);
  const aspect = shorter / Math.max(width, height);
  const large = holes.filter((hole) => heightOf(hole) >= LEAST_WRITING * shorter);
  if (aspect < LEAST_ASPECT) return undefined;
  const corners = cornersOf(filled);
  const unlike = misfit(filled, corners);
  if (unlike <= MOST_MISFIT) {
    const isDigit =
      large.length === 0
        ? aspect < LEAST_BLANK_ASPECT
        : areCounters(large, filled) && isPaper(holes, component, filled, picture);
    return isDigit || written > MOST_WRITING * area ? undefined : "whole";
  }
  if (large.length === 0 || written > MOST_COVERED_WRITING * area) return undefined;
  const square = corners.filter((corner) => isSquare(corner, filled));
  if (unlike > MOST_COVERED_MISFIT || square.length < LEAST_CORNERS) return undefined;
  const sides = sidesReached(component, picture);
  const isWriting = (hole: Component) => !isSolid(hole) || widthOf(hole) < NARROW * width;
  const isCovered = large.length >= LEAST_HOLES || (sides > 0 && large.every(isWriting));
  return isCovered && sides <= MOST_SIDES ? "covered" : undefined;
}

function sidesReached(
  { left, top, right, bottom }: Component,
  { width, height }: GreyImage,
): number {
  return [left === 0, top === 0, right === width - 1, bottom === height - 1].filter(Boolean).length;
}

function isSolid(hole: Component): boolean {
  return hole.pixels.length >= LEAST_COUNTER * areaOf(hole);
}

/** Whether a digit may have these holes: one or two, solid, each across the middle of its width, and as wide as strokes. */
function areCounters(holes: readonly Component[], { width }: GreyImage): boolean {
  return (
    holes.length <= 2 &&
    holes.every(
      (hole) =>
        hole.left <= width / 2 &&
        hole.right >= width / 2 - 1 &&
        isSolid(hole) &&
        widthOf(hole) >= LEAST_OPENING * (width - widthOf(hole)),
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

/** Whether the outline turns there, and at once. */
function isSquare(corner: Corner, { width, height, pixels }: GreyImage): boolean {
  const reach = Math.max(LEAST_AROUND_CORNER, Math.round(AROUND_CORNER * Math.min(width, height)));
  let around = 0;
  let own = 0;
  for (let down = -reach; down <= reach; down++) {
    for (let right = -reach; right <= reach; right++) {
      if (Math.hypot(down, right) > reach) continue;
      around++;
      const [x, y] = [corner.x + right, corner.y + down];
      const isInBox = x >= 0 && y >= 0 && x < width && y < height;
      if (isInBox && pixels[y * width + x] !== OUTSIDE) own++;
    }
  }
  return own <= MOST_AT_CORNER * around;
}

/** The pixels that belong to one of two, the sheet and the quadrilateral between its corners, over those of both. */
function misfit(filled: GreyImage, corners: readonly Corner[]): number {
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
