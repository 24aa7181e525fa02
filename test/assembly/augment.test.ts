import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Pointer } from "../../src/engine/kernels.js";
import { atEndOfMemory } from "../support/edge.js";
import { kernels, memory, withArrays, withWorkspace } from "../support/kernels.js";
import { randomNumbers } from "../support/numbers.js";
import { chosenTarget, TARGETS } from "../support/targets.js";

/** The fields of `Augmentation`, as a test states them; what is missing is 0. */
interface Distortion {
  readonly shift?: number;
  readonly rotation?: number;
  readonly scale?: number;
  readonly shear?: number;
  readonly elastic?: number;
  /** σ of the Gaussian. */
  readonly smoothing?: number;
}

interface Images {
  readonly width: number;
  readonly height: number;
  /** `[samples, height · width]` */
  readonly pixels: Uint8Array;
}

/** Which rows are asked for, and the order of the samples if there is one. */
interface Rows {
  readonly order?: Int32Array;
  readonly position?: number;
  readonly rows: number;
  readonly seed?: number;
  readonly epoch?: number;
}

/** The purpose of the stream, and the blocks of it that come before the noise. */
const AUGMENTATION = 3;
const FIRST_NOISE_BLOCK = 4;

const SIZES = [
  { width: 1, height: 1 },
  { width: 3, height: 5 },
  { width: 17, height: 9 },
  { width: 28, height: 28 },
  { width: 33, height: 2 },
];
const EVERYTHING = { shift: 2, rotation: 0.3, scale: 0.15, shear: 0.2, elastic: 36, smoothing: 5 };

function randomImages(width: number, height: number, samples = 1, seed = 1): Images {
  const next = randomNumbers(seed);
  const pixels = Uint8Array.from({ length: samples * width * height }, () => (next() + 1) * 128);
  return { width, height, pixels };
}

/** The rows `[rows, height · width]`, from images at the end of the memory. */
function augment(images: Images, distortion: Distortion, request: Rows): Uint8Array {
  const { width, height, pixels } = images;
  const { shift = 0, rotation = 0, scale = 0, shear = 0, elastic = 0, smoothing = 1 } = distortion;
  const { order, position = 0, rows, seed = 1, epoch = 1 } = request;
  const target = new Uint8Array(rows * width * height);
  const columnFilter = new Uint8Array(kernels.filterBytes(height));
  const rowFilter = new Uint8Array(kernels.filterBytes(width));
  const scratch = new Uint8Array(kernels.augmentationScratchBytes(width, height));
  // What was there before must not matter.
  scratch.fill(0xa5);
  withArrays(
    [target, columnFilter, rowFilter, scratch, new Int32Array(9), order ?? new Int32Array(0)],
    (targetAt, columnAt, rowAt, scratchAt, augmentationAt, orderAt) => {
      if (elastic) {
        kernels.prepareFilter(columnAt, height, smoothing);
        kernels.prepareFilter(rowAt, width, smoothing);
      }
      memory.integers(augmentationAt, 2).set([width, height]);
      memory.floats(augmentationAt + 8, 5).set([shift, rotation, scale, shear, elastic]);
      memory.integers(augmentationAt + 28, 2).set([columnAt, rowAt]);
      atEndOfMemory(pixels, (inputsAt) => {
        kernels.augmentRows(
          targetAt,
          augmentationAt,
          inputsAt,
          order ? orderAt : 0,
          position,
          rows,
          seed,
          epoch,
          scratchAt,
        );
      });
    },
  );
  return target;
}

function randomWords(
  block: number,
  blocks: number,
  { position = 0, seed = 1, epoch = 1 }: Rows,
): Uint32Array {
  const words = new Uint32Array(4 * blocks);
  withWorkspace(16, (at: Pointer) => {
    for (let index = 0; index < blocks; index++) {
      kernels.philox(at, block + index, position, epoch, 0, seed, AUGMENTATION);
      words.set(new Uint32Array(memory.integers(at, 4)), 4 * index);
    }
  });
  return words;
}

/** The six uniform numbers on [−1, 1) of a map: shift (2), rotation, scale (2), shear. */
function drawMap(request: Rows): number[] {
  return Array.from(
    randomWords(0, 2, request).subarray(0, 6),
    (word) => (word >>> 8) / 2 ** 23 - 1,
  );
}

/** [horizontal, vertical] noise on [−1, 1), each `[height, width]`. */
function drawNoise({ width, height }: Images, request: Rows): number[][] {
  // Four columns by two rows are eight halves of words; a direction fills whole groups of blocks.
  const vectors = Math.ceil(width / 4);
  const blocks = Math.ceil((Math.ceil(height / 2) * vectors) / 4) * 4;
  const words = randomWords(FIRST_NOISE_BLOCK, 2 * blocks, request);
  const halves = new Int16Array(words.buffer);
  return [0, 1].map((direction) =>
    Array.from({ length: width * height }, (_, pixel) => {
      const column = pixel % width;
      const row = Math.floor(pixel / width);
      const pair = (row >> 1) * 4 * vectors + column;
      return halves[direction * blocks * 8 + 2 * pair + (row & 1)] / 2 ** 15;
    }),
  );
}

/** A Gaussian by the distance in pixels whose values at all whole numbers sum to 1. */
function gaussian(sigma: number): (distance: number) => number {
  const value = (distance: number) => Math.exp(-(distance ** 2) / (2 * sigma ** 2));
  let sum = 0;
  for (let distance = -400; distance <= 400; distance++) sum += value(distance);
  return (distance) => value(distance) / sum;
}

/** noise `[height, width]` convolved with a Gaussian in the plane; 0 beyond the edges. */
function convolve(noise: number[], { width }: Images, sigma: number): number[] {
  const weight = gaussian(sigma);
  return noise.map((_, pixel) => {
    let sum = 0;
    noise.forEach((value, other) => {
      const across = weight((pixel % width) - (other % width));
      sum += value * across * weight(Math.floor(pixel / width) - Math.floor(other / width));
    });
    return sum;
  });
}

/** What a distorted image would be in float64, not rounded to bytes. */
function reference(images: Images, distortion: Distortion, request: Rows): number[] {
  const { width, height, pixels } = images;
  const { shift = 0, rotation = 0, scale = 0, shear = 0, elastic = 0, smoothing = 1 } = distortion;
  const [shiftX, shiftY, angle, scaleX, scaleY, slope] = drawMap(request);
  const [cos, sin] = [Math.cos(rotation * angle), Math.sin(rotation * angle)];
  const [kx, ky, s] = [1 + scale * scaleX, 1 + scale * scaleY, shear * slope];
  const fields = elastic
    ? drawNoise(images, request).map((noise) => convolve(noise, images, smoothing))
    : undefined;
  const pixelAt = (x: number, y: number) =>
    x >= 0 && x < width && y >= 0 && y < height ? pixels[y * width + x] : 0;
  return Array.from({ length: width * height }, (_, pixel) => {
    const u = kx * ((pixel % width) - (width - 1) / 2);
    const v = ky * (Math.floor(pixel / width) - (height - 1) / 2);
    const across = u + s * v;
    const x = cos * across - sin * v + (width - 1) / 2 + shift * shiftX;
    const y = sin * across + cos * v + (height - 1) / 2 + shift * shiftY;
    const sourceX = x + elastic * (fields?.[0][pixel] ?? 0);
    const sourceY = y + elastic * (fields?.[1][pixel] ?? 0);
    const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)];
    const [right, below] = [sourceX - left, sourceY - top];
    const upper = pixelAt(left, top) * (1 - right) + pixelAt(left + 1, top) * right;
    const lower = pixelAt(left, top + 1) * (1 - right) + pixelAt(left + 1, top + 1) * right;
    return upper * (1 - below) + lower * below;
  });
}

/**
 * Expects bytes within ½ of the reference, and what an error of the coordinates of `slack` pixels
 * makes of it: a pixel aside the interpolation changes by 255 at most, in either direction.
 */
function expectNear(actual: Uint8Array, expected: number[], slack: number): void {
  expect(actual.length).toBe(expected.length);
  const differences = expected.map((value, index) => Math.abs(actual[index] - value));
  expect(Math.max(...differences)).toBeLessThan(0.5 + 2 * 255 * slack);
}

describe.each(SIZES)("images of $width × $height", ({ width, height }) => {
  const images = randomImages(width, height, 5);
  const first = { ...images, pixels: images.pixels.subarray(0, width * height) };

  test("come out as they are when nothing is to be drawn", () => {
    expect(augment(images, {}, { rows: 5 })).toEqual(images.pixels);
  });

  test.each([
    { shift: 1.5 },
    { rotation: 3 },
    { scale: 0.5 },
    { shear: 0.7 },
    { elastic: 30, smoothing: 4 },
    { elastic: 8, smoothing: 0.9 },
    EVERYTHING,
  ] satisfies Distortion[])("are distorted by %o as in float64", (distortion: Distortion) => {
    for (let position = 0; position < 5; position++) {
      const request = { order: new Int32Array(5), position, rows: 1, seed: 7, epoch: 3 };
      // Coordinates are rounded a few times at 2⁵ pixels; smoothed noise is within 2·10⁻⁵.
      const slack = 2e-5 + 2e-5 * (distortion.elastic ?? 0);
      const expected = reference(first, distortion, request);
      expectNear(augment(images, distortion, request), expected, slack);
    }
  });
});

test("any images and ranges are distorted as in float64, and nothing else is touched", () => {
  const range = (max: number) => fc.float({ min: 0, max: Math.fround(max), noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.record({
        shift: range(1000),
        rotation: range(7),
        scale: range(0.9),
        shear: range(3),
        elastic: range(40),
        smoothing: fc.float({ min: 1, max: 20, noNaN: true }),
      }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.integer({ min: 1, max: 1000 }),
      (width, height, distortion, seed, epoch) => {
        const images = randomImages(width, height);
        const request = { order: Int32Array.of(0), rows: 1, seed, epoch };
        const expected = reference(images, distortion, request);
        const slack = 5e-4 + 1e-4 * distortion.elastic;
        expectNear(augment(images, distortion, request), expected, slack);
      },
    ),
    { numRuns: 150 },
  );
});

test("distortions of any size, even infinite, leave an image of bytes and the memory around", () => {
  const range = fc.float({ noNaN: false });
  fc.assert(
    fc.property(
      fc.record({ shift: range, rotation: range, scale: range, shear: range, elastic: range }),
      (distortion) => {
        const images = { width: 6, height: 5, pixels: new Uint8Array(30).fill(200) };
        const bytes = augment(images, { ...distortion, smoothing: 2 }, { rows: 1 });
        expect(Math.max(...bytes)).toBeLessThanOrEqual(200);
      },
    ),
  );
});

test("a shift by whole pixels moves them as they are", () => {
  const [width, height, moved] = [17, 9, 3];
  const { pixels } = randomImages(width, 1);
  // Rows are equal, so that only the horizontal part matters as long as the vertical one is small.
  const images = { width, height, pixels: new Uint8Array(width * height) };
  for (let row = 0; row < height; row++) images.pixels.set(pixels, row * width);
  let found = 0;
  for (let epoch = 1; epoch <= 400; epoch++) {
    const request = { rows: 1, epoch };
    const [across, down] = drawMap(request);
    // The range for which the horizontal part is 3 pixels, to the left or to the right.
    const shift = Math.fround(moved / Math.abs(across));
    const x = Math.fround(shift * across);
    if (Math.abs(x) !== moved || Math.abs(shift * down) > 3) continue;
    found++;
    const middle = augment(images, { shift }, request).subarray(4 * width, 5 * width);
    expect([...middle]).toEqual(Array.from(pixels, (_, column) => pixels[column + x] ?? 0));
  }
  expect(found).toBeGreaterThan(20);
});

test("a row is the same whatever the call that asks for it", () => {
  const images = randomImages(13, 7, 8);
  const order = Int32Array.of(3, 3, 0, 7, 6, 1, 2, 5, 4);
  const size = 13 * 7;
  const whole = augment(images, EVERYTHING, { order, rows: 9 });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 1, max: 9 }),
      (position, most) => {
        const rows = Math.min(most, 9 - position);
        const part = augment(images, EVERYTHING, { order, position, rows });
        expect(part).toEqual(whole.subarray(position * size, (position + rows) * size));
      },
    ),
    { numRuns: 30 },
  );
});

test("without an order the samples come as they are stored", () => {
  const images = randomImages(6, 6, 4);
  const order = Int32Array.of(0, 1, 2, 3);
  const request = { position: 1, rows: 3 };
  const expected = augment(images, EVERYTHING, { ...request, order });
  expect(augment(images, EVERYTHING, request)).toEqual(expected);
});

test.each([
  { shift: 2 },
  { rotation: 0.3 },
  { scale: 0.2 },
  { shear: 0.3 },
  { elastic: 36, smoothing: 5 },
] satisfies Distortion[])(
  "%o: another seed, epoch or position gives another image",
  (distortion) => {
    const images = randomImages(28, 28);
    const order = new Int32Array(10);
    const request = { order, rows: 1, seed: 5, epoch: 2, position: 3 };
    const others = [
      request,
      { ...request, seed: 2 },
      { ...request, epoch: 5 },
      { ...request, position: 4 },
      { ...request, seed: 2, epoch: 5 },
      { ...request, epoch: 3, position: 2 },
    ].map((other) => augment(images, distortion, other).join());
    expect(new Set(others).size).toBe(others.length);
  },
);

test.each([
  [1, 1],
  [5, 0.8],
  [28, 4],
  [28, 6],
  [31, 100],
])("the filter of %i pixels with σ = %d is the Gaussian to 15 bits", (size, sigma) => {
  const filter = new Uint8Array(kernels.filterBytes(size));
  withArrays([filter], (at) => kernels.prepareFilter(at, size, sigma));
  const values = new Int16Array(filter.buffer);
  const columns = 4 * Math.ceil(size / 4);
  const weight = gaussian(Math.fround(sigma));
  values.forEach((value, index) => {
    const row = 2 * Math.floor(index / (2 * columns)) + (index % 2);
    const column = (index >> 1) % columns;
    const expected = row < size && column < size ? weight(row - column) : 0;
    expect(Math.abs(value / 2 ** 15 - expected)).toBeLessThan(0.501 / 2 ** 15);
  });
});

test("displacements have mean 0, the deviation of smoothed noise, and independent directions", () => {
  const [size, elastic, smoothing, draws] = [28, 30, 5, 3000];
  // A ramp of 8 to the pixel tells where a pixel in the middle came from, to 1/16 pixel.
  const ramp = (coordinate: (pixel: number) => number) => ({
    width: size,
    height: size,
    pixels: Uint8Array.from({ length: size * size }, (_, pixel) => 8 * coordinate(pixel)),
  });
  const across = ramp((pixel) => pixel % size);
  const down = ramp((pixel) => Math.floor(pixel / size));
  const middle = 14 * size + 14;
  const displacements = (images: Images) => {
    const order = new Int32Array(draws);
    const bytes = augment(images, { elastic, smoothing }, { order, rows: draws });
    return Array.from(order, (_, row) => bytes[row * size * size + middle] / 8 - 14);
  };
  const [x, y] = [displacements(across), displacements(down)];
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / draws;
  const weight = gaussian(smoothing);
  const squares = Array.from({ length: size }, (_, index) => weight(index - 14) ** 2);
  const deviation = (elastic / Math.sqrt(3)) * squares.reduce((sum, square) => sum + square, 0);
  // Five standard errors of each estimate, and the rounding to bytes in that of the variance.
  for (const values of [x, y]) {
    expect(Math.abs(mean(values))).toBeLessThan((5 * deviation) / Math.sqrt(draws));
    const variance = mean(values.map((value) => value ** 2)) / deviation ** 2;
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / draws) + 0.001);
  }
  const product = mean(x.map((value, index) => value * y[index])) / deviation ** 2;
  expect(Math.abs(product)).toBeLessThan(5 / Math.sqrt(draws));
});

/** Like the streams of random.test.ts; relaxed SIMD rounds coordinates as the machine does. */
test.runIf(TARGETS[chosenTarget()].simd === "plain")("the distortions are pinned", () => {
  const images = randomImages(28, 28, 20);
  const bytes = augment(images, EVERYTHING, { rows: 20, seed: 42, epoch: 3 });
  expect(createHash("sha256").update(bytes).digest("hex")).toMatchInlineSnapshot(
    `"ba5500c39721805c3f67381efaaabcbed2fd06c47ca2009db90e244c3af1a0dc"`,
  );
});
