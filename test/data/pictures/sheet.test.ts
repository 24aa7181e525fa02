import { describe, expect, test } from "vitest";
import { digitsOf, findDigits, type GreyImage } from "../../../src/index.js";
import { randomNumbers } from "../../support/numbers.js";
import { enlarge, fill, oneOfEach, onPaper, sheetOf } from "../../support/pictures.js";

const images = oneOfEach();

const MARGIN = 70;

/** Four digits on a sheet of 720 × 180. */
const written = sheetOf(
  [4, 2, 7, 9].map((label) => enlarge(images[label], 4, 34)),
  4,
);
const alone = digitsOf(written);

/** The sheet turned by `degrees`, in the middle of a desk of another level; light fades to the right. */
function onDesk(sheet: GreyImage, desk: number, degrees: number, grain: number): GreyImage {
  const width = sheet.width + 2 * MARGIN;
  const height = sheet.height + 2 * MARGIN;
  const angle = (degrees * Math.PI) / 180;
  const next = randomNumbers(5);
  const pixels = Uint8Array.from({ length: width * height }, (_, place) => {
    const x = (place % width) - width / 2;
    const y = Math.floor(place / width) - height / 2;
    const column = Math.round(sheet.width / 2 + x * Math.cos(angle) + y * Math.sin(angle));
    const row = Math.round(sheet.height / 2 - x * Math.sin(angle) + y * Math.cos(angle));
    const isOnSheet = column >= 0 && row >= 0 && column < sheet.width && row < sheet.height;
    const level = isOnSheet
      ? sheet.pixels[row * sheet.width + column]
      : desk + grain * Math.sin(y / 6);
    return Math.max(0, Math.min(255, level * (0.9 - x / (5 * width)) + 4 * next()));
  });
  return { width, height, pixels };
}

describe.each([
  { name: "dark desk", paper: 225, ink: 10, desk: 70 },
  { name: "desk as dark as the ink", paper: 225, ink: 30, desk: 30 },
  { name: "black paper on a light desk", paper: 40, ink: 240, desk: 200 },
])("$name", ({ paper, ink, desk }) => {
  test.each([
    { degrees: 0, grain: 0 },
    { degrees: 3, grain: 15 },
    { degrees: -12, grain: 0 },
  ])("writing on a sheet turned by $degrees° is read, grain $grain", ({ degrees, grain }) => {
    const picture = onDesk(onPaper(written, paper, ink), desk, degrees, grain);
    const { digits, leftOut } = findDigits(picture);
    expect(leftOut).toMatchObject([{ reason: "surroundings" }]);
    expect(digits).toHaveLength(4);
    digits.forEach(({ height }, index) => {
      expect(Math.abs(height / alone[index].height - 1)).toBeLessThan(0.25);
    });
  });
});

test("boxes are places in the picture", () => {
  const { digits, leftOut } = findDigits(onDesk(onPaper(written, 225, 10), 70, 0, 0));
  expect(leftOut).toEqual([
    {
      reason: "surroundings",
      left: MARGIN,
      top: MARGIN,
      width: written.width,
      height: written.height,
    },
  ]);
  digits.forEach(({ left, top }, index) => {
    expect(Math.abs(left - alone[index].left - MARGIN)).toBeLessThanOrEqual(2);
    expect(Math.abs(top - alone[index].top - MARGIN)).toBeLessThanOrEqual(2);
  });
});

test("digits with holes are no sheets, however bold and closely cropped", () => {
  const zero = bold(300, 400, 100, [[90, 100, 120, 200]]);
  const eight = bold(300, 400, 100, [
    [90, 60, 120, 100],
    [90, 240, 120, 100],
  ]);
  for (const picture of [zero, eight]) {
    for (const seen of [picture, onPaper(picture)]) {
      expect(findDigits(seen)).toMatchObject({
        digits: [{ width: picture.width, height: picture.height }],
        leftOut: [],
      });
    }
  }
});

test("a bar with a flaw is no sheet", () => {
  const bar: GreyImage = { width: 120, height: 420, pixels: new Uint8Array(120 * 420) };
  fill(bar, [20, 10, 80, 400], 255);
  fill(bar, [50, 180, 20, 20], 0);
  expect(findDigits(bar)).toMatchObject({ digits: [{ width: 80, height: 400 }], leftOut: [] });
});

/** Black on white: what is within one of `round` ellipses and of no hole. */
function ellipses(
  width: number,
  height: number,
  round: readonly Ellipse[],
  holes: readonly Ellipse[],
): GreyImage {
  const pixels = Uint8Array.from({ length: width * height }, (_, place) => {
    const x = (place % width) + 0.5;
    const y = Math.floor(place / width) + 0.5;
    const isIn = ({ x: middle, y: centre, across, down }: Ellipse) =>
      Math.hypot((x - middle) / across, (y - centre) / down) <= 1;
    return round.some(isIn) && !holes.some(isIn) ? 0 : 255;
  });
  return { width, height, pixels };
}

/** Half axes are `across` and `down`. */
interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly across: number;
  readonly down: number;
}

test.each([
  {
    digit: "0, cropped above and below, with a narrow counter",
    picture: ellipses(
      100,
      100,
      [{ x: 50, y: 50, across: 25, down: 50 }],
      [{ x: 50, y: 50, across: 1.5, down: 24 }],
    ),
    box: { left: 25, top: 0, width: 50, height: 100 },
  },
  {
    digit: "0, cropped above and below, with a counter a little less narrow",
    picture: ellipses(
      120,
      100,
      [{ x: 60, y: 50, across: 32, down: 50 }],
      [{ x: 60, y: 50, across: 2, down: 30 }],
    ),
    box: { left: 28, top: 0, width: 64, height: 100 },
  },
  {
    digit: "8, cropped above and below, with narrow counters",
    picture: ellipses(
      100,
      100,
      [
        { x: 50, y: 26, across: 22, down: 26 },
        { x: 50, y: 74, across: 26, down: 26 },
      ],
      [
        { x: 50, y: 26, across: 2.5, down: 8 },
        { x: 50, y: 74, across: 2.5, down: 8 },
      ],
    ),
    box: { left: 24, top: 0, width: 52, height: 100 },
  },
  {
    digit: "8, with a margin and a flaw",
    picture: ellipses(
      160,
      140,
      [
        { x: 80, y: 40, across: 30, down: 30 },
        { x: 80, y: 98, across: 34, down: 32 },
      ],
      [
        { x: 80, y: 40, across: 9, down: 9 },
        { x: 80, y: 68, across: 3, down: 3 },
        { x: 80, y: 98, across: 9, down: 9 },
      ],
    ),
    box: { left: 46, top: 10, width: 68, height: 120 },
  },
  {
    digit: "0 of little curvature, cropped above and below, with a narrow counter",
    picture: framedAtSides(bold(200, 300, 35, [[98, 100, 4, 100]]), 60),
    box: { left: 60, top: 0, width: 200, height: 300 },
  },
])("a bold digit with small holes is no covered sheet: $digit", ({ picture, box }) => {
  expect(findDigits(picture)).toMatchObject({ digits: [box], leftOut: [] });
});

/** With black to its left and right. */
function framedAtSides({ width, height, pixels }: GreyImage, margin: number): GreyImage {
  const wide = width + 2 * margin;
  const picture = { width: wide, height, pixels: new Uint8Array(wide * height) };
  for (let row = 0; row < height; row++) {
    picture.pixels.set(pixels.subarray(row * width, (row + 1) * width), row * wide + margin);
  }
  return picture;
}

/** A block with round corners and holes. */
function bold(
  width: number,
  height: number,
  radius: number,
  holes: readonly (readonly number[])[],
): GreyImage {
  const pixels = Uint8Array.from({ length: width * height }, (_, place) => {
    const x = place % width;
    const y = Math.floor(place / width);
    const beyond = (at: number, size: number) => Math.max(radius - at, at - (size - 1 - radius), 0);
    return Math.hypot(beyond(x, width), beyond(y, height)) <= radius ? 255 : 0;
  });
  const picture = { width, height, pixels };
  for (const hole of holes) fill(picture, hole, 0);
  return picture;
}

describe.each([
  { name: "square corners", radius: 0 },
  { name: "slightly round corners", radius: 12 },
])("a bold digit with $name is no sheet", ({ radius }) => {
  test.each([
    { digit: "0", holes: [[70, 80, 60, 140]] },
    { digit: "4", holes: [[70, 60, 50, 60]] },
    { digit: "6", holes: [[70, 170, 60, 70]] },
    {
      digit: "8",
      holes: [
        [70, 50, 60, 70],
        [70, 180, 60, 70],
      ],
    },
  ])("$digit", ({ holes }) => {
    const block = bold(200, 300, radius, holes);
    for (const margin of [20, 60]) {
      const picture = framed(block, margin);
      for (const seen of [picture, onPaper(picture)]) {
        expect(findDigits(seen)).toMatchObject({
          digits: [{ left: margin, top: margin, width: 200, height: 300 }],
          leftOut: [],
        });
      }
    }
  });
});

test("one digit on a sheet that lies on a lighter desk than its ink is read", () => {
  const one = sheetOf([enlarge(images[0], 5, 60)], 1);
  const { digits, leftOut } = findDigits(onDesk(onPaper(one, 225, 10), 80, 3, 0));
  expect(leftOut).toMatchObject([{ reason: "surroundings" }]);
  expect(digits).toHaveLength(1);
  const [alone] = digitsOf(one);
  expect(Math.abs(digits[0].height / alone.height - 1)).toBeLessThan(0.25);
});

test.each([0, 5])(
  "a sheet with nothing on it, turned by %d° on a desk, holds no digit",
  (degrees) => {
    const blank: GreyImage = { width: 500, height: 350, pixels: new Uint8Array(175_000).fill(225) };
    for (const picture of [onDesk(blank, 70, degrees, 0), onDesk(blank, 20, degrees, 10)]) {
      const { digits, leftOut } = findDigits(picture);
      expect(digits).toEqual([]);
      expect(leftOut).toMatchObject([{ reason: "surroundings" }]);
    }
  },
);

/** A sheet of 420 × 420 with a bar of 14 × 100 in its middle. */
function singleOne(): GreyImage {
  const sheet: GreyImage = { width: 420, height: 420, pixels: new Uint8Array(420 * 420) };
  fill(sheet, [203, 160, 14, 100], 255);
  return onPaper(sheet, 225, 30);
}

test.each([30, 70])("a single 1 on a sheet on a desk of level %d is read, not a 0", (desk) => {
  const { digits, leftOut } = findDigits(onDesk(singleOne(), desk, 0, 0));
  expect(leftOut).toMatchObject([{ reason: "surroundings" }]);
  expect(digits).toHaveLength(1);
  expect(Math.abs(digits[0].height - 100)).toBeLessThanOrEqual(2);
});

describe.each([
  { name: "a thumb", level: 110 },
  { name: "another sheet", level: 190 },
])("$name over the sheet's lower right corner", ({ level }) => {
  const covered = (sheet: GreyImage) => {
    const picture = onDesk(onPaper(sheet, 225, 10), 60, 0, 0);
    const { width, height } = picture;
    for (let row = height - 140; row < height; row++) {
      const left = width - 100 - Math.round((row - height + 140) / 2);
      fill(picture, [left, row, width - left, 1], level);
    }
    return findDigits(picture);
  };

  test("leaves the writing", () => {
    const { digits } = covered(written);
    expect(digits).toHaveLength(4);
    digits.forEach(({ left, height }, index) => {
      expect(Math.abs(height / alone[index].height - 1)).toBeLessThan(0.1);
      expect(Math.abs(left - alone[index].left - MARGIN)).toBeLessThanOrEqual(3);
    });
  });

  test("leaves a single digit", () => {
    const sheet = sheetOf([enlarge(images[2], 4, 120)], 1);
    const [digit] = digitsOf(sheet);
    const { digits } = covered(sheet);
    expect(digits).toHaveLength(1);
    expect(Math.abs(digits[0].height / digit.height - 1)).toBeLessThan(0.1);
  });
});

/** With black around it. */
function framed({ width, height, pixels }: GreyImage, margin: number): GreyImage {
  const wide = width + 2 * margin;
  const tall = height + 2 * margin;
  const picture = { width: wide, height: tall, pixels: new Uint8Array(wide * tall) };
  for (let row = 0; row < height; row++) {
    const line = pixels.subarray(row * width, (row + 1) * width);
    picture.pixels.set(line, (margin + row) * wide + margin);
  }
  return picture;
}
