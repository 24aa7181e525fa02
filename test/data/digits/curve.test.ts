import fc from "fast-check";
import { expect, test } from "vitest";
import { trace } from "../../../src/data/digits/curve.js";
import { arc, corner, type Knot, knot, type Point } from "../../../src/data/digits/stroke.js";

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

const coordinate = fc.double({ min: -1, max: 2, noNaN: true });
const anyKnot = fc
  .record({ x: coordinate, y: coordinate, corner: fc.boolean() })
  .map((point): Knot => ({ ...point, pressure: 1 }));

test("the line begins at the first knot, passes every knot in turn, and ends at the last", () => {
  fc.assert(
    fc.property(fc.array(anyKnot, { minLength: 1, maxLength: 9 }), (stroke) => {
      const line = trace(stroke);
      let position = 0;
      for (const { x, y } of stroke) {
        position = line.findIndex(
          (point, index) => index >= position && distance(point, { x, y }) < 1e-9,
        );
        expect(position).toBeGreaterThanOrEqual(0);
      }
      expect(distance(line[0], stroke[0])).toBe(0);
      expect(distance(line[line.length - 1], stroke[stroke.length - 1])).toBeLessThan(1e-9);
    }),
    { examples: [[[knot(0, 0), knot(0, 0), knot(0, 0)]]] },
  );
});

test("through two knots, and from corner to corner, it is straight", () => {
  const line = trace([knot(0, 0), corner(1, 0), corner(1, 1), knot(0, 1)]);
  for (const { x, y } of line) {
    expect(Math.min(Math.abs(y), Math.abs(x - 1), Math.abs(y - 1))).toBeLessThan(1e-12);
  }
});

test("through the knots of a circle it is round, between corners it does not turn suddenly", () => {
  const line = trace(arc({ x: 0, y: 0, radiusX: 1, radiusY: 1, from: 0, to: 1 }));
  for (const { x, y } of line) expect(Math.abs(Math.hypot(x, y) - 1)).toBeLessThan(0.04);
  for (let index = 2; index < line.length; index++) {
    const [a, b, c] = line.slice(index - 2, index + 1);
    const turn = Math.atan2(c.y - b.y, c.x - b.x) - Math.atan2(b.y - a.y, b.x - a.x);
    expect(Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn)))).toBeLessThan(0.2);
  }
});

test("its pieces are short and its pressure changes evenly from knot to knot", () => {
  const stroke = [
    { ...knot(0, 0), pressure: 0.5 },
    { ...knot(1, 0), pressure: 1.5 },
  ];
  const line = trace(stroke);
  expect(line).toHaveLength(11);
  line.forEach(({ pressure }, index) => {
    expect(pressure).toBeCloseTo(0.5 + index / 10, 12);
  });
  expect(trace([])).toEqual([]);
});
