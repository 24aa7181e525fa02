/** Cuts a picture of one digit or many apart, and prepares each of them as MNIST's were. */
import { checkChoice, checkOptions, checkType, wrongType } from "../../arguments.js";
import { DataError } from "../../errors.js";
import { type GreyImage, prepare } from "../digits/prepare.js";
import { checkCount, foreignAtBorder, tall } from "./border.js";
import {
  type Component,
  componentsOf,
  type Extent,
  heightOf,
  merge,
  sharedColumns,
  sharedRows,
  widthOf,
} from "./components.js";
import { ExtentGrid } from "./extentGrid.js";
import { inkOf } from "./ink.js";
import { linesOf } from "./lines.js";
import { median } from "./median.js";
import { withoutRules } from "./rules.js";
import { sheetIn } from "./sheet.js";
import { turned } from "./turned.js";

/** A digit in a picture. */
export interface FoundDigit {
  /** Its box in the picture, in pixels. */
  readonly left: number;
  /** The box's upper edge, in pixels from the picture's. */
  readonly top: number;
  /** The box's width in pixels. */
  readonly width: number;
  /** The box's height in pixels. */
  readonly height: number;
  /** The line of writing that it stands in, from 0. */
  readonly line: number;
  /** `[28, 28]`, prepared as MNIST's, upright where lines run aslant: 0 is no ink, 255 full ink. */
  readonly pixels: Uint8Array;
}

/** Something in a picture that was taken for no writing. */
export interface LeftOut {
  /**
   * "border": it lies along the picture's border, and is larger or thicker than the writing. "surroundings": everything
   * around a sheet of paper; the box is the sheet's. "rule": a line of ruled or squared paper.
   */
  readonly reason: "border" | "surroundings" | "rule";
  /** The box in the picture, in pixels. */
  readonly left: number;
  /** The box's upper edge, in pixels from the picture's. */
  readonly top: number;
  /** The box's width in pixels. */
  readonly width: number;
  /** The box's height in pixels. */
  readonly height: number;
}

/** What was read as digits in a picture, and what was not. */
export interface FoundDigits {
  /** In reading order: line by line, from left to right. */
  readonly digits: readonly FoundDigit[];
  /** Specks are not among them. */
  readonly leftOut: readonly LeftOut[];
}

const HOLDS = ["many", "one"] as const;

/** What a picture is known to hold. */
export interface DigitsOfOptions {
  /** "many" (default): the picture is cut apart; "one": all of its ink is one digit. */
  readonly holds?: (typeof HOLDS)[number];
}

/** Of the tallest component's height: what is smaller both ways is a speck. */
const SPECK = 0.15;
/** Of the usual height: the tallest that two parts together may be and still be one digit. */
const TALLEST_DIGIT = 1.5;
/** Of the usual height: the widest gap between parts of one digit. */
const WIDEST_GAP = 0.3;
/** Thin lines that a digit may be drawn in: an 8 has five. */
const MOST_DRAWN = 5;
/** Of the narrower part's columns: how many two parts of one digit share at least. */
const LEAST_SHARED = 0.4;

const OPTIONS = { holds: "checked" } as const satisfies Record<keyof DigitsOfOptions, string>;

/**
 * The digits of a picture in reading order: `findDigits` without what it left out.
 *
 * @param picture greyscale, of any size, dark on light or light on dark; `greyImage` makes one of `ImageData`
 * @returns none when the picture is empty
 * @throws DataError when the pixels are not width × height, or there are more than 5000 marks.
 * @throws OptionError when the pixels are no bytes.
 */
export function digitsOf(picture: GreyImage, options: DigitsOfOptions = {}): FoundDigit[] {
  checkOptions("digitsOf", options, OPTIONS);
  return [...findDigits(picture, options).digits];
}

/**
 * The digits of a picture in reading order: line by line, from left to right. Polarity is detected, specks
 * are dropped, the parts of a broken digit are put together; what lies along the picture's border and is larger or
 * thicker than the writing is left out, and so are everything around a sheet of paper and the lines
 * of ruled paper.
 *
 * @param picture greyscale, of any size, dark on light or light on dark; `greyImage` makes one of `ImageData`
 * @returns no digits when the picture is empty
 * @throws DataError when the pixels are not width × height, or there are more than 5000 marks.
 * @throws OptionError when the pixels are no bytes.
 */
export function findDigits(picture: GreyImage, options: DigitsOfOptions = {}): FoundDigits {
  checkOptions("findDigits", options, OPTIONS);
  const { holds = "many" } = options;
  checkChoice("holds", holds, HOLDS);
  checkType("picture", picture, "object");
  const { width, height, pixels } = picture;
  if (!(pixels instanceof Uint8ClampedArray || pixels instanceof Uint8Array)) {
    const expected = "a Uint8Array or a Uint8ClampedArray, as greyImage makes it of ImageData";
    throw wrongType("pixels of a picture", pixels, expected);
  }
  if (!(width > 0 && height > 0 && pixels.length === width * height)) {
    throw new DataError(
      `a picture of ${width} × ${height} has ${pixels.length} pixels, expected width × height of at least 1`,
    );
  }
  const ink = inkOf(picture);
  const components = componentsOf(ink);
  const sheet = sheetIn(picture, ink, components);
  if (!sheet) return findAmong(components, ink, holds);
  const inner = inkOf(sheet.picture);
  const { digits, leftOut } = findAmong(componentsOf(inner), inner, holds);
  const { left, top } = sheet;
  const inPicture = <T extends Box>(box: T) => ({
    ...box,
    left: box.left + left,
    top: box.top + top,
  });
  const box = { left, top, width: sheet.picture.width, height: sheet.picture.height };
  return {
    digits: digits.map(inPicture),
    leftOut: [{ reason: "surroundings", ...box }, ...leftOut.map(inPicture)],
  };
}

/** @param all the components of `ink` */
function findAmong(
  all: readonly Component[],
  ink: GreyImage,
  holds: DigitsOfOptions["holds"],
): FoundDigits {
  const { ink: bare, rules, thickest } = withoutRules(ink);
  if (rules.length === 0) return findUnruled(all, ink, holds);
  const marks = componentsOf(bare).filter((mark) => !isRemnant(mark, ink, thickest));
  const { digits, leftOut } = findUnruled(marks, bare, holds);
  if (digits.length === 0) {
    const drawn = findUnruled(all, ink, holds);
    // What is nothing without a few lines was drawn in them; more are a page's, with nothing on it.
    if (rules.length <= MOST_DRAWN) return drawn;
  }
  const lines = rules.map((rule) => ({ reason: "rule" as const, ...boxOf(rule) }));
  return { digits, leftOut: [...lines, ...leftOut] };
}

/** Of a line: what is as flat, or, as a line that leaves the page, as narrow. */
function isRemnant(mark: Component, { width, height }: GreyImage, thickest: number): boolean {
  const { left, top, right, bottom } = mark;
  const isAtBorder = left === 0 || top === 0 || right === width - 1 || bottom === height - 1;
  return heightOf(mark) <= thickest || (isAtBorder && widthOf(mark) <= thickest);
}

function findUnruled(
  all: readonly Component[],
  ink: GreyImage,
  holds: DigitsOfOptions["holds"],
): FoundDigits {
  const foreign = foreignAtBorder(all, ink);
  const components = withoutSpecks(all.filter((component) => !foreign.has(component)));
  const digits =
    holds === "one" && components.length > 0 ? [components.reduce(merge)] : joinParts(components);
  const { lines, angle } = linesOf(digits);
  return {
    digits: lines.flatMap((members, line) =>
      members.map((digit) => describe(digit, ink, line, angle)),
    ),
    leftOut: [...foreign].map((component) => ({ reason: "border", ...boxOf(component) })),
  };
}

function withoutSpecks(components: readonly Component[]): Component[] {
  const tallest = components.reduce((most, component) => Math.max(most, heightOf(component)), 0);
  const kept = components.filter(
    (component) => Math.max(heightOf(component), widthOf(component)) > SPECK * tallest,
  );
  checkCount(kept.length);
  return kept;
}

/** Puts together what lies one above the other and is no taller together than digits are. */
function joinParts(components: readonly Component[]): Component[] {
  const usual = usualHeight(components);
  const reach = Math.ceil(WIDEST_GAP * usual);
  const largestFirst = [...components].sort((a, b) => b.pixels.length - a.pixels.length);
  const grid = new ExtentGrid(largestFirst, usual);
  const joined = new Set<number>();
  const digits: Component[] = [];
  for (let index = 0; index < largestFirst.length; index++) {
    if (joined.has(index)) continue;
    joined.add(index);
    let digit = largestFirst[index];
    for (;;) {
      const around = { ...digit, top: digit.top - reach, bottom: digit.bottom + reach };
      const part = grid
        .near(around)
        .find((near) => !joined.has(near) && areParts(digit, largestFirst[near], usual));
      if (part === undefined) break;
      joined.add(part);
      digit = merge(digit, largestFirst[part]);
    }
    digits.push(digit);
  }
  return digits;
}

function areParts(a: Component, b: Component, usual: number): boolean {
  const height = Math.max(a.bottom, b.bottom) - Math.min(a.top, b.top) + 1;
  return (
    sharedColumns(a, b) >= LEAST_SHARED * Math.min(widthOf(a), widthOf(b)) &&
    -sharedRows(a, b) <= WIDEST_GAP * usual &&
    height <= TALLEST_DIGIT * usual
  );
}

/** The median height of components at least half as tall as the tallest. */
function usualHeight(components: readonly Component[]): number {
  return median(tall(components).map(heightOf)) ?? 0;
}

function describe(digit: Component, ink: GreyImage, line: number, angle: number): FoundDigit {
  const { width, pixels } = ink;
  const box = boxOf(digit);
  const own = new Uint8Array(box.width * box.height);
  // Where less light falls, or the pen was pressed less, ink differs less from paper.
  const fullest = digit.pixels.reduce((most, place) => Math.max(most, pixels[place]), 1);
  for (const place of digit.pixels) {
    const column = (place % width) - digit.left;
    const row = Math.floor(place / width) - digit.top;
    own[row * box.width + column] = Math.round((255 * pixels[place]) / fullest);
  }
  return { ...box, line, pixels: prepare(turned({ ...box, pixels: own }, -angle)) };
}

type Box = Pick<LeftOut, "left" | "top" | "width" | "height">;

function boxOf(extent: Extent): Box {
  const { left, top } = extent;
  return { left, top, width: widthOf(extent), height: heightOf(extent) };
}
