/** Notes what a thread does when, without a garbage collector's help and in some 0.1 µs each. */

/** What threads do within a step, numbered as in `assembly/trace.ts`. */
export const PHASES = [
  "wait",
  "prepare",
  "compress",
  "augment",
  "forward",
  "backward",
  "update",
] as const;

export type Phase = (typeof PHASES)[number];

/** One call of the kernels, seen by one thread: phase after phase without a gap. */
export interface Recording {
  /** `[phases]`, when each began: milliseconds since 1970, on a clock that all threads share. */
  readonly times: Float64Array<ArrayBuffer>;
  /** `[phases]`, indices into `PHASES`. */
  readonly phases: Uint8Array<ArrayBuffer>;
  /** When the last one ended. */
  readonly end: number;
}

/** Phases that there is room for at first: some hundred steps. */
const CAPACITY = 4096;

export class Recorder {
  #times = new Float64Array(CAPACITY);
  #phases = new Uint8Array(CAPACITY);
  #count = 0;

  /** The thread is in this phase from now on; saying so once more changes nothing. */
  readonly begin = (phase: number): void => {
    const count = this.#count;
    if (count > 0 && this.#phases[count - 1] === phase) return;
    if (count === this.#phases.length) this.#grow();
    this.#times[count] = performance.now();
    this.#phases[count] = phase;
    this.#count = count + 1;
  };

  /** What was recorded since the last time. */
  take(): Recording {
    const end = now();
    const times = this.#times.slice(0, this.#count);
    const phases = this.#phases.slice(0, this.#count);
    this.#count = 0;
    const { timeOrigin } = performance;
    for (let index = 0; index < times.length; index++) times[index] += timeOrigin;
    return { times, phases, end };
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length);
    const phases = new Uint8Array(2 * this.#phases.length);
    times.set(this.#times);
    phases.set(this.#phases);
    this.#times = times;
    this.#phases = phases;
  }
}

/** Milliseconds since 1970 on the clock that all threads share. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
