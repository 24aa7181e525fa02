/**
 * Times subjects side by side: warm first, then pass by pass and round by round, each once a round.
 *
 * Noise only ever adds time: another program on the core, or on its other half, for milliseconds or for seconds. So a
 * sample is the fastest of several batches, one of each pass, which lie seconds apart.
 */
import { nextTask } from "../tasks/nextTask.js";
import type { Timer } from "./timer.js";

/** Something that can be called many times. */
export interface Instance {
  /** Calls it so many times; the milliseconds that took. */
  sample(calls: number): number | Promise<number>;
}

/** What is measured: one instance of it at least. Samples are taken of one after the other, whole samples of each. */
export type Subject = readonly Instance[];

/** What was measured of a subject. */
export interface Samples {
  /** Calls of a batch. */
  readonly calls: number;
  /** Milliseconds of a call, of each sample. */
  readonly times: readonly number[];
  /** Milliseconds of a call, of the fastest batch of each pass: these differ when the machine changes meanwhile. */
  readonly passes: readonly number[];
  /** Whether times have stopped falling, by what is known of it at the end. */
  readonly isWarm: boolean;
  /** Whether it was measured in three passes, or in as many as what takes long gets, before time ran out. */
  readonly isComplete: boolean;
}

export interface MeasureOptions {
  readonly timer: Timer;
  /** Samples of each. */
  readonly rounds: number;
  /**
   * Milliseconds after which nothing is begun any more. Half of them at most go into warming up, and a pass that would
   * not end within them is not begun, once there are three.
   */
  readonly limit?: number;
  /** Milliseconds that a round should take at least: it is gone through again, and the fastest batch counts. Default 0. */
  readonly roundTime?: number;
  /** Tells the milliseconds; default `performance.now`. */
  readonly clock?: () => number;
  readonly signal?: AbortSignal;
  /** Called with the part that is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** Batches of a sample, where there is time for them. */
const PASSES = 5;
const LEAST_PASSES = 3;

/**
 * Warm is what does not get faster any more: WebAssembly and JavaScript run in a baseline compiler first
 * and are replaced when an optimised version is ready, so that times fall in steps. The fastest of the last
 * batches must not be more than this below the fastest before them.
 */
const STEADY = 0.97;
const LAST_BATCHES = 4;
/** Milliseconds of warming up: at least the first time, and when it is given up. */
const WARM_AT_LEAST = 12;
const WARM_AT_MOST = 400;
/** The part of the limit after which nothing waits for the compiler any longer. */
const WARM_PART = 0.5;
/** How many more calls a batch gets at once while its length is being found. */
const GROWTH = 10;
/** Milliseconds that all batches of a subject may take; slow ones get fewer, but never less than 5 samples of one. */
const BUDGET = 400;
const LEAST_SAMPLES = 5;

/** @returns the samples of each subject, in order */
export async function measure(
  subjects: readonly Subject[],
  options: MeasureOptions,
): Promise<Samples[]> {
  const { timer, rounds, limit = Number.POSITIVE_INFINITY, roundTime = 0 } = options;
  const { clock = () => performance.now(), signal, onProgress } = options;
  const start = clock();
  const isPast = (part: number) => clock() - start >= part * limit;
  const instances = subjects.flat();
  const steps = 2 * instances.length + subjects.length * PASSES * rounds;
  let step = 0;
  const undisplayed = async () => {
    await nextTask();
    signal?.throwIfAborted();
  };
  const pause = async () => {
    onProgress?.(step++ / steps);
    await undisplayed();
  };
  const warm = new Map<Instance, Warm>();
  // The second time finds what was compiled in the background meanwhile.
  for (let turn = 0; turn < 2; turn++) {
    for (const instance of instances) {
      await pause();
      const before = warm.get(instance);
      if (before && isPast(WARM_PART)) continue;
      warm.set(instance, await warmUp(instance, { timer, isPast, ...(before && { before }) }));
    }
  }
  const plans = subjects.map((subject) => planOf(subject, warm, rounds));
  const batches = plans.map((): number[] => []);
  /** Takes a batch of each sample, or another one: the faster one counts. Returns how many it took. */
  const goThrough = async (pass: number, rest: () => Promise<void>): Promise<number> => {
    let taken = 0;
    for (let round = 0; round < rounds; round++) {
      for (const [index, { warmed, calls, samples, passes }] of plans.entries()) {
        await rest();
        if (isPast(1)) return taken;
        const batch = pass * samples + round;
        const before = batches[index][batch];
        const isSlow = passes < PASSES;
        if (pass >= passes || round >= samples || (isSlow && before !== undefined)) continue;
        const { instance } = warmed[round % warmed.length];
        // The others have had the caches meanwhile: one call that is not counted brings its own back.
        if (calls > 1) await instance.sample(1);
        const time = (await instance.sample(calls)) / calls;
        batches[index][batch] = Math.min(time, before ?? time);
        taken++;
      }
    }
    return taken;
  };
  const passStart = clock();
  for (let pass = 0; pass < PASSES; pass++) {
    const now = clock();
    const average = pass > 0 ? (now - passStart) / pass : 0;
    if (pass >= LEAST_PASSES && now - start + average > limit) break;
    let taken = await goThrough(pass, pause);
    // Where there is little to measure, a pass would be over while one disturbance lasts.
    while (taken > 0 && clock() - now < rounds * roundTime) {
      taken = await goThrough(pass, undisplayed);
    }
  }
  return plans.map((plan, index) => resultOf(plan, batches[index]));
}

/** @param batches milliseconds of a call, pass by pass; none where time ran out before */
function resultOf({ warmed, calls, samples, passes }: Plan, batches: readonly number[]): Samples {
  // What had no turn has at least been called while it was warmed up.
  const found = batches.length > 0 ? batches : warmed[0].times.slice(-1);
  return {
    calls,
    ...samplesOf(found, samples),
    isWarm: warmed.every(({ isSteady: isWarm, times }, place) => {
      // What takes long has few batches to warm up, and goes on with those that count.
      const own = batches.filter((_, batch) => (batch % samples) % warmed.length === place);
      return isWarm || isSteady([...times, ...own]);
    }),
    isComplete: batches.length >= samples * Math.min(LEAST_PASSES, passes),
  };
}

/** An instance after warming up. */
interface Warm {
  readonly instance: Instance;
  /** Calls of a batch. */
  readonly calls: number;
  /** Milliseconds of a call, of each batch. */
  readonly times: readonly number[];
  /** Whether they stopped falling before that was given up. */
  readonly isSteady: boolean;
}

interface Plan {
  readonly warmed: readonly Warm[];
  readonly calls: number;
  readonly samples: number;
  /** Batches of a sample. */
  readonly passes: number;
}

function planOf(subject: Subject, warm: ReadonlyMap<Instance, Warm>, rounds: number): Plan {
  const warmed = subject.map((instance) => warm.get(instance) as Warm);
  const calls = Math.max(...warmed.map((one) => one.calls));
  const fastest = Math.min(...warmed.flatMap(({ times }) => times));
  const affordable = Math.floor(BUDGET / (calls * fastest));
  const passes = Math.max(1, Math.min(PASSES, Math.floor(affordable / LEAST_SAMPLES)));
  const samples = Math.max(LEAST_SAMPLES, Math.min(rounds, Math.floor(affordable / passes)));
  return { warmed, calls, samples, passes };
}

/**
 * The fastest of each sample and of each pass.
 *
 * @param batches pass by pass
 * @param count of samples, that is of batches in a pass
 */
export function samplesOf(
  batches: readonly number[],
  count: number,
): Pick<Samples, "times" | "passes"> {
  const fastestWhere = (isOne: (index: number) => boolean) =>
    Math.min(...batches.filter((_, index) => isOne(index)));
  const passes = Math.ceil(batches.length / count);
  return {
    times: Array.from({ length: Math.min(count, batches.length) }, (_, sample) =>
      fastestWhere((index) => index % count === sample),
    ),
    passes: Array.from({ length: passes }, (_, pass) =>
      fastestWhere((index) => Math.floor(index / count) === pass),
    ),
  };
}

interface WarmUpOptions {
  readonly timer: Timer;
  /** Whether this part of the time for everything has gone. */
  readonly isPast: (part: number) => boolean;
  /** What is known of the instance already. */
  readonly before?: Warm;
}

/** Finds how many calls a batch needs, and goes on until their time has stopped falling. */
async function warmUp(instance: Instance, { timer, isPast, before }: WarmUpOptions): Promise<Warm> {
  let calls = before?.calls ?? 1;
  let elapsed = 0;
  const times = [...(before?.times ?? [])];
  const enough = times.length + LAST_BATCHES;
  const atLeast = before ? 0 : WARM_AT_LEAST;
  for (;;) {
    const batch = await instance.sample(calls);
    elapsed += batch;
    times.push(batch / calls);
    const isLong = batch >= timer.batch;
    if (!isLong) {
      const wanted = batch > 0 ? Math.ceil((1.2 * calls * timer.batch) / batch) : calls * GROWTH;
      calls = Math.max(calls + 1, Math.min(wanted, calls * GROWTH));
    }
    const hasRun = isLong && elapsed >= atLeast && times.length >= enough;
    const isDone = hasRun && isSteady(times);
    const isGivenUp = elapsed >= WARM_AT_MOST || isPast(isLong ? WARM_PART : 1);
    if (isDone || isGivenUp) return { instance, calls, times, isSteady: isDone };
  }
}

/** Whether times have stopped falling, by the last few of them. */
export function isSteady(times: readonly number[]): boolean {
  if (times.length < 2 * LAST_BATCHES) return false;
  const last = Math.min(...times.slice(-LAST_BATCHES));
  const before = Math.min(...times.slice(0, -LAST_BATCHES));
  return last >= STEADY * before;
}
