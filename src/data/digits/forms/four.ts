/** Ways to write a 4. */
import type { Random } from "../random.js";
import { corner, type Forms, knot, type Stroke } from "../stroke.js";

export const four: Forms = [
  { weight: 6, write: crossed },
  { weight: 5, write: round },
  { weight: 3, write: closed },
  { weight: 2, write: unbroken },
];

/** Open at the top: down, a corner and across, then a separate stem that crosses the bar. */
function crossed(random: Random): Stroke[] {
  const width = random.between(0.45, 0.85);
  const bar = random.normal(0.56, 0.06);
  const stem = random.normal(0.78, 0.06) * width;
  return [
    [
      knot(random.between(0.05, 0.35) * width, random.between(0, 0.15)),
      knot(random.between(0.04, 0.14) * width, bar * 0.6),
      corner(random.normal(0, 0.04) * width, bar),
      knot(0.5 * width, bar + random.normal(0, 0.02)),
      knot(random.between(0.85, 1.3) * width, bar + random.normal(-0.02, 0.04)),
    ],
    [
      knot(stem + random.normal(0.06, 0.08), random.between(-0.05, 0.25)),
      knot(stem, 0.55),
      knot(stem + random.normal(-0.03, 0.05), 1),
    ],
  ];
}

/** Open at the top: a round turn into the bar, which ends at the stem. */
function round(random: Random): Stroke[] {
  const width = random.between(0.45, 0.85);
  const bar = random.normal(0.52, 0.06);
  const stem = random.normal(0.95, 0.04) * width;
  return [
    [
      knot(random.between(0, 0.2) * width, random.between(0, 0.15)),
      knot(random.normal(0.02, 0.04) * width, bar * 0.65),
      knot(random.normal(0.15, 0.06) * width, bar),
      knot(0.5 * width, bar + random.normal(0, 0.02)),
      knot(stem + random.normal(0.04, 0.05), bar - random.between(-0.04, 0.08)),
    ],
    [
      knot(stem + random.normal(0.04, 0.06), random.between(-0.05, 0.15)),
      knot(stem, 0.5),
      knot(stem + random.normal(-0.03, 0.06), 1),
    ],
  ];
}

/** Closed: a triangle that begins where the stem does. */
function closed(random: Random): Stroke[] {
  const width = random.between(0.5, 0.9);
  const bar = random.normal(0.6, 0.08);
  const stem = random.normal(0.7, 0.06) * width;
  return [
    [
      knot(stem + random.normal(0.03, 0.04), random.between(-0.04, 0.08)),
      corner(random.normal(0, 0.04) * width, bar),
      knot(random.between(0.72, 1.25) * width, bar + random.normal(-0.01, 0.04)),
    ],
    [
      knot(stem, 0),
      knot(stem + random.normal(0, 0.03), 0.5),
      knot(stem + random.normal(-0.02, 0.05), 1),
    ],
  ];
}

/** In one stroke: down, across and up, then down again along the stem. */
function unbroken(random: Random): Stroke[] {
  const width = random.between(0.45, 0.85);
  const bar = random.normal(0.5, 0.06);
  const stem = random.normal(0.95, 0.04) * width;
  return [
    [
      knot(random.between(0, 0.15) * width, random.between(0, 0.12)),
      knot(random.normal(0, 0.04) * width, bar * 0.7),
      knot(0.2 * width, bar),
      knot(0.6 * width, bar - random.between(-0.03, 0.05)),
      corner(stem + random.normal(0.03, 0.04), random.between(-0.03, 0.12)),
      knot(stem, 0.55),
      knot(stem + random.normal(-0.05, 0.06), 1),
    ],
  ];
}
