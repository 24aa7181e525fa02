/**
 * What a picture's border cuts through and is no writing: the desk beside the paper, a dark corner, a finger. A digit
 * of a tightly cropped picture touches the border too, so touching alone condemns nothing.
 */
import { DataError } from "../../errors.js";
import type { GreyImage } from "../digits/prepare.js";
import { type Component, heightOf, sharedColumns, sharedRows, widthOf } from "./components.js";
import { ExtentGrid } from "./extentGrid.js";
import { median } from "./median.js";

/** Of the picture's width or height, from each side: where desks and fingers are. */
const OUTER = 1 / 3;
/** Of a mark's longer side: how much of the border it covers at least to lie along it. The end of a stroke is less. */
const LEAST_CONTACT = 0.3;
/** Times the usual height of the marks within the picture: taller is no writing of their kind. */
const TALLEST = 1.5;
/** Times the usual height: of one that spans a picture cropped to its ink, where the tallest digit does. */
const TALLEST_CROPPED = 2;
/** Times the same: wider. */
const WIDEST = 2;
/** Times the usual thickness of their strokes. */
const THICKEST = 2;
/** Each is compared with each; noise would have many more. */
const MOST_MARKS = 5000;
/** Of the side of a square of as much ink as the mark has: what is smaller tells nothing of the writing's size. */
const SPECK = 0.15;

/**
 * The components that lie along the picture's border and are taller, wider or much thicker than the others. None
 * where all lie along it: then the picture is cropped to its digits; and none that reach into the middle of the
 * picture, or have others in their box, as the pieces of a digit do.
 *
 * @throws DataError when there are more than 5000 marks of the writing's size.
 */
export function foreignAtBorder(
  components: readonly Component[],
  ink: GreyImage,
): ReadonlySet<Component> {
  const along = components.filter((component) => {
    const longer = Math.max(heightOf(component), widthOf(component));
    return isOutside(component, ink) && contactOf(component, ink) >= LEAST_CONTACT * longer;
  });
  const others = new Set(components);
  for (const component of along) others.delete(component);
  const writing = tall([...others]);
  if (along.length === 0 || writing.length === 0) return new Set();
  const usual = median(writing.map(heightOf));
  const tallest = writing.reduce((most, mark) => Math.max(most, heightOf(mark)), 0);
  const isCropped = touchesAllSides(components, ink);
  let stroke: number | undefined;
  const unlike = along.filter((component) => {
    const [height, width] = [heightOf(component), widthOf(component)];
    if (tallest < SPECK * Math.sqrt(component.pixels.length)) return false;
    const isTallestDigit = isCropped && height === ink.height;
    if (height > (isTallestDigit ? TALLEST_CROPPED : TALLEST) * usual) return true;
    if (width > WIDEST * usual) return true;
    stroke ??= median(writing.map((mark) => thicknessOf(mark, ink)));
    return thicknessOf(component, ink) > THICKEST * stroke;
  });
  if (unlike.length === 0) return new Set();
  checkCount(Math.max(writing.length, unlike.length));
  const grid = new ExtentGrid(writing, usual);
  const hasWriting = (component: Component) =>
    grid.near(component).some((index) => overlap(writing[index], component));
  return new Set(unlike.filter((component) => !hasWriting(component)));
}

/** @throws DataError when there are more marks than can be compared with each other. */
export function checkCount(marks: number): void {
  if (marks <= MOST_MARKS) return;
  throw new DataError(`the picture shows ${marks} separate marks, expected at most ${MOST_MARKS}`);
}

function touchesAllSides(marks: readonly Component[], { width, height }: GreyImage): boolean {
  return (
    marks.some(({ left }) => left === 0) &&
    marks.some(({ top }) => top === 0) &&
    marks.some(({ right }) => right === width - 1) &&
    marks.some(({ bottom }) => bottom === height - 1)
  );
}

/** Whether it leaves the middle free, in one direction at least. */
function isOutside({ left, top, right, bottom }: Component, { width, height }: GreyImage): boolean {
  return (
    right < OUTER * width ||
    left >= (1 - OUTER) * width ||
    bottom < OUTER * height ||
    top >= (1 - OUTER) * height
  );
}

function overlap(a: Component, b: Component): boolean {
  return sharedColumns(a, b) > 0 && sharedRows(a, b) > 0;
}

/** Those at least half as tall as the tallest. */
export function tall(components: readonly Component[]): Component[] {
  const tallest = components.reduce((most, component) => Math.max(most, heightOf(component)), 0);
  return components.filter((component) => 2 * heightOf(component) >= tallest);
}

/** Pixels of the component that are the picture's outermost. */
function contactOf(component: Component, { width, height }: GreyImage): number {
  const { left, top, right, bottom, pixels } = component;
  if (left > 0 && top > 0 && right < width - 1 && bottom < height - 1) return 0;
  return pixels.filter((place) => isOutermost(place, width, height)).length;
}

function isOutermost(place: number, width: number, height: number): boolean {
  const column = place % width;
  return column === 0 || column === width - 1 || place < width || place >= width * (height - 1);
}

/** Twice the area over the length of the outline: of a long stroke, its width. */
function thicknessOf({ pixels: own }: Component, { width, height, pixels }: GreyImage): number {
  const outline = own.filter(
    (place) =>
      isOutermost(place, width, height) ||
      [place - 1, place + 1, place - width, place + width].some((next) => pixels[next] === 0),
  );
  return (2 * own.length) / outline.length;
}
