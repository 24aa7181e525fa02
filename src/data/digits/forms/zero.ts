/** Ways to write a 0. */
import type { Random } from "../random.js";
import { arc, type Forms, type Knot, knot, lean, type Stroke } from "../stroke.js";

export const zero: Forms = [
  { weight: 20, write: closed },
  { weight: 3, write: open },
  { weight: 6, write: curled },
  { weight: 1, write: crossedOut },
];

/** Zeros lean further to the right than other digits. */
const LEAN = 0.12;

/** An oval, counter-clockwise from the top; overlap is how far beyond a full turn, in turns. */
function oval(random: Random, overlap: number): Knot[] {
  const radiusX = random.between(0.24, 0.5);
  const from = random.normal(0.8, 0.06);
  const ring = arc({ x: 0.45, y: 0.5, radiusX, radiusY: 0.5, from, to: from - 1 - overlap });
  // The hand drifts on the way, so that the end may miss the beginning.
  const drift = { x: random.normal(0, 0.05), y: random.normal(0.02, 0.05) };
  const drifted = ring.map(({ x, y }, index) =>
    knot(x + (drift.x * index) / ring.length, y + (drift.y * index) / ring.length),
  );
  return lean(drifted, LEAN);
}

function closed(random: Random): Stroke[] {
  return [oval(random, random.normal(0.02, 0.04))];
}

/** Left open at the top. */
function open(random: Random): Stroke[] {
  return [oval(random, random.between(-0.12, -0.03))];
}

/** The end goes on into the inside. */
function curled(random: Random): Stroke[] {
  const ring = oval(random, random.between(0, 0.1));
  const tail = arc({
    x: random.normal(0.45, 0.05),
    y: random.normal(0.2, 0.05),
    radiusX: random.between(0.06, 0.16),
    radiusY: random.between(0.1, 0.2),
    from: -0.2,
    to: random.between(-0.6, -0.3),
  });
  return [[...ring, ...tail]];
}

/** With a stroke through it, as in program listings. */
function crossedOut(random: Random): Stroke[] {
  const half = random.between(0.25, 0.5);
  const slash = [knot(0.45 + 0.5 * half, 0.5 - half), knot(0.45 - 0.5 * half, 0.5 + half)];
  return [oval(random, 0.02), lean(slash, LEAN)];
}
