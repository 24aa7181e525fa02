/** Ways to write a 1. */
import type { Random } from "../random.js";
import { corner, type Forms, type Knot, knot, lean, type Stroke } from "../stroke.js";

export const one: Forms = [
  { weight: 24, write: plain },
  { weight: 1, write: flagged },
  { weight: 1, write: flaggedOnBase },
];

/** Nearly straight, from top to foot. */
function downstroke(random: Random): Knot[] {
  const bend = random.normal(0, 0.02);
  return [
    corner(0.5, 0),
    knot(0.5 + bend + random.normal(0, 0.015), 0.35),
    knot(0.5 + bend + random.normal(0, 0.015), 0.7),
    knot(0.5, 1),
  ];
}

/** The lower end of a short stroke that climbs to the top of the downstroke. */
function flag(random: Random): Knot {
  const length = random.between(0.1, 0.34);
  return knot(0.5 - length, random.between(0.05, 0.2) + length * 0.5);
}

function plain(random: Random): Stroke[] {
  return [lean(downstroke(random), random.normal(0.06, 0.14))];
}

function flagged(random: Random): Stroke[] {
  return [[flag(random), ...downstroke(random)]];
}

/** With a flag, and a line on which it stands. */
function flaggedOnBase(random: Random): Stroke[] {
  const half = random.between(0.15, 0.35);
  const tilt = random.normal(0, 0.02);
  const base = [knot(0.5 - half, 1 + tilt), knot(0.5 + half, 1 - tilt)];
  return [[flag(random), ...downstroke(random)], base];
}
