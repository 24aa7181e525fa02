/** Draws lines with a round pen, anti-aliased, white on black. */
import type { GreyImage } from "./prepare.js";
import type { PenPoint, Point } from "./stroke.js";

/**
 * The longer side of the drawing in pixels, half a pen's width at each end included: twice the 20
 * pixels that it is reduced to, so that the edges come out as smooth as those of a scan.
 */
const DRAWING_SIDE = 40;

/**
 * A picture of the lines, just large enough for them.
 *
 * @param penWidth as a fraction of the drawing's longer side
 */
export function draw(lines: readonly PenPoint[][], penWidth: number): GreyImage {
  const points = lines.flat();
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  const spanX = Math.max(...xs) - left;
  const spanY = Math.max(...ys) - top;
  const hardest = Math.max(...points.map(({ pressure }) => pressure));

  const radius = (DRAWING_SIDE * penWidth) / 2;
  // One pixel more than the pen's radius, so that its edge has room to fade.
  const margin = radius * hardest + 1;
  // A single point has no span; any scale will do for it.
  const scale = (DRAWING_SIDE - 2 * radius) / Math.max(1e-3, spanX, spanY);
  const width = Math.floor(spanX * scale + 2 * margin) + 1;
  const height = Math.floor(spanY * scale + 2 * margin) + 1;
  const picture = { width, height, pixels: new Uint8Array(width * height) };
  for (const line of lines) {
    const scaled = line.map(({ x, y, pressure }) => ({
      x: (x - left) * scale + margin,
      y: (y - top) * scale + margin,
      radius: radius * pressure,
    }));
    scaled.forEach((to, index) => {
      drawSegment(picture, scaled[Math.max(0, index - 1)], to);
    });
  }
  return picture;
}

/** Where a round pen stands; pixel (column, row) covers [column, column + 1] × [row, row + 1]. */
interface Disc extends Point {
  readonly radius: number;
}

/**
 * All that the pen covers on its way, its radius changing evenly; the ink fades over one pixel
 * around the edge. A pixel keeps the strongest ink, so that crossings are no brighter.
 */
function drawSegment({ width, pixels }: GreyImage, from: Disc, to: Disc): void {
  const reach = Math.max(from.radius, to.radius) + 0.5;
  const left = Math.floor(Math.min(from.x, to.x) - reach);
  const right = Math.floor(Math.max(from.x, to.x) + reach);
  const top = Math.floor(Math.min(from.y, to.y) - reach);
  const bottom = Math.floor(Math.max(from.y, to.y) + reach);
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const squaredLength = dx * dx + dy * dy;
  const perSquaredLength = squaredLength > 0 ? 1 / squaredLength : 0;
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5 - from.y;
    for (let column = left; column <= right; column++) {
      const pixel = row * width + column;
      if (pixels[pixel] === 255) continue;
      const x = column + 0.5 - from.x;
      // The nearest point of the segment lies at the fraction t of its length.
      const t = Math.min(1, Math.max(0, (x * dx + y * dy) * perSquaredLength));
      const distanceX = x - t * dx;
      const distanceY = y - t * dy;
      const squaredDistance = distanceX * distanceX + distanceY * distanceY;
      if (squaredDistance >= reach * reach) continue;
      const radius = from.radius + t * (to.radius - from.radius);
      const ink = 255 * Math.min(1, radius + 0.5 - Math.sqrt(squaredDistance));
      if (ink > pixels[pixel]) pixels[pixel] = ink;
    }
  }
}
