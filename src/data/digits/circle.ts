/** Points on the unit circle by arithmetic alone: engines may differ in the last bit of `Math.cos`. */

export interface Direction {
  readonly x: number;
  readonly y: number;
}

/**
 * The point of the unit circle at an angle in turns: 0 lies at (1, 0), ¼ at (0, 1).
 *
 * ((1 − t²) / (1 + t²), 2t / (1 + t²)) lies on the circle for every t, at the angle θ with
 * t = tan(θ / 2). Within ⅛ turn of a multiple of ¼ turn, two terms of the tangent's series
 * give θ to within 0.2°.
 */
export function onCircle(turns: number): Direction {
  const quarters = Math.floor(turns * 4 + 0.5);
  const half = (turns - quarters / 4) * Math.PI;
  const t = half + (half * half * half) / 3;
  const cosine = (1 - t * t) / (1 + t * t);
  const sine = (2 * t) / (1 + t * t);
  switch (quarters & 3) {
    case 0:
      return { x: cosine, y: sine };
    case 1:
      return { x: -sine, y: cosine };
    case 2:
      return { x: -cosine, y: -sine };
    default:
      return { x: sine, y: -cosine };
  }
}
