import { expect, test } from "vitest";
import { onCircle } from "../../../src/data/digits/circle.js";

test("quarter turns are exact, clockwise from the right as y points down", () => {
  expect(onCircle(0)).toEqual({ x: 1, y: 0 });
  expect(onCircle(0.25).y).toBe(1);
  expect(onCircle(0.5).x).toBe(-1);
  expect(onCircle(-0.25).y).toBe(-1);
  expect(onCircle(5).x).toBe(1);
});

test("every angle gives a point of the unit circle, within 0.2° of the angle", () => {
  for (let turns = -2; turns < 2; turns += 0.0137) {
    const { x, y } = onCircle(turns);
    expect(Math.hypot(x, y)).toBeCloseTo(1, 12);
    const radians = 2 * Math.PI * turns;
    const missed = Math.abs(Math.asin(x * -Math.sin(radians) + y * Math.cos(radians)));
    expect(missed).toBeLessThan((0.2 / 180) * Math.PI);
    expect(x * Math.cos(radians) + y * Math.sin(radians)).toBeGreaterThan(0.99);
  }
});
