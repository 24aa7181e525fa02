/** Notes what a thread does when, without work for the garbage collector. */

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

/** What a thread is busy with at a moment of training. */
export type Phase = (typeof PHASES)[number];

/** One call of the kernels, seen by one thread: phase after phase without a gap. */
export interface Recording {
  /** Milliseconds since 1970 to which times are added, on a clock that all threads share. */
  readonly origin: number;
  /** `[phases]`, when each began, milliseconds. */
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

  /** What was recorded since the last time; copied and no more, as training waits for it. */
  take(): Recording {
    const end = performance.now();
    const times = this.#times.slice(0, this.#count);
    const phases = this.#phases.slice(0, this.#count);
    this.#count = 0;
    return { origin: performance.timeOrigin, times, phases, end };
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
