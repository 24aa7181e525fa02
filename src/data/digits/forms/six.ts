/** Ways to write a 6. */
import type { Random } from "../random.js";
import { type Forms, type Knot, knot, type Stroke } from "../stroke.js";

export const six: Forms = [
  { weight: 6, write: closed },
  { weight: 2, write: open },
  { weight: 3, write: curled },
];

interface Loop {
  readonly width: number;
  readonly height: number;
  /** How much the loop rises to the right, for each unit of width. */
  readonly rise: number;
}

function loop(random: Random): Loop {
  return {
    width: random.between(0.3, 0.85),
    height: random.between(0.25, 0.63),
    rise: random.normal(0.07, 0.1),
  };
}

/** A knot of the loop: across, 0 … 1 from left to right, and up, 0 … 1 from foot to top. */
function loopKnot({ width, height, rise }: Loop, across: number, up: number): Knot {
  return knot(across * width, 1 - up * height - rise * across * width);
}

/** From the upper end of the stem down the left side and up to the right end of the loop. */
function body(random: Random, parts: Loop): Knot[] {
  const start = random.normal(0.28, 0.14);
  const bow = random.normal(0.02, 0.04);
  return [
    knot(start, 0),
    knot(0.55 * start - bow, 0.45 * (1 - parts.height)),
    knot(0.15 * start - bow, 1 - 0.85 * parts.height),
    loopKnot(parts, 0, 0.4),
    loopKnot(parts, 0.14, 0.1),
    loopKnot(parts, 0.45, 0),
    loopKnot(parts, 0.86, 0.2),
    loopKnot(parts, 1, random.normal(0.5, 0.07)),
  ];
}

/** The loop closes at the stem. */
function closed(random: Random): Stroke[] {
  const parts = loop(random);
  return [
    [
      ...body(random, parts),
      loopKnot(parts, random.normal(0.84, 0.05), 0.9),
      loopKnot(parts, random.normal(0.52, 0.07), random.normal(0.93, 0.06)),
      loopKnot(parts, random.normal(0.22, 0.07), random.normal(0.7, 0.1)),
      loopKnot(parts, random.normal(0.06, 0.08), random.normal(0.4, 0.12)),
    ],
  ];
}

/** The loop ends before it meets the stem. */
function open(random: Random): Stroke[] {
  const parts = loop(random);
  return [
    [
      ...body(random, parts),
      loopKnot(parts, 0.82, 0.92),
      loopKnot(parts, random.between(0.3, 0.65), random.between(0.75, 1)),
    ],
  ];
}

/** The loop ends in a curl inside, or goes on across the stem. */
function curled(random: Random): Stroke[] {
  const parts = loop(random);
  const end = random.between(-0.25, 0.45);
  return [
    [
      ...body(random, parts),
      loopKnot(parts, 0.78, 0.95),
      loopKnot(parts, 0.5 * (end + 0.55), random.normal(0.8, 0.08)),
      loopKnot(parts, end, random.normal(0.55, 0.14)),
    ],
  ];
}
