import { describe, expect, test } from "vitest";
import { FORMS } from "../../../../src/data/digits/forms/index.js";
import { Random } from "../../../../src/data/digits/random.js";

test("there are ten digits, most with several forms", () => {
  expect(FORMS).toHaveLength(10);
  for (const forms of FORMS) expect(forms.length).toBeGreaterThanOrEqual(2);
});

describe.each(FORMS.map((forms, digit) => ({ digit, forms })))("digit $digit", ({ forms }) => {
  test("every form has a weight and writes strokes about one unit high", () => {
    for (const { weight, write } of forms) {
      expect(weight).toBeGreaterThan(0);
      for (let stream = 0; stream < 100; stream++) {
        const strokes = write(new Random(11, stream));
        const knots = strokes.flat();
        for (const stroke of strokes) expect(stroke.length).toBeGreaterThanOrEqual(2);
        for (const { x, y, pressure } of knots) {
          expect(pressure).toBe(1);
          expect(Math.abs(x)).toBeLessThan(2.2);
          expect(Math.abs(y - 0.5)).toBeLessThan(1);
        }
        const ys = knots.map(({ y }) => y);
        const height = Math.max(...ys) - Math.min(...ys);
        expect(height).toBeGreaterThan(0.7);
        expect(height).toBeLessThan(1.5);
      }
    }
  });

  test("no two specimens of a form are alike", () => {
    for (const { write } of forms) {
      const specimens = Array.from({ length: 50 }, (_, stream) =>
        JSON.stringify(write(new Random(12, stream))),
      );
      expect(new Set(specimens).size).toBe(50);
    }
  });
});
