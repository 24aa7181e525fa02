import { expect, test } from "vitest";
import { withoutRules } from "../../../src/data/pictures/rules.js";
import { digitsOf, findDigits, type GreyImage } from "../../../src/index.js";
import { enlarge, fill, oneOfEach, onPaper, sheetOf } from "../../support/pictures.js";

const images = oneOfEach();
const PITCH = 42;

/** Twenty digits of 140 × 140 in four lines, as ink. */
const written = sheetOf(
  [...images, ...images].map((image) => enlarge(image, 4, 14)),
  5,
);
const { width, height } = written;
const alone = digitsOf(written);

/** With lines of half the ink's level, two pixels thick, that fall by `slope` pixels a pixel. */
function ruled(slope: number, isSquared: boolean): GreyImage {
  const pixels = Uint8Array.from(written.pixels, (value, place) => {
    const x = place % width;
    const y = Math.floor(place / width);
    const isLine = (at: number) => ((at % PITCH) + PITCH) % PITCH < 2;
    const isRule =
      isLine(Math.round(y - slope * x)) || (isSquared && isLine(Math.round(x + slope * y) + 9));
    return isRule ? Math.max(value, 110) : value;
  });
  return { width, height, pixels };
}

test.each([
  { name: "ruled paper", slope: 0, isSquared: false },
  { name: "ruled paper that lies aslant", slope: 0.006, isSquared: false },
  { name: "ruled paper that lies aslant by 2°", slope: 0.035, isSquared: false },
  { name: "ruled paper that lies aslant by 5°", slope: -0.087, isSquared: false },
  { name: "squared paper", slope: 0, isSquared: true },
  { name: "squared paper that lies aslant by 3°", slope: 0.052, isSquared: true },
])("digits on $name are read as without the lines", ({ slope, isSquared }) => {
  const { digits, leftOut } = findDigits(onPaper(ruled(slope, isSquared), 235, 30));
  expect(leftOut.every(({ reason }) => reason === "rule")).toBe(true);
  expect(leftOut.length).toBeGreaterThanOrEqual(5);
  expect(digits.map(({ line }) => line)).toEqual(alone.map(({ line }) => line));
  digits.forEach((digit, index) => {
    for (const side of ["left", "top", "width", "height"] as const) {
      expect(Math.abs(digit[side] - alone[index][side])).toBeLessThanOrEqual(8);
    }
  });
});

test("strokes that a line runs through lose nothing", () => {
  const picture: GreyImage = { width: 400, height: 300, pixels: new Uint8Array(400 * 300) };
  fill(picture, [180, 60, 20, 180], 255);
  fill(picture, [120, 140, 120, 16], 255);
  const [bare] = digitsOf(picture);
  fill(picture, [0, 150, 400, 2], 255);
  const { digits, leftOut } = findDigits(picture);
  expect(leftOut).toEqual([{ reason: "rule", left: 0, top: 150, width: 400, height: 2 }]);
  expect(digits).toEqual([bare]);
});

test("a picture of nothing but thin lines keeps them", () => {
  const picture: GreyImage = { width: 400, height: 300, pixels: new Uint8Array(400 * 300) };
  fill(picture, [200, 20, 3, 260], 255);
  expect(findDigits(picture)).toMatchObject({
    digits: [{ left: 200, top: 20, width: 3, height: 260 }],
    leftOut: [],
  });
});

test("a page of nothing but its lines holds no digit", () => {
  const picture: GreyImage = { width: 400, height: 300, pixels: new Uint8Array(400 * 300) };
  for (let row = 20; row < 300; row += 40) fill(picture, [0, row, 400, 2], 255);
  const { digits, leftOut } = findDigits(picture);
  expect(digits).toEqual([]);
  expect(leftOut).toHaveLength(7);
});

test("thin strokes of large digits are no rules", () => {
  const line: GreyImage = { width: 1280, height: 720, pixels: new Uint8Array(1280 * 720) };
  fill(line, [300, 140, 7, 440], 255);
  fill(line, [600, 140, 260, 440], 255);
  fill(line, [607, 147, 246, 426], 0);
  expect(findDigits(onPaper(line))).toMatchObject({
    digits: [{ left: 300, height: 440 }, { left: 600 }],
    leftOut: [],
  });
  const four: GreyImage = { width: 1000, height: 1000, pixels: new Uint8Array(1_000_000) };
  fill(four, [650, 100, 9, 800], 255);
  fill(four, [150, 600, 700, 9], 255);
  fill(four, [150, 100, 9, 500], 255);
  expect(findDigits(onPaper(four))).toMatchObject({
    digits: [{ left: 150, top: 100, width: 700, height: 800 }],
    leftOut: [],
  });
});

test("lines within a page's margins are rules when many are parallel", () => {
  const picture: GreyImage = { width: 800, height: 600, pixels: new Uint8Array(800 * 600) };
  fill(picture, [380, 90, 20, 110], 255);
  for (let row = 100; row < 600; row += 60) fill(picture, [100, row, 600, 2], 255);
  const { digits, leftOut } = findDigits(onPaper(picture));
  expect(leftOut).toHaveLength(9);
  expect(leftOut.every(({ reason }) => reason === "rule")).toBe(true);
  expect(digits).toMatchObject([{ left: 380, width: 20 }]);
});

test("more thin runs than a page's lines have are no rules", () => {
  const lines = (distance: number) => {
    const picture: GreyImage = { width: 1000, height: 1000, pixels: new Uint8Array(1_000_000) };
    for (let row = 0; row < 1000; row += distance) fill(picture, [0, row, 1000, 1], 255);
    return withoutRules(picture).rules.length;
  };
  expect([lines(10), lines(2)]).toEqual([100, 0]);
});
