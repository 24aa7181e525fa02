import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { runInSlices } from "../../src/tasks/slices.js";

afterEach(() => vi.restoreAllMocks());

/** Lets every step take a time by its number, in milliseconds, as `performance.now` sees it. */
function clock(duration: (step: number) => number): {
  run: (first: number, count: number) => void;
  slices: [number, number][];
} {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const slices: [number, number][] = [];
  const run = (first: number, count: number) => {
    slices.push([first, count]);
    for (let step = first; step < first + count; step++) now += duration(step);
  };
  return { run, slices };
}

test("every step is run once, in order, however long the steps take", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 200 }),
      fc.array(fc.double({ min: 0, max: 40, noNaN: true }), { minLength: 1 }),
      async (steps, durations) => {
        const { run, slices } = clock((step) => durations[step % durations.length]);
        await runInSlices(steps, undefined, run);
        let next = 0;
        for (const [first, count] of slices) {
          expect(first).toBe(next);
          expect(count).toBeGreaterThan(0);
          next += count;
        }
        expect(next).toBe(steps);
      },
    ),
  );
});

test("a slice holds about as many steps as fit into a frame of a screen", async () => {
  const { run, slices } = clock(() => 2);
  await runInSlices(100, undefined, run);
  // 16 ms at 2 ms a step, after a first slice that measures.
  expect(slices[0]).toEqual([0, 1]);
  expect(slices[1]).toEqual([1, 8]);
});

test("steps longer than a frame are run one by one", async () => {
  const { run, slices } = clock(() => 50);
  await runInSlices(3, undefined, run);
  expect(slices).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
});

test("other tasks get their turn between slices", async () => {
  const { run, slices } = clock(() => 50);
  let turns = 0;
  const other = () => {
    turns++;
    if (slices.length < 10) setImmediate(other);
  };
  setImmediate(other);
  await runInSlices(10, undefined, run);
  expect(turns).toBeGreaterThanOrEqual(9);
});

test("an abort ends the run after the slice under way, with the signal's reason", async () => {
  const controller = new AbortController();
  const { run, slices } = clock(() => 50);
  const reason = new Error("enough");
  const running = runInSlices(10, controller.signal, (first, count) => {
    run(first, count);
    if (first === 3) controller.abort(reason);
  });
  await expect(running).rejects.toBe(reason);
  expect(slices.length).toBe(4);
});

test("a signal that aborted before lets nothing run, and one that aborts at the end counts", async () => {
  const { run, slices } = clock(() => 50);
  await expect(runInSlices(1, AbortSignal.abort("before"), run)).rejects.toBe("before");
  expect(slices).toEqual([]);
  const controller = new AbortController();
  const running = runInSlices(1, controller.signal, () => controller.abort("at the end"));
  await expect(running).rejects.toBe("at the end");
});

test("what a slice throws ends the run", async () => {
  const failure = new Error("failed");
  await expect(
    runInSlices(5, undefined, (first) => {
      if (first > 0) throw failure;
    }),
  ).rejects.toBe(failure);
});
