import { expect, test } from "vitest";
import { digitsOf, findDigits, type GreyImage, OptionError } from "../../../src/index.js";
import { randomNumbers } from "../../support/numbers.js";
import { enlarge, oneOfEach, onPaper, sheetOf } from "../../support/pictures.js";

const images = oneOfEach();

/**
 * The share of ink that two prepared images do not have in common, 0 … 1, at the best of the nine moves by a pixel
 * at most: the centre of mass is rounded to whole pixels, and to either side where it lies between.
 */
function difference(a: Uint8Array, b: Uint8Array): number {
  const moves = [-29, -28, -27, -1, 0, 1, 27, 28, 29];
  const total = [...a, ...b].reduce((sum, value) => sum + value, 0);
  const different = moves.map((move) =>
    a.reduce((sum, value, pixel) => sum + Math.abs(value - (b[pixel + move] ?? 0)), 0),
  );
  return Math.min(...different) / total;
}

/** A black picture with white rectangles: left, top, width, height. */
function rectangles(side: number, ...boxes: readonly (readonly number[])[]): GreyImage {
  const pixels = new Uint8Array(side * side);
  for (const [left, top, width, height] of boxes) {
    for (let row = top; row < top + height; row++) {
      pixels.fill(255, row * side + left, row * side + left + width);
    }
  }
  return { width: side, height: side, pixels };
}

test.each([3, 5.5, 10])(
  "a digit enlarged %d× is prepared like the original, in either polarity",
  (factor) => {
    for (const image of images) {
      const large = enlarge(image, factor, 7);
      const [bright] = digitsOf(large, { holds: "one" });
      const [dark] = digitsOf(onPaper(large), { holds: "one" });
      const [original] = digitsOf(image, { holds: "one" });
      expect(difference(bright.pixels, original.pixels)).toBeLessThan(0.2);
      expect(difference(dark.pixels, bright.pixels)).toBeLessThan(0.05);
    }
  },
);

test("a sheet is read line by line, from left to right", () => {
  const found = digitsOf(
    onPaper(
      sheetOf(
        images.map((image) => enlarge(image, 3)),
        5,
      ),
    ),
  );
  expect(found.map(({ line }) => line)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  found.forEach(({ pixels, left, width }, index) => {
    expect(Math.floor((left + width / 2) / 84)).toBe(index % 5);
    const [alone] = digitsOf(images[index], { holds: "one" });
    expect(difference(pixels, alone.pixels)).toBeLessThan(0.2);
  });
});

test.each(["dark on light", "light on dark"])(
  "a sheet on which light falls unevenly is read like one in even light, %s",
  (polarity) => {
    const sheet = sheetOf(
      images.map((image) => enlarge(image, 3, 6)),
      5,
    );
    const { width, height } = sheet;
    const next = randomNumbers(7);
    const pixels = sheet.pixels.map((ink, pixel) => {
      const [x, y] = [(pixel % width) / width, Math.floor(pixel / width) / height];
      const light = polarity === "dark on light" ? 240 - 110 * x - 50 * y * y : 30 + 60 * x;
      const part = ink / 255;
      const seen = polarity === "dark on light" ? light * (1 - 0.75 * part) : light + 150 * part;
      return Math.max(0, Math.min(255, seen + 6 * next()));
    });
    const even = digitsOf(sheet);
    const uneven = digitsOf({ width, height, pixels });
    expect(uneven.map(({ line }) => line)).toEqual(even.map(({ line }) => line));
    for (const [index, { pixels: prepared }] of uneven.entries()) {
      expect(difference(prepared, even[index].pixels)).toBeLessThan(0.12);
    }
  },
);

test("specks are dropped, parts that lie one above the other are put together", () => {
  const bar = [20, 20, 30, 6];
  const body = [20, 30, 24, 50];
  const neighbour = [70, 22, 8, 58];
  const speck = [95, 5, 3, 3];
  const found = digitsOf(rectangles(100, bar, body, neighbour, speck));
  expect(found.map(({ left, top, width, height }) => [left, top, width, height])).toEqual([
    [20, 20, 30, 60],
    neighbour,
  ]);
});

test("two lines close to each other stay two lines", () => {
  const found = digitsOf(rectangles(100, [10, 5, 8, 40], [40, 5, 8, 40], [12, 50, 8, 40]));
  expect(found.map(({ line }) => line)).toEqual([0, 0, 1]);
});

test("an empty picture holds no digit, whatever its grey and its noise", () => {
  for (const level of [0, 128, 255]) {
    const pixels = Uint8Array.from({ length: 900 }, (_, pixel) => level + ((pixel * 7) % 5) - 2);
    const clamped = pixels.map((value) => Math.min(255, value));
    if (level === 128) expect(digitsOf({ width: 30, height: 30, pixels: clamped })).toEqual([]);
    const flat = new Uint8Array(900).fill(level);
    expect(digitsOf({ width: 30, height: 30, pixels: flat })).toEqual([]);
  }
});

test("pictures that are none, or nothing but noise, are refused in a sentence", () => {
  expect(() => digitsOf({ width: 3, height: 2, pixels: new Uint8Array(5) })).toThrow(
    /3 × 2 has 5 pixels, expected/,
  );
  const pixels = new Uint8Array(400 * 400);
  for (let row = 1; row < 399; row += 2) {
    for (let column = 1; column < 399; column += 2) pixels[row * 400 + column] = 255;
  }
  expect(() => digitsOf({ width: 400, height: 400, pixels })).toThrow(/separate marks, expected/);
});

test("what is no picture in grey is refused, and ImageData told of greyImage", () => {
  const imageData = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  for (const find of [digitsOf, findDigits]) {
    expect(() => find(imageData as unknown as GreyImage)).toThrow(
      new OptionError(
        "pixels of a picture is undefined, expected a Uint8Array or a Uint8ClampedArray, as greyImage makes it of ImageData",
      ),
    );
    expect(() => find(null as unknown as GreyImage)).toThrow(OptionError);
  }
});
