/** Times subjects side by side: warm first, then round by round, each once a round. */
import { nextTask } from "../engine/nextTask.js";
import type { Timer } from "./timer.js";

/** Something that can be called many times. */
export interface Subject {
  /** Calls it so many times; the milliseconds that took. */
  sample(calls: number): number | Promise<number>;
}

/** What was measured of a subject. */
export interface Samples {
  /** Calls of a batch. */
  readonly calls: number;
  /** Milliseconds of a call, of each round's batch. */
  readonly times: readonly number[];
}

export interface MeasureOptions {
  readonly timer: Timer;
  readonly rounds: number;
  readonly signal?: AbortSignal;
  /** Called with the part that is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Warm is what does not get faster any more: WebAssembly and JavaScript run in a baseline compiler first
 * and are replaced when an optimised version is ready, so that times fall in steps. The fastest of the last
 * batches must not be more than this below the fastest before them.
 */
const STEADY = 0.97;
const LAST_BATCHES = 4;
/** Milliseconds of warming up: at least, at most, and together with what a single long call may take. */
const WARM_AT_LEAST = 12;
const WARM_AT_MOST = 400;
/** How many more calls a batch gets at once while its length is being found. */
const GROWTH = 10;
/** Milliseconds that all samples of a subject may take; slow ones get fewer, but never less than 5. */
const BUDGET = 400;
const LEAST_SAMPLES = 5;

/** @returns the samples of each subject, in order */
export async function measure(
  subjects: readonly Subject[],
  { timer, rounds, signal, onProgress }: MeasureOptions,
): Promise<Samples[]> {
  const steps = subjects.length * (rounds + 2);
  let step = 0;
  const pause = async () => {
    onProgress?.(step++ / steps);
    await nextTask();
    signal?.throwIfAborted();
  };
  const batches: { calls: number; time: number }[] = [];
  // The second time finds what was compiled in the background meanwhile.
  for (let pass = 0; pass < 2; pass++) {
    for (const [index, subject] of subjects.entries()) {
      await pause();
      batches[index] = await warmUp(subject, timer, batches[index]?.calls ?? 1);
    }
  }
  const times = subjects.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const { calls, time } = batches[index];
      await pause();
      if (round >= Math.max(LEAST_SAMPLES, Math.floor(BUDGET / (calls * time)))) continue;
      // The others have had the caches meanwhile: one call that is not counted brings its own back.
      if (calls > 1) await subject.sample(1);
      times[index].push((await subject.sample(calls)) / calls);
    }
  }
  return batches.map(({ calls }, index) => ({ calls, times: times[index] }));
}

/** Finds how many calls a batch needs, and goes on until their time has stopped falling. */
async function warmUp(
  subject: Subject,
  timer: Timer,
  first: number,
): Promise<{ calls: number; time: number }> {
  let calls = first;
  let elapsed = 0;
  const times: number[] = [];
  for (;;) {
    const batch = await subject.sample(calls);
    elapsed += batch;
    times.push(batch / calls);
    if (batch < timer.batch) {
      const wanted = batch > 0 ? Math.ceil((1.2 * calls * timer.batch) / batch) : calls * GROWTH;
      calls = Math.max(calls + 1, Math.min(wanted, calls * GROWTH));
    }
    const isLong = batch >= timer.batch;
    if (elapsed >= WARM_AT_MOST || (isLong && elapsed >= WARM_AT_LEAST && isSteady(times))) {
      return { calls, time: Math.min(...times) };
    }
  }
}

/** Whether times have stopped falling, by the last few of them. */
export function isSteady(times: readonly number[]): boolean {
  if (times.length < 2 * LAST_BATCHES) return false;
  const last = Math.min(...times.slice(-LAST_BATCHES));
  const before = Math.min(...times.slice(0, -LAST_BATCHES));
  return last >= STEADY * before;
}
