/** Runs many steps in slices short enough for the rest of the program to stay responsive. */
import { nextTask } from "./nextTask.js";

/** Milliseconds of a slice: one frame of a screen at 60 Hz, rounded down. */
export const SLICE = 16;

/**
 * Calls `run(first, count)` until `steps` steps are done or it returns "end", giving way to other tasks between calls.
 *
 * @throws the signal's reason, after the slice under way, when `signal` aborts.
 */
export async function runInSlices(
  steps: number,
  signal: AbortSignal | undefined,
  run: (first: number, count: number) => unknown,
): Promise<void> {
  let count = 1;
  for (let first = 0; first < steps; ) {
    signal?.throwIfAborted();
    const before = performance.now();
    const slice = Math.min(count, steps - first);
    if ((await run(first, slice)) === "end") return;
    first += slice;
    const perStep = Math.max((performance.now() - before) / slice, 1e-3);
    count = Math.max(1, Math.floor(SLICE / perStep));
    await nextTask();
  }
  signal?.throwIfAborted();
}
