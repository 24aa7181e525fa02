/**
 * The order of reading. Which way lines run is told by nearest neighbours (O'Gorman, "The document spectrum for page
 * layout analysis", IEEE Transactions on Pattern Analysis and Machine Intelligence 15, 1993).
 */
import { type Extent, heightOf, widthOf } from "./components.js";
import { median } from "./median.js";

/** How steeply lines may rise or fall, radians. */
const STEEPEST = (35 * Math.PI) / 180;
/** Below this digits share enough rows with their neighbours, radians. */
const LEVEL = (3 * Math.PI) / 180;
/** By how much the way from a digit to the next may differ from the lines' and still be of theirs, radians. */
const DEVIATION = (8 * Math.PI) / 180;
/** How many pairs of neighbours say where lines run, at least, and which part of all pairs they are. */
const LEAST_PAIRS = 3;
const LEAST_AGREEING = 0.6;

export interface Lines<T> {
  /** From top to bottom, each from left to right. */
  readonly lines: readonly (readonly T[])[];
  /** By which the lines fall to the right, clockwise; radians, 0 where they are about level. */
  readonly angle: number;
}

/** Digits that share at least half of the lower one's rows with their neighbour stand in one line. */
export function linesOf<T extends Extent>(digits: readonly T[]): Lines<T> {
  const level = linesAlong(digits, 0);
  const angle = angleOf(digits);
  if (angle === 0) return { lines: level, angle };
  const turned = linesAlong(digits, angle);
  // Digits that stand here and there are in no lines that run aslant.
  return turned.length <= level.length ? { lines: turned, angle } : { lines: level, angle: 0 };
}

interface Placed<T> {
  readonly digit: T;
  /** Of its middle, along the lines and across them. */
  readonly along: number;
  readonly across: number;
}

function linesAlong<T extends Extent>(digits: readonly T[], angle: number): T[][] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const placed = digits.map((digit): Placed<T> => {
    const { x, y } = middleOf(digit);
    return { digit, along: x * cos + y * sin, across: y * cos - x * sin };
  });
  const startOf = ({ digit, along }: Placed<T>) => along - widthOf(digit) / 2;
  const lines: Placed<T>[][] = [];
  for (const next of placed.sort((a, b) => startOf(a) - startOf(b))) {
    const line = lines.find((members) => shareRows(members[members.length - 1], next));
    if (line) line.push(next);
    else lines.push([next]);
  }
  const acrossOf = (line: readonly Placed<T>[]) =>
    line.reduce((sum, { across }) => sum + across, 0) / line.length;
  return lines
    .sort((a, b) => acrossOf(a) - acrossOf(b))
    .map((line) => line.map(({ digit }) => digit));
}

/** At least half of the lower one's. */
function shareRows(a: Placed<Extent>, b: Placed<Extent>): boolean {
  const [first, second] = [heightOf(a.digit), heightOf(b.digit)];
  const bottom = Math.min(a.across + first / 2, b.across + second / 2);
  const top = Math.max(a.across - first / 2, b.across - second / 2);
  return 2 * (bottom - top) >= Math.min(first, second);
}

function middleOf({ left, top, right, bottom }: Extent): { x: number; y: number } {
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

/** The angle at which most digits have their nearest neighbour to the right; 0 where they do not agree. */
function angleOf(digits: readonly Extent[]): number {
  const middles = digits.map(middleOf).sort((a, b) => a.x - b.x);
  const angles = middles.flatMap((from, index) => {
    let nearest = Number.POSITIVE_INFINITY;
    let angle: number | undefined;
    for (let next = index + 1; next < middles.length; next++) {
      const [dx, dy] = [middles[next].x - from.x, middles[next].y - from.y];
      if (dx > nearest) break;
      const distance = Math.hypot(dx, dy);
      if (distance >= nearest || Math.abs(dy) > Math.tan(STEEPEST) * dx) continue;
      nearest = distance;
      angle = Math.atan2(dy, dx);
    }
    return angle === undefined ? [] : [angle];
  });
  if (angles.length < LEAST_PAIRS) return 0;
  const usual = median(angles);
  const agreeing = angles.filter((angle) => Math.abs(angle - usual) <= DEVIATION);
  if (agreeing.length < Math.max(LEAST_PAIRS, LEAST_AGREEING * angles.length)) return 0;
  const mean = agreeing.reduce((sum, angle) => sum + angle, 0) / agreeing.length;
  return Math.abs(mean) < LEVEL ? 0 : mean;
}
