import { expect, test } from "vitest";
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
    const isRule = isLine(Math.round(y - slope * x)) || (isSquared && isLine(x + 9));
    return isRule ? Math.max(value, 110) : value;
  });
  return { width, height, pixels };
}

test.each([
  { name: "ruled paper", slope: 0, isSquared: false },
  { name: "ruled paper that lies aslant", slope: 0.006, isSquared: false },
  { name: "squared paper", slope: 0, isSquared: true },
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
