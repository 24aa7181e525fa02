import fc from "fast-check";
import { expect, test } from "vitest";
import { type GreyImage, prepare } from "../../../src/data/digits/prepare.js";
import { DataError } from "../../../src/errors.js";

const SIDE = 28;

/** Black, with one rectangle of ink. */
function rectangle(
  size: { width: number; height: number },
  box: { left: number; top: number; width: number; height: number },
  ink = 255,
): GreyImage {
  const pixels = new Uint8Array(size.width * size.height);
  for (let row = box.top; row < box.top + box.height; row++) {
    const start = row * size.width + box.left;
    pixels.fill(ink, start, start + box.width);
  }
  return { ...size, pixels };
}

function at(image: Uint8Array, x: number, y: number): number {
  return image[y * SIDE + x];
}

/** Extent and centre of mass of a prepared image, where pixel k covers k … k + 1. */
function measure(image: Uint8Array) {
  let mass = 0;
  let x = 0;
  let y = 0;
  const columns = new Set<number>();
  const rows = new Set<number>();
  image.forEach((ink, pixel) => {
    if (ink === 0) return;
    const column = pixel % SIDE;
    const row = Math.floor(pixel / SIDE);
    columns.add(column);
    rows.add(row);
    mass += ink;
    x += ink * (column + 0.5);
    y += ink * (row + 0.5);
  });
  const extent = (places: Set<number>) => Math.max(...places) - Math.min(...places) + 1;
  return { width: extent(columns), height: extent(rows), x: x / mass, y: y / mass };
}

test("the longer side becomes 20 pixels, the proportions stay, wherever the digit stood", () => {
  const box = { left: 3, top: 7, width: 10, height: 40 };
  const image = prepare(rectangle({ width: 50, height: 60 }, box));
  expect(measure(image)).toMatchObject({ width: 5, height: 20 });
  expect(image.filter((ink) => ink !== 0).every((ink) => ink === 255)).toBe(true);
  const wide = prepare(
    rectangle({ width: 9, height: 9 }, { left: 1, top: 1, width: 4, height: 2 }),
  );
  expect(measure(wide)).toMatchObject({ width: 20, height: 10 });
});

test("each pixel is the mean of what it covers", () => {
  // Columns of 255 and 0 in turn, 40 of them: pairs that average to half the ink.
  const picture = rectangle({ width: 41, height: 20 }, { left: 0, top: 0, width: 41, height: 20 });
  const striped = {
    ...picture,
    pixels: picture.pixels.map((_, pixel) => 255 * ((pixel % 41) % 2)),
  };
  const cut = prepare(striped);
  // Column 1 to 39 holds ink: 39 columns over 20 pixels, 1.95 each.
  const inside = [...cut].filter((ink) => ink > 0);
  expect(Math.min(...inside)).toBeGreaterThanOrEqual(Math.floor((255 * 0.9) / 1.95));
  expect(Math.max(...inside)).toBeLessThanOrEqual(Math.ceil((255 * 1.05) / 1.95));
  const mean = inside.reduce((sum, ink) => sum + ink, 0) / inside.length;
  expect(Math.abs(mean - (255 * 20) / 39)).toBeLessThan(1);
});

test("the centre of mass comes to the middle of pixel (14, 14), as in MNIST", () => {
  // A T: heavy on top.
  const picture = rectangle({ width: 20, height: 20 }, { left: 8, top: 0, width: 4, height: 20 });
  picture.pixels.fill(255, 0, 2 * 20);
  const { x, y } = measure(prepare(picture));
  expect(Math.abs(x - 14.5)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(y - 14.5)).toBeLessThanOrEqual(0.5);
  const moved = measure(prepare(picture, { x: 15.5, y: 13.5 }));
  expect(moved.x).toBeCloseTo(x + 1, 9);
  expect(moved.y).toBeCloseTo(y - 1, 9);
});

test("no ink leaves the image, however lopsided the digit", () => {
  // An L, whose mass is so far to the lower left that centring it would push it out.
  const picture = rectangle({ width: 20, height: 20 }, { left: 0, top: 0, width: 1, height: 20 });
  picture.pixels.fill(255, 19 * 20);
  const image = prepare(picture, { x: 27, y: 0 });
  expect(image.filter((ink) => ink === 255)).toHaveLength(39);
  expect([at(image, 8, 0), at(image, 8, 19), at(image, 27, 19)]).toEqual([255, 255, 255]);
});

test("whatever the picture, the digit lies within the image and near its middle", () => {
  const picture = fc
    .record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 70 }) })
    .chain(({ width, height }) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        pixels: fc.uint8Array({
          minLength: width * height,
          maxLength: width * height,
          max: 3,
        }),
      }),
    );
  fc.assert(
    fc.property(picture, (dim) => {
      // Few and full pixels of ink, or none.
      const pixels = dim.pixels.map((value) => (value === 3 ? 255 : 0));
      const image = prepare({ ...dim, pixels });
      expect(image).toHaveLength(SIDE * SIDE);
      if (pixels.every((value) => value === 0)) {
        expect(image.every((ink) => ink === 0)).toBe(true);
        return;
      }
      const { width, height, x, y } = measure(image);
      expect(Math.max(width, height)).toBeLessThanOrEqual(20);
      // A box of up to 20 pixels can be moved until 4 pixels from either side.
      expect(Math.abs(x - 14.5)).toBeLessThan(6.5);
      expect(Math.abs(y - 14.5)).toBeLessThan(6.5);
    }),
    { numRuns: 60 },
  );
});

test("a prepared image is left as it is", () => {
  const image = prepare(
    rectangle({ width: 30, height: 30 }, { left: 2, top: 2, width: 9, height: 20 }),
  );
  expect(prepare({ width: SIDE, height: SIDE, pixels: image })).toEqual(image);
});

test("no ink, and ink too faint to survive, give a black image", () => {
  const black = new Uint8Array(SIDE * SIDE);
  expect(prepare({ width: 5, height: 4, pixels: new Uint8Array(20) })).toEqual(black);
  const faint = new Uint8Array(400 * 400);
  faint[0] = 1;
  faint[400 * 400 - 1] = 1;
  expect(prepare({ width: 400, height: 400, pixels: faint })).toEqual(black);
});

test("pixels that are not width × height are refused", () => {
  expect(() => prepare({ width: 5, height: 4, pixels: new Uint8Array(19) })).toThrow(
    new DataError("a picture of 5 × 4 has 19 pixels, expected width × height of at least 1"),
  );
  expect(() => prepare({ width: 0, height: 0, pixels: new Uint8Array(0) })).toThrow(DataError);
});

test("a single pixel becomes a square", () => {
  const image = prepare({ width: 1, height: 1, pixels: Uint8Array.of(100) });
  expect(measure(image)).toMatchObject({ width: 20, height: 20 });
  expect(at(image, 14, 14)).toBe(100);
});
