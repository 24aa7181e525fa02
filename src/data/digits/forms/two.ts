/** Ways to write a 2. */
import type { Random } from "../random.js";
import { corner, type Forms, type Knot, knot, type Stroke } from "../stroke.js";

export const two: Forms = [
  { weight: 4, write: straightBase },
  { weight: 7, write: loopedFoot },
  { weight: 4, write: hangingLoop },
  { weight: 2, write: roundFoot },
];

/** The arch on top, from its left end to the beginning of the diagonal. */
function arch(random: Random, width: number): Knot[] {
  const start = random.between(0.06, 0.42);
  const right = random.between(0.18, 0.52);
  const bulge = random.normal(0.8, 0.08);
  return [
    knot(random.between(-0.02, 0.25) * width, start),
    knot(random.normal(0.18, 0.05) * width, 0.3 * start),
    knot(random.normal(0.45, 0.05) * width, 0),
    knot((bulge - 0.07) * width, 0.4 * right),
    knot(bulge * width, right),
    knot((bulge - random.between(0.04, 0.24)) * width, right + random.between(0.14, 0.26)),
  ];
}

/** Diagonal, corner, straight base. */
function straightBase(random: Random): Stroke[] {
  const width = random.between(0.55, 1.1);
  return [
    [
      ...arch(random, width),
      knot(0.3 * width, 0.82),
      corner(random.normal(0.05, 0.06) * width, 1),
      knot(0.5 * width, random.normal(1, 0.04)),
      knot(random.between(0.8, 1.3) * width, random.normal(0.92, 0.08)),
    ],
  ];
}

/** A loop at the foot of the diagonal, then a wavy tail. */
function loopedFoot(random: Random): Stroke[] {
  const width = random.between(0.55, 1.1);
  const size = random.between(0.08, 0.42);
  return [
    [
      ...arch(random, width),
      knot(random.normal(0.4, 0.06) * width, 0.88),
      knot(random.normal(0.16, 0.05) * width, 1),
      knot(random.normal(-0.02, 0.06) * width, 1 - 0.45 * size),
      knot(random.normal(0.14, 0.06) * width, 1 - size),
      knot(0.44 * width, 1 - 0.55 * size),
      knot(random.normal(0.76, 0.06) * width, random.normal(0.92, 0.07)),
      knot(random.between(0.9, 1.5) * width, random.normal(0.85, 0.12)),
    ],
  ];
}

/** The right side comes down nearly to the base, and the loop hangs on its end. */
function hangingLoop(random: Random): Stroke[] {
  const width = random.between(0.5, 1);
  const right = random.normal(0.8, 0.06) * width;
  const size = random.between(0.12, 0.45);
  return [
    [
      knot(random.between(-0.05, 0.25) * width, random.between(0.05, 0.35)),
      knot(random.normal(0.25, 0.05) * width, random.normal(0.05, 0.03)),
      knot(random.normal(0.52, 0.05) * width, 0),
      knot(right - 0.05 * width, random.normal(0.18, 0.04)),
      knot(right, random.normal(0.45, 0.06)),
      knot(right - random.between(0.06, 0.2) * width, random.normal(0.75, 0.04)),
      knot(random.normal(0.4, 0.06) * width, random.normal(0.98, 0.03)),
      knot(random.normal(0.1, 0.05) * width, 1 - 0.2 * size),
      knot(random.normal(0.06, 0.06) * width, 1 - 0.7 * size),
      knot(random.normal(0.28, 0.06) * width, 1 - size),
      knot(random.normal(0.65, 0.06) * width, 1 - 0.55 * size),
      knot(random.between(0.85, 1.25) * width, random.normal(0.97, 0.1)),
    ],
  ];
}

/** The diagonal turns into the base in a curve. */
function roundFoot(random: Random): Stroke[] {
  const width = random.between(0.45, 0.9);
  return [
    [
      ...arch(random, width),
      knot(0.3 * width, 0.78),
      knot(0.14 * width, 0.93),
      knot(0.35 * width, 1),
      knot(random.between(0.8, 1.3) * width, random.normal(0.9, 0.08)),
    ],
  ];
}
