import { describe, expect, test } from "vitest";
import { DataError, digitsOf, findDigits, type GreyImage } from "../../../src/index.js";
import { enlarge, fill, oneOfEach, onPaper, sheetOf } from "../../support/pictures.js";

const images = oneOfEach();
const WIDTH = 1000;
const HEIGHT = 500;

/** Four digits, 200 × 200 each, in the middle of a sheet; 0 is paper. */
function writing(): GreyImage {
  const line = sheetOf(
    [4, 2, 7, 9].map((label) => enlarge(images[label], 5, 30)),
    4,
  );
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (let row = 0; row < line.height; row++) {
    pixels.set(
      line.pixels.subarray(row * line.width, (row + 1) * line.width),
      (row + 150) * WIDTH + 100,
    );
  }
  return { width: WIDTH, height: HEIGHT, pixels };
}

const alone = digitsOf(writing());

describe.each(["dark on light", "light on dark"])("%s", (polarity) => {
  const seen = (picture: GreyImage) =>
    polarity === "dark on light" ? onPaper(picture, 225, 0) : onPaper(picture, 20, 250);

  test.each([
    { name: "a strip at the right", box: [970, 0, 30, HEIGHT] },
    { name: "a strip on top", box: [0, 0, WIDTH, 40] },
    { name: "a finger from above", box: [40, 0, 80, 140] },
    { name: "a block in a corner, as tall as a digit", box: [0, 0, 120, 110] },
  ])("$name is left out, and named", ({ box: [left, top, width, height] }) => {
    const picture = writing();
    fill(picture, [left, top, width, height], 180);
    const { digits, leftOut } = findDigits(seen(picture));
    expect(leftOut).toEqual([{ reason: "border", left, top, width, height }]);
    expect(digits.map(boxOf)).toEqual(alone.map(boxOf));
  });

  test("an empty border leaves nothing out", () => {
    expect(findDigits(seen(writing())).leftOut).toEqual([]);
  });
});

function boxOf({ left, top, width, height }: ReturnType<typeof digitsOf>[number]) {
  return [left, top, width, height];
}

/** The rectangle alone. */
function crop(
  { width, pixels }: GreyImage,
  left: number,
  top: number,
  right: number,
  bottom: number,
) {
  const lines = Array.from({ length: bottom - top }, (_, row) =>
    pixels.slice((top + row) * width + left, (top + row) * width + right),
  );
  return {
    width: right - left,
    height: bottom - top,
    pixels: Uint8Array.from(lines.flatMap((line) => [...line])),
  };
}

test("pictures that are cropped to their digits keep all of them", () => {
  const [first, second] = [alone[0], alone[alone.length - 1]];
  const top = Math.min(...alone.map((digit) => digit.top));
  const bottom = Math.max(...alone.map((digit) => digit.top + digit.height));
  const line = crop(writing(), first.left, top, second.left + second.width, bottom);
  expect(findDigits(onPaper(line)).digits).toHaveLength(4);
  for (const { left, top: upper, width, height, pixels } of alone) {
    const tight = crop(writing(), left, upper, left + width, upper + height);
    const { digits, leftOut } = findDigits(tight);
    expect(leftOut).toEqual([]);
    expect(digits).toMatchObject([{ left: 0, top: 0, width, height, pixels }]);
  }
});

test("a digit that reaches the border is kept beside dust", () => {
  const picture = writing();
  const { left, top, width, height } = alone[2];
  const seven = crop(picture, left, top, left + width, top + height + 20);
  fill(seven, [4, height + 8, 6, 6], 255);
  expect(findDigits(seven)).toMatchObject({ digits: [{ height }], leftOut: [] });
});

test("the first digit of a picture cropped to its line is kept though it is the tallest", () => {
  const picture: GreyImage = { width: 300, height: 155, pixels: new Uint8Array(300 * 155) };
  fill(picture, [0, 0, 14, 155], 255);
  for (const left of [60, 140, 220]) {
    fill(picture, [left, 30, 80, 100], 255);
    fill(picture, [left + 14, 44, 52, 72], 0);
    if (left < 220) fill(picture, [left + 66, 30, 14, 100], 0);
  }
  for (const seen of [picture, onPaper(picture)]) {
    expect(findDigits(seen)).toMatchObject({
      digits: [{ left: 0, height: 155 }, { left: 60 }, { left: 140 }, { left: 220 }],
      leftOut: [],
    });
  }
});

test("dots all over a picture are refused, and are not compared with those along its border", () => {
  const picture: GreyImage = { width: 1000, height: 1000, pixels: new Uint8Array(1_000_000) };
  for (let row = 0; row < 1000; row += 4) {
    for (let column = 0; column < 1000; column += 4) picture.pixels[row * 1000 + column] = 255;
  }
  expect(() => findDigits(picture)).toThrow(
    new DataError("the picture shows 62500 separate marks, expected at most 5000"),
  );
  fill(picture, [0, 999, 40, 1], 255);
  expect(() => findDigits(picture)).toThrow(/separate marks, expected at most 5000$/);
});
