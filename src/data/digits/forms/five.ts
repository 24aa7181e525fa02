/** Ways to write a 5. */
import type { Random } from "../random.js";
import { corner, type Forms, type Knot, knot, type Stroke } from "../stroke.js";

export const five: Forms = [
  { weight: 6, write: separateBar },
  { weight: 4, write: unbroken },
  { weight: 3, write: rounded },
];

interface Shape {
  readonly width: number;
  /** Where the neck ends and the belly begins. */
  readonly neck: Knot;
}

function shape(random: Random): Shape {
  const width = random.between(0.45, 1.1);
  return { width, neck: corner(random.normal(0.06, 0.08) * width, random.between(0.34, 0.56)) };
}

/** The belly, from beside the neck to its end at the lower left. */
function belly(random: Random, { width, neck }: Shape): Knot[] {
  const right = random.normal(0.92, 0.08) * width;
  const height = 1 - neck.y;
  const top = neck.y - random.between(-0.06, 0.07);
  return [
    knot(neck.x + 0.3 * (right - neck.x), top),
    knot(neck.x + 0.75 * (right - neck.x), top + 0.12 * height),
    knot(right, neck.y + random.normal(0.52, 0.06) * height),
    knot(random.normal(0.62, 0.05) * width, 1 - 0.12 * height),
    knot(random.normal(0.35, 0.06) * width, 1),
    knot(random.between(-0.15, 0.12) * width, random.between(0.8, 1)),
  ];
}

/** Neck and belly, then the bar on top. */
function separateBar(random: Random): Stroke[] {
  const parts = shape(random);
  const { width, neck } = parts;
  const left = neck.x + random.normal(0.05, 0.05);
  const top = random.normal(0.05, 0.04);
  return [
    [knot(left, top), neck, ...belly(random, parts)],
    [
      knot(left + random.normal(0, 0.06), top + random.normal(0, 0.04)),
      knot(left + random.between(0.5, 1.35) * width, top + random.normal(-0.06, 0.07)),
    ],
  ];
}

/** In one stroke, from the right end of the bar. */
function unbroken(random: Random): Stroke[] {
  const parts = shape(random);
  const { width, neck } = parts;
  return [
    [
      knot(random.between(0.65, 1.4) * width, random.normal(0, 0.06)),
      corner(neck.x + random.normal(0.06, 0.04), random.normal(0.05, 0.04)),
      neck,
      ...belly(random, parts),
    ],
  ];
}

/** In one stroke without corners, like an S. */
function rounded(random: Random): Stroke[] {
  const parts = shape(random);
  const { width, neck } = parts;
  const [, ...rest] = belly(random, parts);
  return [
    [
      knot(random.between(0.6, 1.2) * width, random.normal(0.05, 0.06)),
      knot(0.5 * width, random.normal(0.01, 0.03)),
      knot(neck.x, 0.5 * neck.y),
      knot(neck.x + 0.16 * width, neck.y),
      ...rest,
    ],
  ];
}
