import { expect, test } from "vitest";
import { DataError, digitsOf, greyImage, OptionError } from "../../../src/index.js";
import { enlarge, oneOfEach, onPaper } from "../../support/pictures.js";

test("colours become grey by their brightness, and what is transparent is white", () => {
  const data = Uint8ClampedArray.of(
    ...[255, 255, 255, 255],
    ...[0, 0, 0, 255],
    ...[255, 0, 0, 255],
    ...[0, 255, 0, 255],
    ...[0, 0, 255, 255],
    ...[0, 0, 0, 0],
    ...[0, 0, 0, 51],
    ...[7, 7, 7, 255],
  );
  const { width, height, pixels } = greyImage({ width: 4, height: 2, data });
  expect([width, height]).toEqual([4, 2]);
  expect([...pixels]).toEqual([255, 0, 76, 150, 29, 255, 204, 7]);
});

test("dark strokes on a canvas that is transparent are read as dark strokes on white paper are", () => {
  const ink = enlarge(oneOfEach()[7], 4, 8);
  const data = new Uint8ClampedArray(4 * ink.pixels.length);
  ink.pixels.forEach((value, pixel) => {
    data[4 * pixel + 3] = value;
  });
  const [found] = digitsOf(greyImage({ ...ink, data }));
  const [meant] = digitsOf(onPaper(ink));
  // Halves are rounded to the other side.
  found.pixels.forEach((value, pixel) => {
    expect(Math.abs(value - meant.pixels[pixel])).toBeLessThanOrEqual(2);
  });
});

test("white strokes on a canvas that is transparent are put on black, whatever is opaque stays as it is", () => {
  const strokes = Uint8ClampedArray.of(
    ...[255, 255, 255, 255],
    ...[0, 0, 0, 0],
    ...[255, 255, 255, 102],
  );
  expect([...greyImage({ width: 3, height: 1, data: strokes }).pixels]).toEqual([255, 0, 102]);
  const blank = new Uint8ClampedArray(12).fill(255);
  expect([...greyImage({ width: 3, height: 1, data: blank }).pixels]).toEqual([255, 255, 255]);
});

test.each([
  { width: 2, height: 2, length: 4 },
  { width: 0, height: 2, length: 0 },
  { width: -1, height: -1, length: 4 },
  { width: Number.NaN, height: 1, length: 4 },
])("refused: $length bytes for $width × $height", ({ width, height, length }) => {
  const picture = { width, height, data: new Uint8ClampedArray(length) };
  expect(() => greyImage(picture)).toThrow(
    new DataError(
      `a picture of ${width} × ${height} has ${length} bytes, expected width × height × 4 of at least 4`,
    ),
  );
});

test("pixels that are no bytes are refused", () => {
  const data = new Float32Array(4) as unknown as Uint8Array;
  expect(() => greyImage({ width: 1, height: 1, data })).toThrow(OptionError);
});

test("no picture is refused", () => {
  for (const none of [null, undefined, 7]) {
    expect(() => greyImage(none as unknown as ImageData)).toThrow(OptionError);
  }
});
