import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digits, drawDigits } from "../../../src/data/digits/index.js";
import { OptionError } from "../../../src/errors.js";
import { Mlp } from "../../../src/mlp.js";
import { perceptron } from "../../../src/model/architecture.js";
import { loadMnistTest } from "../../../src/node/mnist.js";
import { realMnist } from "../../support/mnist.js";

const PIXELS = 784;

describe("same seed, same bytes", () => {
  test("the first 500 images of seed 7 are these", () => {
    const { inputs } = digits({ samples: 500, seed: 7 });
    expect(createHash("sha256").update(inputs).digest("hex")).toBe(
      "7895dc1140318574446259f34f7fc05ff75d96c2ac04f07bff6a4e79a2c61cbc",
    );
  });

  test("a sample depends on the seed and its place, not on how many are drawn", () => {
    const many = digits({ samples: 137, seed: 3 });
    const few = digits({ samples: 29, seed: 3 });
    expect(few.inputs).toEqual(many.inputs.subarray(0, 29 * PIXELS));
    expect(few.targets.labels).toEqual(many.targets.labels.subarray(0, 29));
  });

  test("another seed, another set; no image appears twice, in one set or both", () => {
    const images = [0, 2 ** 32 - 1].flatMap((seed) => {
      const { inputs } = digits({ samples: 1000, seed });
      return Array.from({ length: 1000 }, (_, sample) =>
        inputs.subarray(sample * PIXELS, (sample + 1) * PIXELS).join(),
      );
    });
    expect(new Set(images).size).toBe(2000);
    expect(digits({ samples: 20 })).toEqual(digits({ samples: 20, seed: 0 }));
  });

  test("drawn in slices they are the same, and others have their turns meanwhile", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const drawn = await drawDigits({ samples: 2000, seed: 3, name: "mine" });
    clearInterval(timer);
    const { inputs, ...others } = digits({ samples: 2000, seed: 3, name: "mine" });
    expect(drawn).toMatchObject(others);
    expect(drawn.inputs.every((value, index) => value === inputs[index])).toBe(true);
    expect(turns).toBeGreaterThan(1);
  });

  test("nothing is used that engines compute differently", () => {
    const folder = join(import.meta.dirname, "../../../src/data/digits");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    expect(files.length).toBeGreaterThan(15);
    // What IEEE 754 or the language fixes to the bit.
    const exact = ["PI", "abs", "floor", "fround", "imul", "max", "min", "sqrt"];
    for (const file of files) {
      const source = readFileSync(join(folder, file), "utf8").replace(
        /\/\*[\s\S]*?\*\/|\/\/.*/g,
        "",
      );
      const used = [...source.matchAll(/\bMath\s*(?:\.\s*(\w+))?/g)].map(([, name]) => name);
      expect(
        used.filter((name) => !exact.includes(name)),
        file,
      ).toEqual([]);
      expect(source, file).not.toMatch(/\*\*|\bDate\b|\bperformance\b|\bcrypto\b/);
    }
  });
});

describe("the data set", () => {
  test("every ten samples in a row show each digit once, as bytes of 28 × 28", () => {
    const dataset = digits({ samples: 34, seed: 1, name: "mine" });
    expect(dataset).toMatchObject({
      name: "mine",
      samples: 34,
      features: PIXELS,
      image: { width: 28, height: 28 },
    });
    expect(dataset.inputs).toBeInstanceOf(Uint8Array);
    expect(dataset.targets.names).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    dataset.targets.labels.forEach((label, sample) => {
      expect(label).toBe(sample % 10);
    });
    expect(digits({ samples: 1 }).name).toBe("built-in digits");
  });

  test("each image is prepared as MNIST's: 20 pixels on the longer side, centred by mass", () => {
    const { inputs, samples } = digits({ samples: 500, seed: 2 });
    for (let sample = 0; sample < samples; sample++) {
      const image = inputs.subarray(sample * PIXELS, (sample + 1) * PIXELS);
      const places = [...image.keys()].filter((pixel) => image[pixel] > 0);
      const columns = places.map((pixel) => pixel % 28);
      const rows = places.map((pixel) => Math.floor(pixel / 28));
      const extent = (along: number[]) => Math.max(...along) - Math.min(...along) + 1;
      // A pixel less where the edge was too faint for a byte.
      expect([19, 20]).toContain(Math.max(extent(columns), extent(rows)));
      const mass = places.reduce((sum, pixel) => sum + image[pixel], 0);
      for (const along of [columns, rows]) {
        const weighted = places.reduce((sum, pixel, i) => sum + image[pixel] * along[i], 0);
        // Pixel 14, up to a pixel beside it, and up to half a pixel of rounding.
        expect(Math.abs(weighted / mass - 14)).toBeLessThanOrEqual(1.5);
      }
    }
  });

  test.each([0, -1, 1.5, Number.NaN, 5_000_001])("%s samples are refused", (samples) => {
    expect(() => digits({ samples })).toThrow(
      new OptionError(`samples is ${samples}, expected a whole number from 1 to 5000000`),
    );
  });

  test("the drawing ends when it is told to, and refuses what digits refuses", async () => {
    const stop = new AbortController();
    const drawing = drawDigits({ samples: 100_000, signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(drawing).rejects.toThrow("enough");
    await expect(drawDigits({ samples: 0 })).rejects.toThrow(OptionError);
    const signal = "now" as unknown as AbortSignal;
    await expect(drawDigits({ samples: 1, signal })).rejects.toThrow(OptionError);
  });

  test("a seed that is not a whole number of 32 bits is refused", () => {
    expect(() => digits({ samples: 1, seed: 2 ** 32 })).toThrow(
      new OptionError("seed is 4294967296, expected a whole number from 0 to 4294967295"),
    );
    const outside = fc.oneof(
      fc.integer({ max: -1 }),
      fc.double().filter((x) => x % 1 !== 0),
    );
    fc.assert(
      fc.property(outside, (seed) => {
        expect(() => digits({ samples: 1, seed })).toThrow(OptionError);
      }),
    );
  });
});

test.skipIf(!realMnist)("a network that has seen only these reads real handwriting", async () => {
  const mnist = await loadMnistTest({ dataDirectory: realMnist });
  using model = await Mlp.create({ architecture: perceptron(PIXELS, [64], 10, "tanh"), seed: 1 });
  await model.fit(digits({ samples: 10_000, seed: 1 }), { epochs: 5, seed: 1 });
  const { accuracy } = await model.evaluate(mnist);
  // 80 % is promised; six times as many images and twice the epochs reach 95 %.
  expect(accuracy).toBeGreaterThan(0.88);
});
