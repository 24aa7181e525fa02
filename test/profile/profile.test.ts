import { expect, test } from "vitest";
import { detectFeatures } from "../../src/index.js";
import { profile, variantName } from "../../src/profile/index.js";
import { levelOf } from "../../src/profile/roofs.js";

test("a kernel is measured by every variant, and below a roof that was measured too", async () => {
  const done: number[] = [];
  const { roofs, measurements, timer } = await profile({
    kernels: ["gemm-nn"],
    shape: [16, 16, 16],
    threads: 2,
    rounds: 5,
    onProgress: (part) => done.push(part),
  });
  const { relaxedSimd } = detectFeatures();
  const fastest = relaxedSimd ? "relaxed" : "simd";
  expect(measurements.map(variantName)).toEqual([
    ...["javascript", "scalar", "simd"],
    ...(relaxedSimd ? ["relaxed"] : []),
    `${fastest} × 2`,
  ]);
  for (const one of measurements) {
    expect(one).toMatchObject({ kernel: "gemm-nn", shape: [16, 16, 16], operations: 8192 });
    expect(one.samples).toHaveLength(5);
    expect(one.seconds).toBeGreaterThan(0);
    expect(one.interval.low).toBeLessThanOrEqual(one.seconds);
    expect(one.interval.high).toBeGreaterThanOrEqual(one.seconds);
    expect(one.gflops).toBeCloseTo((one.threads * 8192) / one.seconds / 1e9, 9);
    expect(one.intensity).toBeCloseTo(8192 / (3 * 16 * 16 * 4), 9);
    expect(one.share).toBeGreaterThan(0);
  }
  for (const { peak, bandwidth } of roofs) {
    expect(peak).toBeGreaterThan(0);
    const { L1, L2, L3, memory } = bandwidth;
    for (const [near, far] of [
      [L1, L2],
      [L2, L3],
      [L3, memory],
    ]) {
      expect(near.read).toBeGreaterThanOrEqual(far.read);
      expect(near.update).toBeGreaterThanOrEqual(far.update);
    }
    expect(memory.read).toBeGreaterThan(0);
  }
  expect(timer.batch).toBeGreaterThanOrEqual(100 * timer.resolution);
  expect(Math.max(...done)).toBeLessThanOrEqual(1);
});

test.each([
  [{ kernels: ["gem"] }, 'kernel is "gem", expected one of gemm (gemm-nn, '],
  [{ kernels: ["tanh"], shape: [3] }, "shape is 3, expected rows x units for tanh"],
  [
    { kernels: ["sparse-forward"], shape: [129, 7] },
    "shape is 129x7, expected rows from 1 to 128 for sparse-forward",
  ],
  [{ kernels: ["sgd"], shape: [0] }, "shape is 0, expected parameters from 1 to 16777216 for sgd"],
  [
    { kernels: ["gemm-nn"], shape: [9999, 99999, 99999] },
    "shape is 9999x99999x99999, which takes ",
  ],
])("%j is refused", async (options, sentence) => {
  await expect(profile(options)).rejects.toThrow(sentence);
});

test("arrays are compared with the stream of the level that holds them", () => {
  expect(levelOf(100)).toBe("L1");
  expect(levelOf(17 * 1024)).toBe("L1");
  expect(levelOf(100 * 1024)).toBe("L2");
  expect(levelOf(2 ** 20)).toBe("L3");
  expect(levelOf(2 ** 27)).toBe("memory");
});
