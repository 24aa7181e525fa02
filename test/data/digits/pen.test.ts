import { expect, test } from "vitest";
import { draw } from "../../../src/data/digits/pen.js";
import type { GreyImage } from "../../../src/data/digits/prepare.js";

function point(x: number, y: number, pressure = 1) {
  return { x, y, pressure };
}

function ink({ pixels }: GreyImage): number {
  return Array.from(pixels).reduce((sum, value) => sum + value, 0) / 255;
}

function row(image: GreyImage, y: number): number[] {
  return [...image.pixels.subarray(y * image.width, (y + 1) * image.width)];
}

function column({ width, height, pixels }: GreyImage, x: number): number[] {
  return Array.from({ length: height }, (_, y) => pixels[y * width + x]);
}

test.each([
  { what: "a high drawing", lines: [[point(0, 0), point(1, 3)]] },
  { what: "a wide one", lines: [[point(-5, 2), point(7, 2.5)], [point(1, 1)]] },
  { what: "hard pressure", lines: [[point(0, 0, 1.5), point(1, 1, 0.5)]] },
])("$what fills 40 pixels, and no ink touches the rim", ({ lines }) => {
  const image = draw(lines, 0.1);
  const { width, height } = image;
  for (const rim of [
    row(image, 0),
    row(image, height - 1),
    column(image, 0),
    column(image, width - 1),
  ]) {
    expect(Math.max(...rim)).toBe(0);
  }
  // The rim, and what hard pressure adds to the pen's radius of 2.
  expect(Math.max(width, height)).toBeGreaterThanOrEqual(42);
  expect(Math.max(width, height)).toBeLessThanOrEqual(45);
});

test("a straight line has the area of its pen's path, full ink inside and soft edges", () => {
  const image = draw([[point(0, 0), point(1, 0)]], 0.2);
  // A capsule: 32 pixels long between the centres of its round ends, 8 wide.
  expect(Math.abs(ink(image) - (32 * 8 + Math.PI * 16))).toBeLessThan(3);
  expect(image.pixels).toContain(255);
  expect(new Set(draw([[point(0, 0), point(3.1, 1.37)]], 0.2).pixels).size).toBeGreaterThan(30);
});

test("the line is as wide as the pressure says, and narrows evenly", () => {
  const light = draw([[point(0, 0, 0.5), point(1, 0, 0.5)]], 0.2);
  expect(Math.abs(ink(light) - (32 * 4 + Math.PI * 4))).toBeLessThan(3);
  const narrowing = draw([[point(0, 0, 1), point(1, 0, 0.5)]], 0.2);
  const widths = Array.from({ length: narrowing.width }, (_, x) =>
    column(narrowing, x).reduce((sum, value) => sum + value / 255, 0),
  );
  expect(widths[8]).toBeGreaterThan(7);
  expect(widths[21]).toBeCloseTo(6, 0);
  expect(widths[34]).toBeLessThan(5);
});

test("where lines cross the ink is no stronger, and a single point is a dot", () => {
  const once = draw([[point(0, 0), point(1, 1)]], 0.1);
  const twice = draw(
    [
      [point(0, 0), point(1, 1)],
      [point(1, 1), point(0, 0)],
    ],
    0.1,
  );
  expect(twice).toEqual(once);
  expect(Math.abs(ink(draw([[point(3, 3)]], 0.25)) - Math.PI * 25)).toBeLessThan(2);
});
