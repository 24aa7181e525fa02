import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { kernels, withArrays } from "../support/kernels.js";

function sha256(values: Float32Array | Int32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");
}

interface Stream {
  readonly seed?: number;
  readonly layer?: number;
}

function weights(
  kernel: "fillNormal" | "fillUniform",
  count: number,
  scale: number,
  { seed = 1, layer = 0 }: Stream = {},
): Float32Array {
  const target = new Float32Array(count);
  withArrays([target, new Int32Array(4)], (at, words) => {
    kernels[kernel](at, count, scale, seed, layer, words);
  });
  return target;
}

function shuffled(samples: number, { seed = 1, epoch = 1 } = {}): Int32Array {
  const order = new Int32Array(samples);
  withArrays([order, new Int32Array(4)], (at, words) => {
    kernels.shuffle(at, samples, seed, epoch, words);
  });
  return order;
}

const mean = (values: ArrayLike<number>, f: (value: number) => number = (value) => value) =>
  Array.from(values, f).reduce((sum, value) => sum + value, 0) / values.length;

// The lines "philox4x32 10" of the file kat_vectors in the Random123 distribution.
test.each([
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
])("Philox4x32-10 gives the published words for counter $counter", ({ counter, key, words }) => {
  const [counter0, counter1, counter2, counter3] = counter;
  const [key0, key1] = key;
  const target = new Int32Array(4);
  withArrays([target], (at) => {
    kernels.philox(at, counter0, counter1, counter2, counter3, key0, key1);
  });
  expect(Array.from(target, (word) => word >>> 0)).toEqual(words);
});

/**
 * Φ(−x) for x ≥ 0. Near 0 by ½ − φ(x)·(x + x³/3 + x⁵/(3·5) + …); further out, where that would
 * cancel, by Laplace's continued fraction φ(x) / (x + 1/(x + 2/(x + 3/(x + …)))). Abramowitz and
 * Stegun, Handbook of Mathematical Functions, 26.2.11 and 26.2.14.
 */
function lowerTail(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x < 2) {
    let term = x;
    let series = x;
    for (let odd = 3; odd < 100; odd += 2) {
      term *= (x * x) / odd;
      series += term;
    }
    return 0.5 - density * series;
  }
  let fraction = x;
  for (let k = 300; k > 0; k--) fraction = x + k / fraction;
  return density / fraction;
}

/** The x ≤ 0 with Φ(x) = p ≤ ½, by bisection to the last bits of float64. */
function quantile(p: number): number {
  let [low, high] = [-40, 0];
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2;
    if (lowerTail(-middle) < p) low = middle;
    else high = middle;
  }
  return high;
}

test("the normal quantile is within 1e−6 of an independent inverse, tails included", () => {
  // Both tails down to 1e−10, and the middle evenly.
  const tails = Array.from({ length: 400 }, (_, i) => 10 ** (-9.99 + (i * 9.6) / 400));
  const middle = Array.from({ length: 400 }, (_, i) => (i + 0.5) / 801);
  for (const p of [...tails, ...middle]) {
    const exact = quantile(p);
    expect(Math.abs(kernels.normalQuantile(p) / exact - 1)).toBeLessThan(1e-6);
    // 1 − p is rounded, which moves the quantile by at most ε / (2φ(x)), not more than ε / p here.
    const slack = 2 ** -53 / p;
    expect(Math.abs(kernels.normalQuantile(1 - p) + exact)).toBeLessThan(1e-6 * -exact + slack);
  }
  expect(kernels.normalQuantile(0.5)).toBe(0);
  expect(quantile(0.025)).toBeCloseTo(-1.959963984540054, 13);
});

test("uniform weights fill [−limit, limit) evenly", () => {
  const count = 200_000;
  const limit = Math.fround(0.7);
  const values = weights("fillUniform", count, limit);
  expect(values.every((value) => -limit <= value && value < limit)).toBe(true);
  expect(Math.max(...values.subarray(0, 10_000))).toBeGreaterThan(0.999 * limit);
  expect(Math.min(...values.subarray(0, 10_000))).toBeLessThan(-0.999 * limit);
  // Moments within five standard errors: of the mean limit / √(3n), of the square limit²·√(4/45n).
  expect(Math.abs(mean(values))).toBeLessThan((5 * limit) / Math.sqrt(3 * count));
  const square = mean(values, (value) => value * value);
  const squareError = limit ** 2 * Math.sqrt(4 / 45 / count);
  expect(Math.abs(square - limit ** 2 / 3)).toBeLessThan(5 * squareError);
});

test("normal weights have the moments of the normal distribution", () => {
  const count = 200_000;
  const deviation = Math.fround(0.25);
  const values = weights("fillNormal", count, deviation).map((value) => value / deviation);
  // E zᵏ is 0, 1, 0, 3 with standard errors √(1, 2, 15, 96 / n); five of these.
  [0, 1, 0, 3].forEach((expected, index) => {
    const error = Math.sqrt([1, 2, 15, 96][index] / count);
    const moment = mean(values, (z) => z ** (index + 1));
    expect(Math.abs(moment - expected), `moment ${index + 1}`).toBeLessThan(5 * error);
  });
  // And no dependence of neighbours, whose products have mean 0 and variance 1.
  const product = mean(values.subarray(1).map((z, index) => z * values[index]));
  expect(Math.abs(product)).toBeLessThan(5 / Math.sqrt(count));
});

test.each(["fillNormal", "fillUniform"] as const)(
  "%s: the same seed and layer give the same numbers, others give others",
  (kernel) => {
    const values = weights(kernel, 1000, 1, { seed: 5, layer: 2 });
    expect(weights(kernel, 1000, 1, { seed: 5, layer: 2 })).toEqual(values);
    const maximum = 2 ** 32 - 1;
    for (const other of [
      { seed: 6, layer: 2 },
      { seed: 5, layer: 3 },
      { seed: 2, layer: 5 },
      { seed: maximum, layer: 2 },
    ]) {
      const otherValues = weights(kernel, 1000, 1, other);
      // Two of 1000 uniform numbers of 24 bits are equal by chance at 6e−5.
      expect(otherValues.filter((value, index) => value === values[index]).length).toBe(0);
    }
  },
);

test.each(["fillNormal", "fillUniform"] as const)(
  "%s: a number depends on its position only, not on how many are drawn",
  (kernel) => {
    const whole = weights(kernel, 64, 1);
    for (let count = 1; count < 10; count++) {
      expect(weights(kernel, count, 1)).toEqual(whole.subarray(0, count));
    }
  },
);

test("a shuffle is a permutation, of any number of samples", () => {
  for (const samples of [1, 2, 3, 4, 5, 6, 7, 8, 9, 63, 64, 65, 1000]) {
    const sorted = shuffled(samples, { seed: samples }).sort();
    expect([...sorted]).toEqual(Array.from({ length: samples }, (_, index) => index));
  }
});

test("a shuffle is repeatable, and differs by epoch and by seed", () => {
  const order = shuffled(100, { seed: 3, epoch: 2 });
  expect(shuffled(100, { seed: 3, epoch: 2 })).toEqual(order);
  for (const other of [
    { seed: 3, epoch: 1 },
    { seed: 3, epoch: 3 },
    { seed: 2, epoch: 3 },
    { seed: 4, epoch: 2 },
  ]) {
    const otherOrder = shuffled(100, other);
    // Two independent orders of 100 agree in one place on average, and in 8 at one in 100 000.
    expect(otherOrder.filter((sample, index) => sample === order[index]).length).toBeLessThan(8);
  }
});

/** Pearson's χ² of observed counts against equal expected ones. */
function chiSquared(counts: Iterable<number>, expected: number): number {
  return [...counts].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test("all 24 orders of four samples are equally likely over the epochs", () => {
  const counts = new Map<string, number>();
  const epochs = 4800;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = shuffled(4, { seed: 9, epoch }).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  // The 99.9 % quantile of χ² with 23 degrees of freedom.
  expect(chiSquared(counts.values(), epochs / 24)).toBeLessThan(49.73);
});

test("every sample comes to every place equally often over the seeds", () => {
  const samples = 10;
  const draws = 3000;
  const counts = new Float64Array(samples * samples);
  for (let seed = 0; seed < draws; seed++) {
    shuffled(samples, { seed }).forEach((sample, place) => {
      counts[place * samples + sample]++;
    });
  }
  // Rows and columns of the table are fixed: (10 − 1)² degrees of freedom, 99.9 % quantile.
  expect(chiSquared(counts, draws / samples)).toBeLessThan(126.1);
});

/**
 * The streams are part of what the package promises: the same seed gives the same network for ever.
 * A change here changes everybody's results and needs a line in the changelog.
 */
test("the streams are pinned", () => {
  const stream = { seed: 42, layer: 1 };
  expect({
    uniform: sha256(weights("fillUniform", 1001, 1, stream)),
    normal: sha256(weights("fillNormal", 1001, 1, stream)),
    order: sha256(shuffled(1001, { seed: 42, epoch: 3 })),
  }).toMatchInlineSnapshot(`
    {
      "normal": "60c7e251757cbbbe728bf4a6c0defd83d8d642be050a1c265ec09f3db046d88e",
      "order": "1fd7b0e418734cb4a36a1d2f44c9382cbf96145cc304fd81c4b650b08725dd6e",
      "uniform": "5af0e0ec1a4fbfb4c7322da57809628dff5364caf874d5efbf5e6cb43ac96f99",
    }
  `);
});
