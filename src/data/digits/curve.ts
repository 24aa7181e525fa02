/** From the knots of a stroke to the line that the pen follows. */
import type { Knot, PenPoint, Point, Stroke } from "./stroke.js";

/** Length of the line's straight pieces: a tenth of the digit's height, two pixels in the end. */
const PIECE = 0.1;

/** Knots nearer to each other count as this far apart, so that nothing is divided by zero. */
const SHORTEST = 1e-3;

/**
 * The stroke as a polyline. Between corners it follows a centripetal Catmull–Rom spline through
 * the knots, which neither overshoots nor loops however unevenly they lie (Yuksel, Schaefer and
 * Keyser, "Parameterization and applications of Catmull–Rom curves", Computer-Aided Design 43,
 * 2011). Pressure changes evenly from knot to knot.
 */
export function trace(stroke: Stroke): PenPoint[] {
  const line: PenPoint[] = stroke.slice(0, 1);
  let start = 0;
  for (let end = 1; end < stroke.length; end++) {
    if (stroke[end].corner || end === stroke.length - 1) {
      traceSmooth(stroke.slice(start, end + 1), line);
      start = end;
    }
  }
  return line;
}

/** Appends the spline through the knots, without its first point, to the line. */
function traceSmooth(knots: readonly Knot[], line: PenPoint[]): void {
  for (let index = 1; index < knots.length; index++) {
    const from = knots[index - 1];
    const to = knots[index];
    const before = index > 1 ? knots[index - 2] : mirror(to, from);
    const after = index < knots.length - 1 ? knots[index + 1] : mirror(from, to);
    traceSpan(before, from, to, after, line);
  }
}

/** Where `point` appears when mirrored at `centre`: beyond its ends the spline goes straight on. */
function mirror(point: Point, centre: Point): Point {
  return { x: 2 * centre.x - point.x, y: 2 * centre.y - point.y };
}

/** The part between `from` and `to`: a cubic Hermite curve with the spline's tangents. */
function traceSpan(
  before: Point,
  from: PenPoint,
  to: PenPoint,
  after: Point,
  line: PenPoint[],
): void {
  // Centripetal: the parameter grows by the square root of the distance from knot to knot.
  const h0 = Math.sqrt(distance(before, from));
  const h1 = Math.sqrt(distance(from, to));
  const h2 = Math.sqrt(distance(to, after));
  const leaving = (p0: number, p1: number, p2: number): number =>
    h1 * ((p1 - p0) / h0 - (p2 - p0) / (h0 + h1)) + p2 - p1;
  const arriving = (p1: number, p2: number, p3: number): number =>
    h1 * ((p3 - p2) / h2 - (p3 - p1) / (h1 + h2)) + p2 - p1;
  const fromX = leaving(before.x, from.x, to.x);
  const fromY = leaving(before.y, from.y, to.y);
  const toX = arriving(from.x, to.x, after.x);
  const toY = arriving(from.y, to.y, after.y);
  const pieces = Math.max(1, Math.floor((h1 * h1) / PIECE + 0.5));
  for (let piece = 1; piece <= pieces; piece++) {
    const t = piece / pieces;
    const progress = t * t * (3 - 2 * t);
    const departure = t * (1 - t) * (1 - t);
    const arrival = t * t * (t - 1);
    line.push({
      x: from.x + progress * (to.x - from.x) + departure * fromX + arrival * toX,
      y: from.y + progress * (to.y - from.y) + departure * fromY + arrival * toY,
      pressure: from.pressure + t * (to.pressure - from.pressure),
    });
  }
}

function distance(from: Point, to: Point): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  return Math.max(SHORTEST, Math.sqrt(dx * dx + dy * dy));
}
