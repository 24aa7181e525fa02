/** Ways to write a 9. */
import type { Random } from "../random.js";
import { corner, type Forms, type Knot, knot, type Stroke } from "../stroke.js";

export const nine: Forms = [
  { weight: 6, write: closed },
  { weight: 2, write: open },
];

interface Ring {
  readonly width: number;
  readonly height: number;
}

function ring(random: Random): Ring {
  return { width: random.between(0.22, 0.75), height: random.between(0.32, 0.66) };
}

/** From the upper right over the top and down the left side to the bottom of the ring. */
function head(random: Random, { width, height }: Ring): Knot[] {
  return [
    knot(random.normal(0.92, 0.07) * width, random.between(0.03, 0.25) * height),
    knot(random.normal(0.6, 0.06) * width, 0),
    knot(0.22 * width, 0.18 * height),
    knot(0, random.normal(0.55, 0.08) * height),
    knot(random.normal(0.1, 0.04) * width, 0.88 * height),
    knot(random.normal(0.36, 0.06) * width, height),
  ];
}

function straightStem(random: Random, { width }: Ring): Knot[] {
  const foot = random.normal(-0.08, 0.12);
  return [knot(width + 0.5 * foot + random.normal(0, 0.02), 0.55), knot(width + foot, 1)];
}

/** A stem that ends in a bow to the left. */
function bowedStem(random: Random, { width }: Ring): Knot[] {
  return [
    knot(width + random.normal(0, 0.03), 0.6),
    knot(width - random.between(0.05, 0.15), random.normal(0.9, 0.04)),
    knot(width - random.between(0.15, 0.35), 1),
    knot(width - random.between(0.25, 0.55), random.normal(0.94, 0.05)),
  ];
}

function stem(random: Random, parts: Ring): Knot[] {
  return random.chance(0.85) ? straightStem(random, parts) : bowedStem(random, parts);
}

/** The full ring, up to the top of the stem, then down. */
function closed(random: Random): Stroke[] {
  const parts = ring(random);
  const { width, height } = parts;
  return [
    [
      ...head(random, parts),
      knot(random.normal(0.72, 0.06) * width, random.normal(0.8, 0.07) * height),
      knot(random.normal(0.95, 0.04) * width, random.normal(0.45, 0.07) * height),
      corner(random.normal(1.02, 0.05) * width, random.between(-0.05, 0.3) * height),
      ...stem(random, parts),
    ],
  ];
}

/** The ring runs into the stem without going up again. */
function open(random: Random): Stroke[] {
  const parts = ring(random);
  const { width, height } = parts;
  return [
    [
      ...head(random, parts),
      knot(0.7 * width, random.normal(0.86, 0.06) * height),
      corner(width, random.between(0.35, 0.75) * height),
      ...stem(random, parts),
    ],
  ];
}
