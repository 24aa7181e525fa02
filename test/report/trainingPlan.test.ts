import { expect, test } from "vitest";
import { PLAIN_LAYOUT } from "../../src/report/table.js";
import { trainingPlan } from "../../src/report/trainingPlan.js";

const PLAN = {
  data: "MNIST training set",
  samples: 60_000,
  epochs: 10,
  batchSize: 32,
  learningRate: 0.1,
  threads: 2,
  simd: "plain",
} as const;

test("data, hyper-parameters, kernels", () => {
  expect(trainingPlan(PLAN, PLAIN_LAYOUT)).toBe(`\
Data      MNIST training set  60,000 samples
Training  10 epochs  batches of 32, learning rate 0.1
Kernels   2 threads  plain SIMD`);
});

test("one epoch, one thread, the full batch", () => {
  const plan = trainingPlan({ ...PLAN, epochs: 1, batchSize: "full", threads: 1 }, PLAIN_LAYOUT);
  expect(plan).toContain("1 epoch  all samples at once, learning rate 0.1\n");
  expect(plan).toContain("1 thread  plain SIMD");
});
