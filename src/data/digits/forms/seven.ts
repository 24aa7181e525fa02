/** Ways to write a 7. */
import type { Random } from "../random.js";
import { corner, type Forms, type Knot, knot, type Stroke } from "../stroke.js";

export const seven: Forms = [
  { weight: 6, write: (random) => [angular(random, shape(random))] },
  { weight: 3, write: (random) => [rounded(random, shape(random))] },
  { weight: 4, write: (random) => [hooked(random, shape(random))] },
  { weight: 3, write: barred },
];

interface Shape {
  readonly width: number;
  /** Where the stem ends. */
  readonly foot: number;
}

function shape(random: Random): Shape {
  const width = random.between(0.4, 0.95);
  return { width, foot: random.between(0.2, 0.95) * width };
}

/** The top and the stem in one stroke, with a corner between them. */
function angular(random: Random, { width, foot }: Shape): Knot[] {
  const bow = random.normal(0.02, 0.05);
  return [
    knot(0, random.normal(0.06, 0.07)),
    knot(0.5 * width, random.normal(0.04, 0.04)),
    corner(width, random.normal(0, 0.05)),
    knot(0.5 * (width + foot) + bow, 0.45),
    knot(foot, 1),
  ];
}

/** The top and the stem in one curve. */
function rounded(random: Random, { width, foot }: Shape): Knot[] {
  return [
    knot(0, random.between(0.03, 0.35)),
    knot(random.between(0.15, 0.35) * width, random.normal(0.04, 0.03)),
    knot(random.normal(0.65, 0.06) * width, random.normal(0, 0.03)),
    knot(random.normal(0.97, 0.04) * width, random.normal(0.12, 0.05)),
    knot(0.6 * width + 0.4 * foot, 0.5),
    knot(foot, 1),
  ];
}

/** A hook that comes up to the left end of the top, then top and stem. */
function hooked(random: Random, parts: Shape): Knot[] {
  const [, ...rest] = angular(random, parts);
  return [
    knot(random.normal(-0.03, 0.05), random.between(0.08, 0.45)),
    corner(random.normal(0.02, 0.04), random.normal(0.03, 0.03)),
    ...rest,
  ];
}

/** Any of them with a short line across the stem. */
function barred(random: Random): Stroke[] {
  const parts = shape(random);
  const { write } = random.pick([
    { weight: 3, write: angular },
    { weight: 2, write: rounded },
    { weight: 1, write: hooked },
  ]);
  const y = random.normal(0.5, 0.07);
  const middle = parts.width + (parts.foot - parts.width) * y;
  const half = random.between(0.13, 0.32);
  const tilt = random.normal(-0.02, 0.05);
  const bar = [
    knot(middle - half, y - tilt),
    knot(middle + half * random.between(0.5, 1.3), y + tilt),
  ];
  return [write(random, parts), bar];
}
