/**
 * The lines of ruled and squared paper, found as the lines of staves are in scores: thin runs of ink across the line,
 * followed from one end to the other. Where a stroke crosses or covers the line the run is thick, and stays.
 */
import type { GreyImage } from "../digits/prepare.js";
import { type Extent, GrowingExtent } from "./components.js";
import { median } from "./median.js";

/** Of the picture's shorter side: the thickest line. Below 100 pixels no line is thin beside a stroke. */
const THICKEST = 0.01;
/** Pixels across by which a run may be beside the course of its line. */
const DEVIATION = 2;
/** Pixels across for each along: the steepest course, 3.4°. */
const STEEPEST = 0.06;
/** Runs before a line has a course; until then it is taken to be level. */
const LEAST_COURSE = 20;
/** Of the picture's length: the longest gap that a line is followed over, where digits stand on it. */
const WIDEST_GAP = 0.35;
/** Of the picture's length: the shortest line that is one by itself. Thin strokes of large digits are shorter. */
const LEAST_SPAN = 0.9;
/** Of the same: the shortest among others at equal distances. */
const LEAST_LENGTH = 0.6;
/** How many lines at equal distances are rules. */
const LEAST_SERIES = 5;
/** How many rules say where others are. */
const LEAST_PARALLEL = 3;
/** Of the distance between two of them: how much the next may differ. */
const UNEVENNESS = 0.1;
/** Thin runs for each pixel of the picture's length and breadth, at most. A page of millimetre paper has fewer. */
const MOST_RUNS = 100;
/** Of the line's length: how much of it is bare at least. */
const LEAST_BARE = 0.4;

/** A line as far as it has been followed. */
interface Line {
  /** Places of its pixels, row · width + column. */
  readonly pixels: number[];
  /** The places along it of its first and last run, and the middles of these across. */
  readonly first: number;
  readonly firstMiddle: number;
  last: number;
  middle: number;
  bare: number;
}

export interface Unruled {
  /** The ink without its rules. */
  readonly ink: GreyImage;
  /**
   * The boxes of the lines, which span the picture from side to side or from top to bottom, or most of it if many are
   * parallel.
   */
  readonly rules: readonly Extent[];
  /** Pixels across a line, at most: what is as flat is a piece of one. */
  readonly thickest: number;
}

/** The ink of a picture that may be of ruled paper. */
export function withoutRules(ink: GreyImage): Unruled {
  const { width, height } = ink;
  const thickest = Math.floor(THICKEST * Math.min(width, height));
  if (thickest === 0) return { ink, rules: [], thickest };
  const lines = [
    ...linesAlong(ink, { length: width, breadth: height, along: 1, across: width }, thickest),
    ...linesAlong(ink, { length: height, breadth: width, along: width, across: 1 }, thickest),
  ];
  if (lines.length === 0) return { ink, rules: [], thickest };
  const pixels = Uint8Array.from(ink.pixels);
  for (const line of lines) for (const place of line) pixels[place] = 0;
  return {
    ink: { width, height, pixels },
    rules: lines.map((line) => extentOf(line, width)),
    thickest,
  };
}

/** A direction: how many pixels there are along it and across it, and how far apart their places are. */
interface Direction {
  readonly length: number;
  readonly breadth: number;
  readonly along: number;
  readonly across: number;
}

function linesAlong({ pixels }: GreyImage, direction: Direction, thickest: number): number[][] {
  const { length, breadth, along, across } = direction;
  const lines: Line[] = [];
  /** The line whose last run had its middle at this place across. */
  const passing: (Line | undefined)[] = Array.from({ length: breadth });
  const gap = WIDEST_GAP * length;
  let runs = 0;
  for (let at = 0; at < length; at++) {
    for (let start = 0; start < breadth; start++) {
      if (pixels[at * along + start * across] === 0) continue;
      let end = start + 1;
      while (end < breadth && pixels[at * along + end * across] !== 0) end++;
      if (end - start <= thickest) {
        if (++runs > MOST_RUNS * (length + breadth)) return [];
        const middle = (start + end - 1) / 2;
        const line = nearest(passing, middle, at, gap) ?? newLine(lines, at, middle);
        for (let place = start; place < end; place++) line.pixels.push(at * along + place * across);
        line.last = at;
        line.middle = middle;
        line.bare++;
        passing[Math.floor(middle)] = line;
      }
      start = end;
    }
  }
  const rules = rulesAmong(lines, length);
  return [...rules, ...parallels(lines, rules, direction, DEVIATION + thickest)].map(
    (line) => line.pixels,
  );
}

/** Of the lines whose course leads here, the one whose last run is the nearest along; not one that has a run here. */
function nearest(
  passing: readonly (Line | undefined)[],
  middle: number,
  at: number,
  gap: number,
): Line | undefined {
  const reach = Math.ceil(DEVIATION + STEEPEST * gap);
  let found: Line | undefined;
  for (let offset = -reach; offset <= reach; offset++) {
    const line = passing[Math.floor(middle) + offset];
    if (!line || line.last === at || at - line.last > gap) continue;
    if (Math.abs(courseOf(line, at) - middle) > DEVIATION) continue;
    if (!found || line.last > found.last) found = line;
  }
  return found;
}

/** Where the line is across, by its first and its last run. */
function courseOf(line: Line, at: number): number {
  return line.middle + (line.bare < LEAST_COURSE ? 0 : slopeOf(line)) * (at - line.last);
}

function slopeOf({ first, firstMiddle, last, middle }: Line): number {
  return last > first ? (middle - firstMiddle) / (last - first) : 0;
}

function spanOf({ first, last }: Line): number {
  return last - first + 1;
}

function newLine(lines: Line[], at: number, middle: number): Line {
  const line = { pixels: [], first: at, firstMiddle: middle, last: at, middle, bare: 0 };
  lines.push(line);
  return line;
}

/** The lines that span the picture, and shorter ones that stand in a series. */
function rulesAmong(lines: readonly Line[], length: number): Line[] {
  const middleOf = (line: Line) => courseOf(line, length / 2);
  const long = lines
    .filter(
      (line) => spanOf(line) >= LEAST_LENGTH * length && line.bare >= LEAST_BARE * spanOf(line),
    )
    .sort((a, b) => middleOf(a) - middleOf(b));
  const inSeries = seriesIn(long.map(middleOf));
  return long.filter((line, index) => spanOf(line) >= LEAST_SPAN * length || inSeries.has(index));
}

/**
 * The lines that lie as far from `rules` as these from each other, in their direction, and come from the picture's edge:
 * in the corners of paper that lies aslant, where they are short, and may end at a digit.
 *
 * @param edge pixels from the picture's edge where a line may already be cut off
 */
function parallels(
  lines: readonly Line[],
  rules: readonly Line[],
  { length, breadth }: Direction,
  edge: number,
): Line[] {
  if (rules.length < LEAST_PARALLEL) return [];
  const slope = median(rules.map(slopeOf));
  /** Where a rule through that place is halfway along the picture. */
  const halfway = (at: number, middle: number) => middle + slope * (length / 2 - at);
  const places = rules.map(({ last, middle }) => halfway(last, middle)).sort((a, b) => a - b);
  const distance = median(places.slice(1).map((place, index) => place - places[index]));
  const tolerance = Math.max(2 * DEVIATION, UNEVENNESS * distance);
  const isOnCourse = (place: number) =>
    places.some((rule) => {
      const apart = Math.abs(place - rule);
      return Math.abs(apart - distance * Math.round(apart / distance)) <= tolerance;
    });
  const reachesEdge = (at: number, middle: number) =>
    Math.min(at, length - 1 - at, middle, breadth - 1 - middle) <= edge;
  const known = new Set(rules);
  return lines.filter(
    (line) =>
      !known.has(line) &&
      (reachesEdge(line.first, line.firstMiddle) || reachesEdge(line.last, line.middle)) &&
      isOnCourse(halfway(line.first, line.firstMiddle)) &&
      isOnCourse(halfway(line.last, line.middle)),
  );
}

/** Indices of the places, which ascend, that belong to enough at equal distances. */
function seriesIn(places: readonly number[]): ReadonlySet<number> {
  const members = new Set<number>();
  let start = 0;
  for (let next = 1; next <= places.length; next++) {
    const distance = places[start + 1] - places[start];
    const isEqual =
      Math.abs(places[next] - places[next - 1] - distance) <=
      Math.max(DEVIATION, UNEVENNESS * distance);
    if (isEqual) continue;
    if (next - start >= LEAST_SERIES) for (let at = start; at < next; at++) members.add(at);
    start = next - 1;
  }
  return members;
}

function extentOf(places: readonly number[], width: number): Extent {
  const extent = new GrowingExtent();
  for (const place of places) {
    const column = place % width;
    extent.include(column, (place - column) / width);
  }
  return extent;
}
