/** Ways to write an 8. */
import type { Random } from "../random.js";
import { arc, type Forms, knot, type Stroke } from "../stroke.js";

export const eight: Forms = [
  { weight: 8, write: unbroken },
  { weight: 3, write: twoRings },
];

/** In one stroke from the upper right: an S down, then back up across it. */
function unbroken(random: Random): Stroke[] {
  // Half the widths of the two loops, and the height at which they meet.
  const upper = random.between(0.14, 0.36);
  const lower = random.between(0.08, 0.33);
  const waist = random.normal(0.47, 0.07);
  const below = 1 - waist;
  return [
    [
      knot(0.5 + upper * random.between(0.4, 1.3), random.between(0.02, 0.2)),
      knot(0.5 + upper * 0.3, 0),
      knot(0.5 - upper * 0.6, 0.04),
      knot(0.5 - upper, random.normal(0.43, 0.05) * waist),
      knot(0.5 - random.between(0, 0.05), waist),
      knot(0.5 + lower, 1 - random.normal(0.45, 0.06) * below),
      knot(0.5 + lower * 0.5, 0.97),
      knot(0.5 - lower * 0.5, 0.98),
      knot(0.5 - lower * random.normal(0.85, 0.12), 1 - random.normal(0.36, 0.07) * below),
      knot(0.5 + random.between(0, 0.07), waist + random.normal(0, 0.03)),
      knot(0.5 + upper * random.normal(1, 0.1), random.normal(0.45, 0.06) * waist),
      knot(0.5 + upper * random.between(0.7, 1.4), random.between(-0.08, 0.16)),
    ],
  ];
}

/** Two rings, one on the other, each begun where they touch. */
function twoRings(random: Random): Stroke[] {
  const waist = random.between(0.36, 0.54);
  const upper = {
    x: random.normal(0.5, 0.04),
    y: waist / 2,
    radiusX: random.between(0.15, 0.38),
    radiusY: waist / 2,
    from: 0.25,
    to: random.normal(1.25, 0.04),
  };
  const lower = {
    x: random.normal(0.5, 0.04),
    y: (1 + waist) / 2,
    radiusX: random.between(0.16, 0.42),
    radiusY: (1 - waist) / 2,
    from: 0.75,
    to: random.normal(1.75, 0.04),
  };
  return [arc(upper), arc(lower)];
}
