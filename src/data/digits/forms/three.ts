/** Ways to write a 3. */
import type { Random } from "../random.js";
import { corner, type Forms, type Knot, knot, type Stroke } from "../stroke.js";

export const three: Forms = [
  { weight: 5, write: pointedWaist },
  { weight: 2, write: loopedWaist },
  { weight: 1, write: flatTop },
];

interface Shape {
  readonly width: number;
  /** Where the bows meet. */
  readonly waist: Knot;
}

function shape(random: Random): Shape {
  const width = random.between(0.45, 0.95);
  return { width, waist: corner(random.between(0.05, 0.52) * width, random.between(0.36, 0.53)) };
}

/** The upper bow, from its left end to just above the waist. */
function upperBow(random: Random, { width, waist }: Shape): Knot[] {
  const right = random.normal(0.78, 0.09) * width;
  return [
    knot(random.between(-0.15, 0.2) * width, random.between(0.02, 0.26)),
    knot(0.24 * width, random.normal(0.03, 0.03)),
    knot(random.normal(0.58, 0.05) * width, 0),
    knot(right, 0.28 * waist.y),
    knot(right - 0.08 * width, 0.64 * waist.y),
  ];
}

/** The lower bow, from just below the waist to its end at the lower left. */
function lowerBow(random: Random, { width, waist }: Shape): Knot[] {
  const right = random.normal(0.98, 0.1) * width;
  const height = 1 - waist.y;
  return [
    knot(right - random.between(0.08, 0.22) * width, waist.y + 0.12 * height),
    knot(right, waist.y + random.normal(0.48, 0.06) * height),
    knot(right - random.between(0.06, 0.2) * width, 1 - 0.14 * height),
    knot(random.normal(0.45, 0.05) * width, 1),
    knot(random.normal(0.2, 0.05) * width, random.normal(0.97, 0.03)),
    knot(random.normal(0.03, 0.12) * width, random.between(0.74, 1)),
  ];
}

/** The bows meet in a corner. */
function pointedWaist(random: Random): Stroke[] {
  const parts = shape(random);
  return [[...upperBow(random, parts), parts.waist, ...lowerBow(random, parts)]];
}

/** The bows meet in a small loop. */
function loopedWaist(random: Random): Stroke[] {
  const parts = shape(random);
  const { x, y } = parts.waist;
  const loop = [knot(x + 0.1, y + 0.03), knot(x - 0.04, y + 0.04), knot(x + 0.04, y - 0.03)];
  return [[...upperBow(random, parts), ...loop, ...lowerBow(random, parts)]];
}

/** A straight top, and a straight way back to the waist. */
function flatTop(random: Random): Stroke[] {
  const parts = shape(random);
  const { width, waist } = parts;
  return [
    [
      knot(random.between(-0.05, 0.15) * width, random.normal(0.03, 0.03)),
      corner(random.normal(0.85, 0.08) * width, random.normal(0, 0.02)),
      waist,
      ...lowerBow(random, parts),
    ],
  ];
}
