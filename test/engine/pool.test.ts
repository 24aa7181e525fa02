import { expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { EngineError } from "../../src/errors.js";
import { ONE_THREAD } from "../support/execution.js";

const TWO_THREADS = { ...ONE_THREAD, threads: 2 };

/** A plan at which every kernel traps: its layers lie beyond the end of the memory. */
const BAD_PLAN = { operation: "train", plan: 2 ** 31, first: 0, count: 1 } as const;

test("a worker that fails is told of in a sentence, and the pool is of no more use", async () => {
  const engine = await Engine.acquire(TWO_THREADS);
  const workers = await engine.workers();
  expect(workers.usable).toBe(true);
  const failure = await workers.run(BAD_PLAN).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EngineError);
  expect(failure).toMatchObject({
    code: "unsupported-host",
    message: expect.stringMatching(
      /^a worker thread failed \(RuntimeError: .+\), expected it to run the kernels$/,
    ),
  });
  expect(workers.usable).toBe(false);
  await expect(workers.run(BAD_PLAN)).rejects.toBe(failure);
  // The engine has others started.
  expect((await engine.workers()).usable).toBe(true);
});

test("ending the workers rejects what is under way and what waits", async () => {
  const engine = await Engine.acquire(TWO_THREADS);
  const workers = await engine.workers();
  // A plan of zeros is one of no threads, which the two wait for in vain.
  const plan = engine.memory.allocate(4096);
  engine.memory.bytes(plan, 4096).fill(0);
  const order = { operation: "train", plan, first: 0, count: 1 } as const;
  const outcomes = Promise.allSettled([workers.run(order), workers.run(order)]);
  setTimeout(() => workers.terminate(), 20);
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "disposed" } });
  }
});
