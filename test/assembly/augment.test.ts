import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AUGMENTATION_FIELDS,
  type AugmentationFields,
  writeAugmentation,
} from "../../src/engine/plan.js";
import { Regions } from "../../src/engine/regions.js";
import { engine, kernels, memory, withArrays } from "../support/kernels.js";

const NONE = { shift: 0, rotation: 0, scale: 0, shear: 0, elastic: 0, smoothness: 4 };
type Distortion = typeof NONE;

interface Images {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

function noise(width: number, height: number, count = 3): Images {
  let state = 1;
  const pixels = Uint8Array.from({ length: width * height * count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width, height, pixels };
}

/** Rows `position` … of the augmented images, in the order that they are stored in. */
function augment(
  { width, height, pixels }: Images,
  distortion: Partial<Distortion>,
  { position = 0, rows = 1, seed = 1, epoch = 1 } = {},
): Uint8Array {
  const { smoothness, ...amounts } = { ...NONE, ...distortion };
  const regions = new Regions(memory);
  const filter = (size: number) => {
    const place = regions.allocateBytes(kernels.gaussianBytes(size));
    kernels.fillGaussian(place, size, smoothness);
    return place;
  };
  const fields: AugmentationFields = {
    width,
    height,
    ...amounts,
    columnFilter: filter(height),
    rowFilter: filter(width),
  };
  const place = regions.allocateBytes(AUGMENTATION_FIELDS.length * 4);
  writeAugmentation(engine, place, fields);
  const scratch = regions.allocateBytes(kernels.augmentationScratch(width, height));
  const target = new Uint8Array(rows * width * height);
  withArrays([target, pixels.slice()], (targetAt, pixelsAt) =>
    kernels.augmentRows(targetAt, place, pixelsAt, 0, position, rows, seed, epoch, scratch),
  );
  regions.free();
  return target;
}

const SIZES = [
  [1, 1],
  [3, 5],
  [17, 9],
  [28, 28],
  [33, 4],
];
const EVERYTHING = { shift: 2, rotation: 0.3, scale: 0.2, shear: 0.2, elastic: 30 };

describe.each(SIZES)("%i × %i", (width, height) => {
  const images = noise(width, height);
  const size = width * height;

  test("no distortion leaves every byte as it is", () => {
    expect([...augment(images, {}, { rows: 3 })]).toEqual([...images.pixels]);
  });

  test("an image does not depend on those around it", () => {
    const whole = augment(images, EVERYTHING, { rows: 3 });
    const last = augment(images, EVERYTHING, { position: 2 });
    expect([...last]).toEqual([...whole.subarray(2 * size)]);
  });

  test("a constant field is what the Gaussian's part inside the image makes of it", () => {
    const filter = new Float32Array(kernels.gaussianBytes(width) / 4);
    withArrays([filter], (at) => kernels.fillGaussian(at, width, 2));
    const stride = filter.length / width;
    let total = 0;
    for (let d = -50; d <= 50; d++) total += Math.exp(-(d * d) / 8);
    for (let row = 0; row < width; row++) {
      for (let column = 0; column < stride; column++) {
        const d = row - column;
        const expected = column < width ? Math.exp(-(d * d) / 8) / total : 0;
        expect(Math.abs(filter[row * stride + column] - expected)).toBeLessThan(1e-6);
      }
    }
  });
});

test("a single dot moves by the shift, its ink shared by four pixels", () => {
  const [width, height] = [15, 11];
  const pixels = new Uint8Array(width * height);
  pixels[5 * width + 7] = 255;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
      const moved = augment({ width, height, pixels }, { shift: 3 }, { seed });
      let [mass, x, y] = [0, 0, 0];
      moved.forEach((value, index) => {
        mass += value;
        x += value * (index % width);
        y += value * Math.floor(index / width);
      });
      expect(Math.abs(mass - 255)).toBeLessThanOrEqual(2);
      expect(Math.abs(x / mass - 7)).toBeLessThan(3.05);
      expect(Math.abs(y / mass - 5)).toBeLessThan(3.05);
      expect(moved.filter((value) => value > 0).length).toBeLessThanOrEqual(4);
    }),
  );
});

test("seeds, epochs and positions draw different distortions", () => {
  const images = noise(28, 28, 1);
  const same = { ...images, pixels: new Uint8Array([...images.pixels, ...images.pixels]) };
  const base = augment(same, EVERYTHING);
  expect([...augment(same, EVERYTHING)]).toEqual([...base]);
  for (const other of [{ seed: 2 }, { epoch: 2 }, { position: 1 }]) {
    expect([...augment(same, EVERYTHING, other)]).not.toEqual([...base]);
  }
});

test("rotation turns about the centre", () => {
  // A bar through the centre keeps its middle pixel, and its ends leave the row.
  const [width, height] = [21, 21];
  const pixels = new Uint8Array(width * height);
  for (let x = 2; x < 19; x++) pixels[10 * width + x] = 255;
  for (let seed = 0; seed < 50; seed++) {
    const turned = augment({ width, height, pixels }, { rotation: 0.5 }, { seed });
    expect(turned[10 * width + 10]).toBe(255);
    // Point symmetry.
    for (let index = 0; index < turned.length; index++) {
      expect(Math.abs(turned[index] - turned[turned.length - 1 - index])).toBeLessThanOrEqual(1);
    }
  }
});

test("the elastic field has the size that the Gaussian gives it", () => {
  // A ramp shows the displacement in x: each grey level is a pixel.
  const [width, height] = [64, 64];
  const pixels = Uint8Array.from({ length: width * height }, (_, index) => 3 * (index % width));
  const sigma = 4;
  let [sum, count] = [0, 0];
  for (let seed = 0; seed < 20; seed++) {
    const bent = augment({ width, height, pixels }, { elastic: 34, smoothness: sigma }, { seed });
    for (let y = 20; y < 44; y++) {
      for (let x = 20; x < 44; x++) {
        sum += ((bent[y * width + x] - 3 * x) / 3) ** 2;
        count++;
      }
    }
  }
  // Uniform noise has variance 1/3; smoothing leaves Σ g² = 1 / (4πσ²) of it.
  const expected = 34 * Math.sqrt(1 / 3 / (4 * Math.PI * sigma * sigma));
  expect(Math.sqrt(sum / count) / expected).toBeGreaterThan(0.8);
  expect(Math.sqrt(sum / count) / expected).toBeLessThan(1.2);
});
