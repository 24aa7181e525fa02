/**
 * What tells one hand, and one specimen, from another: tremor, elastic wobble, proportions, slant
 * and rotation. The amounts were chosen by eye, and by how well a network that was trained on the
 * result read MNIST's training images; the test images are left to `bench/digits-to-mnist.mjs`.
 */
import { onCircle } from "./circle.js";
import type { Random } from "./random.js";
import type { Point, Stroke } from "./stroke.js";

/** Deviation of each knot from its place, in units of the digit's height. */
const TREMOR = 0.025;

/** The handles of the elastic wobble stand in a square lattice of this many rows and columns. */
const HANDLES = 4;

/** A digit narrower than this, such as a 1, wobbles sideways as if it were this wide. */
const NARROWEST = 0.35;

/** The stroke as an unsteady hand draws it: the knots a little off, the pressure uneven. */
export function unsteady(random: Random, stroke: Stroke): Stroke {
  return stroke.map(({ x, y, corner }) => ({
    x: random.normal(x, TREMOR),
    y: random.normal(y, TREMOR),
    pressure: random.between(0.5, 1.5),
    corner,
  }));
}

/** A random map of the plane for all strokes of one digit. */
export function distortion(
  random: Random,
  strokes: readonly Stroke[],
): <P extends Point>(point: P) => P {
  const columns = strokes.flatMap((stroke) => stroke.map(({ x }) => x));
  const left = Math.min(...columns);
  const width = Math.max(NARROWEST, Math.max(...columns) - left);
  // People vary more in how wide they write than in how high.
  const handles = Array.from({ length: HANDLES * HANDLES }, () => ({
    x: random.normal(0, 0.17 * width),
    y: random.normal(0, 0.1),
  }));
  const stretch = random.normal(1, 0.12);
  // Most people lean to the right: x moves by this much for each unit of height.
  const slant = random.normal(0.16, 0.22);
  const { x: cosine, y: sine } = onCircle(random.normal(0, 0.02));

  return (point) => {
    const wobble = displacement(handles, (point.x - left) / width, point.y);
    const y = point.y + wobble.y;
    const x = (point.x + wobble.x) * stretch - y * slant;
    return { ...point, x: cosine * x - sine * y, y: sine * x + cosine * y };
  };
}

/**
 * How far the handles move the point (u, v) of the unit square: a Bernstein polynomial of degree 3
 * in u and in v (Sederberg and Parry, "Free-form deformation of solid geometric models", SIGGRAPH
 * 1986).
 */
function displacement(handles: readonly Point[], u: number, v: number): Point {
  const columns = bernstein(u);
  const rows = bernstein(v);
  let x = 0;
  let y = 0;
  for (let row = 0; row < HANDLES; row++) {
    for (let column = 0; column < HANDLES; column++) {
      const weight = rows[row] * columns[column];
      const handle = handles[row * HANDLES + column];
      x += weight * handle.x;
      y += weight * handle.y;
    }
  }
  return { x, y };
}

/** The four Bernstein polynomials of degree 3 at `t`, which is taken into [0, 1] first. */
function bernstein(t: number): readonly [number, number, number, number] {
  const u = Math.min(1, Math.max(0, t));
  const v = 1 - u;
  return [v * v * v, 3 * u * v * v, 3 * u * u * v, u * u * u];
}
