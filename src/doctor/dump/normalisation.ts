/**
 * Batch and layer normalisation between z and the activation: f of an affine function of z, one for each unit or
 * one for each sample.
 */
import type { Matrix } from "../../reference/matrix.js";

/** Fewer numbers lie on a line anyway. */
const LEAST_NUMBERS = 4;
const TOLERANCE = 1e-3;

/** Where f can be turned round: z of a, or undefined where a says too little. */
const INVERSES: readonly ((a: number) => number | undefined)[] = [
  (a) => (a > 0 ? a : undefined),
  (a) => (Math.abs(a) < 0.999 ? Math.atanh(a) : undefined),
  (a) => (a > 0.001 && a < 0.999 ? Math.log(a / (1 - a)) : undefined),
  (a) => a,
];

/** What z is normalised over before f, if it is: the samples, as batch normalisation does, or the units. */
export function normalisedOver(z: Matrix, a: Matrix): "samples" | "units" | undefined {
  for (const inverse of INVERSES) {
    for (const over of ["samples", "units"] as const) {
      if (isNormalised(z, a, inverse, over)) return over;
    }
  }
  return undefined;
}

function isNormalised(
  z: Matrix,
  a: Matrix,
  inverse: (a: number) => number | undefined,
  over: "samples" | "units",
): boolean {
  const { rows, columns } = z;
  const [lines, length] = over === "samples" ? [columns, rows] : [rows, columns];
  const slopes: number[] = [];
  for (let line = 0; line < lines; line++) {
    const points: [number, number][] = [];
    for (let index = 0; index < length; index++) {
      const at = over === "samples" ? index * columns + line : line * columns + index;
      const u = inverse(a.data[at]);
      if (u !== undefined) points.push([z.data[at], u]);
    }
    if (points.length < LEAST_NUMBERS) continue;
    const slope = slopeOf(points);
    if (slope === undefined) return false;
    slopes.push(slope);
  }
  // The same slope everywhere is no normalisation; and it has to be seen in most of the layer.
  if (slopes.length < Math.max(2, lines / 2)) return false;
  return Math.max(...slopes) / Math.min(...slopes) > 1 + 10 * TOLERANCE;
}

/** The slope of the line that all points lie on, if there is one that rises. */
function slopeOf(points: readonly (readonly [number, number])[]): number | undefined {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  let [xx, xy, yy] = [0, 0, 0];
  for (const [px, py] of points) {
    xx += (px - x) ** 2;
    xy += (px - x) * (py - y);
    yy += (py - y) ** 2;
  }
  if (xx === 0 || yy === 0 || xy <= 0) return undefined;
  const rest = Math.max(0, yy - xy ** 2 / xx);
  return Math.sqrt(rest / yy) < TOLERANCE ? xy / xx : undefined;
}
