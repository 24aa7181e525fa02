/**
 * The words in which the ten digits are described (see `forms/`). A digit is about one unit high,
 * x to the right, y down from 0 at its top to 1 at its foot. Only proportions matter: every
 * picture is fitted into the same frame in the end.
 */
import { onCircle } from "./circle.js";
import type { Random } from "./random.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point that the pen passes, and how hard it presses: 1 draws a line of the pen's width. */
export interface PenPoint extends Point {
  readonly pressure: number;
}

/** A point of a description: within a smooth curve, or with a sudden turn if it is a corner. */
export interface Knot extends PenPoint {
  readonly corner: boolean;
}

/** What is drawn without lifting the pen. */
export type Stroke = readonly Knot[];

/** One way to write a digit. */
export interface Form {
  /** How frequent it is, relative to the digit's other forms. */
  readonly weight: number;
  /** The strokes of one specimen. */
  readonly write: (random: Random) => Stroke[];
}

/** All ways to write a digit. */
export type Forms = readonly [Form, ...Form[]];

export function knot(x: number, y: number): Knot {
  return { x, y, pressure: 1, corner: false };
}

export function corner(x: number, y: number): Knot {
  return { x, y, pressure: 1, corner: true };
}

/** A part of an ellipse. */
export interface Arc {
  /** Its centre. */
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY: number;
  /** Angles in turns: 0 is right, ¼ down, ½ left, ¾ up. Growing angles run clockwise. */
  readonly from: number;
  readonly to: number;
}

/** Enough for a spline through them to look round. */
const KNOTS_PER_TURN = 10;

/** Knots along the arc, both ends included. */
export function arc({ x, y, radiusX, radiusY, from, to }: Arc): Knot[] {
  const steps = Math.max(2, Math.floor(Math.abs(to - from) * KNOTS_PER_TURN + 0.5));
  return Array.from({ length: steps + 1 }, (_, step) => {
    const direction = onCircle(from + ((to - from) * step) / steps);
    return knot(x + radiusX * direction.x, y + radiusY * direction.y);
  });
}

/** The stroke slanted to the right by `amount` for each unit of height. */
export function lean(stroke: Stroke, amount: number): Knot[] {
  return stroke.map((point) => ({ ...point, x: point.x + amount * (0.5 - point.y) }));
}
