import { expect, test } from "vitest";
import { arc, corner, knot, lean } from "../../../src/data/digits/stroke.js";

test("an arc runs along its ellipse from one end to the other", () => {
  const ellipse = { x: 3, y: 5, radiusX: 2, radiusY: 1 };
  const knots = arc({ ...ellipse, from: 0.25, to: 1.5 });
  expect(knots[0].x).toBeCloseTo(3, 12);
  expect(knots[0].y).toBe(6);
  expect(knots.at(-1)?.x).toBe(1);
  for (const { x, y, corner, pressure } of knots) {
    expect(((x - 3) / 2) ** 2 + (y - 5) ** 2).toBeCloseTo(1, 12);
    expect({ corner, pressure }).toEqual({ corner: false, pressure: 1 });
  }
  // Clockwise as seen: from the bottom to the left first.
  expect(knots[1].x).toBeLessThan(3);
  expect(arc({ ...ellipse, from: 0.25, to: -1 })[1].x).toBeGreaterThan(3);
});

test("leaning moves the top to the right, the foot to the left, and keeps corners", () => {
  const leaning = lean([corner(1, 0), knot(1, 0.5), knot(1, 1)], 0.4);
  expect(leaning).toEqual([corner(1.2, 0), knot(1, 0.5), knot(0.8, 1)]);
});
