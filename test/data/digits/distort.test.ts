import { expect, test } from "vitest";
import { distortion, unsteady } from "../../../src/data/digits/distort.js";
import { Random } from "../../../src/data/digits/random.js";
import { corner, knot, type Stroke } from "../../../src/data/digits/stroke.js";

const STROKE: Stroke = [knot(0, 0), corner(0.5, 0.5), knot(0.5, 1)];

test("an unsteady hand stays near the description, keeps corners, and varies its pressure", () => {
  for (let stream = 0; stream < 200; stream++) {
    const drawn = unsteady(new Random(1, stream), STROKE);
    expect(drawn.map(({ corner }) => corner)).toEqual([false, true, false]);
    drawn.forEach(({ x, y, pressure }, index) => {
      expect(Math.abs(x - STROKE[index].x)).toBeLessThanOrEqual(0.075);
      expect(Math.abs(y - STROKE[index].y)).toBeLessThanOrEqual(0.075);
      expect(pressure).toBeGreaterThanOrEqual(0.5);
      expect(pressure).toBeLessThan(1.5);
    });
  }
});

test("a distortion is a smooth map: near points stay near, what else a point has is kept", () => {
  for (let stream = 0; stream < 200; stream++) {
    const distort = distortion(new Random(2, stream), [STROKE]);
    const here = distort({ x: 0.3, y: 0.4, pressure: 0.7 });
    const beside = distort({ x: 0.301, y: 0.4 });
    expect(here.pressure).toBe(0.7);
    expect(Math.hypot(here.x - beside.x, here.y - beside.y)).toBeLessThan(0.01);
    expect(Math.hypot(here.x - 0.3, here.y - 0.4)).toBeLessThan(1.5);
  }
});

test("distortions differ, and lean to the right on average", () => {
  const slants = Array.from({ length: 1000 }, (_, stream) => {
    const distort = distortion(new Random(3, stream), [STROKE]);
    return distort({ x: 0.25, y: 0 }).x - distort({ x: 0.25, y: 1 }).x;
  });
  expect(new Set(slants).size).toBe(1000);
  const mean = slants.reduce((sum, slant) => sum + slant, 0) / slants.length;
  expect(mean).toBeGreaterThan(0.1);
  expect(mean).toBeLessThan(0.25);
});
