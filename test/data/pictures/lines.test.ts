import { expect, test } from "vitest";
import type { Extent } from "../../../src/data/pictures/components.js";
import { linesOf } from "../../../src/data/pictures/lines.js";
import { turned } from "../../../src/data/pictures/turned.js";
import { digitsOf, type GreyImage } from "../../../src/index.js";
import { enlarge, oneOfEach, sheetOf } from "../../support/pictures.js";

interface Numbered extends Extent {
  readonly number: number;
}

/** Boxes of 40 × 80, 100 apart, in three lines of four, numbered in the order of reading. */
function grid(degrees: number): Numbered[] {
  const angle = (degrees * Math.PI) / 180;
  return Array.from({ length: 12 }, (_, number) => {
    const along = (number % 4) * 100;
    const across = Math.floor(number / 4) * 120;
    const left = Math.round(300 + along * Math.cos(angle) - across * Math.sin(angle));
    const top = Math.round(300 + along * Math.sin(angle) + across * Math.cos(angle));
    return { left, top, right: left + 39, bottom: top + 79, number };
  }).sort((a, b) => a.top - b.top);
}

test.each([0, 5, 10, -15, 25, -30])(
  "lines turned by %d° are read one after the other",
  (degrees) => {
    const { lines, angle } = linesOf(grid(degrees));
    expect(lines.map((line) => line.map(({ number }) => number))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9, 10, 11],
    ]);
    expect((angle * 180) / Math.PI).toBeCloseTo(degrees, 0);
  },
);

test("digits that stand here and there are in no aslant lines", () => {
  const places = [
    [0, 0],
    [200, 20],
    [80, 200],
    [260, 150],
    [20, 380],
  ];
  const { angle } = linesOf(
    places.map(([left, top]) => ({ left, top, right: left + 39, bottom: top + 79 })),
  );
  expect(angle).toBe(0);
});

test("digits in lines that run aslant are turned upright", () => {
  const images = [2, 4, 5, 7, 3, 9].map((label) => enlarge(oneOfEach()[label], 4, 20));
  const angle = (25 * Math.PI) / 180;
  const upright = digitsOf(sheetOf(images, 3));
  const aslant = digitsOf(turned(sheetOf(images, 3), angle));
  expect(aslant.map(({ line }) => line)).toEqual([0, 0, 0, 1, 1, 1]);
  const sum = { turned: 0, alone: 0 };
  images.forEach((image, index) => {
    const [alone] = digitsOf(turned(image, angle));
    sum.turned += difference(aslant[index].pixels, upright[index].pixels);
    sum.alone += difference(alone.pixels, upright[index].pixels);
  });
  expect(sum.turned).toBeLessThan(0.5 * sum.alone);
});

/** The share of ink that two images do not have in common. */
function difference(a: Uint8Array, b: Uint8Array): number {
  const total = [...a, ...b].reduce((sum, value) => sum + value, 0);
  return a.reduce((sum, value, pixel) => sum + Math.abs(value - b[pixel]), 0) / total;
}

test("a turned picture shows all of its ink, clockwise", () => {
  const picture: GreyImage = { width: 3, height: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  expect(turned(picture, 0)).toBe(picture);
  const quarter = turned(picture, Math.PI / 2);
  const rows = Array.from({ length: quarter.height }, (_, row) => [
    ...quarter.pixels.subarray(row * quarter.width, (row + 1) * quarter.width),
  ]);
  expect(
    rows.filter((row) => row.some((level) => level > 0)).map((row) => row.filter(Boolean)),
  ).toEqual([
    [4, 1],
    [5, 2],
    [6, 3],
  ]);
});
