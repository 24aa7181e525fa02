/** Records a training, to be looked at as a timeline or as a table. */
import { checkOptions } from "../arguments.js";
import type { Engine } from "../engine/engine.js";
import type { RunOrder, WorkerPool } from "../engine/pool.js";
import type { Activity, Tracer } from "../engine/tracer.js";
import { now, PHASES, type Phase, type Recording } from "./recorder.js";
import { startTracedThreads } from "./threads.js";

/** How much of a training is kept. */
export interface TraceOptions {
  /**
   * Spans of each thread that are kept, whole epochs rounded up; default 200,000, some 20 MB of JSON a
   * thread. What comes later counts in the summary but is not on the timeline.
   */
  readonly spans?: number;
}

/** Seconds of each phase. */
export type PhaseSeconds = Readonly<Record<Phase, number>>;

/** One thread in one epoch. */
export interface ThreadSeconds {
  /** Seconds of each phase in the epoch's training steps. */
  readonly training: PhaseSeconds;
  /** Seconds of each phase in the epoch's validation. */
  readonly validation: PhaseSeconds;
}

/** Where the time of an epoch went. */
export interface TracedEpoch {
  /** From 1. */
  readonly epoch: number;
  /** What the calling thread did, seconds: its own work, and the time in which threads trained and validated. */
  readonly activities: Readonly<Record<Activity, number>>;
  /** One entry a thread of the run. */
  readonly threads: readonly ThreadSeconds[];
}

/** A stretch of the calling thread's time; milliseconds since 1970. */
export interface ActivitySpan {
  /** What the calling thread did, or waited for. */
  readonly activity: Activity;
  /** In which epoch, counted from 1. */
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Milliseconds since 1970. */
  readonly end: number;
}

/** A thread's phases while the calling thread waited for it. */
export interface ThreadRecording extends Recording {
  /** From 0. */
  readonly thread: number;
  /** What the calling thread waited for. */
  readonly activity: Activity;
  /** In which epoch, counted from 1. */
  readonly epoch: number;
}

/**
 * To be given to `fit`: `const trace = new Trace(); await model.fit(dataset, { trace })`. Several trainings, one after the other, add up.
 */
export class Trace implements Tracer {
  readonly #limit: number;
  readonly #kept: number[] = [];
  readonly #spans: ActivitySpan[] = [];
  readonly #recordings: ThreadRecording[] = [];
  /** Not yet summed: that has time until training does not wait for it. */
  readonly #pending: ThreadRecording[] = [];
  readonly #epochs = new Map<number, MutableEpoch>();
  #dropped = 0;
  #now: { activity: Activity; epoch: number; start: number } | undefined;
  #pool: Promise<WorkerPool> | undefined;

  /** @throws OptionError when an option is misspelt or of another type. */
  constructor(options: TraceOptions = {}) {
    checkOptions("Trace", options, { spans: "number" });
    const { spans = 200_000 } = options;
    this.#limit = spans;
  }

  /** Where each epoch's time went, in order. */
  get epochs(): readonly TracedEpoch[] {
    for (const recording of this.#pending.splice(0)) this.#sum(recording);
    return [...this.#epochs.values()];
  }

  /** What the calling thread did, one after the other. */
  get activities(): readonly ActivitySpan[] {
    return this.#spans;
  }

  /** What is kept of the threads, in the order in which it was recorded. */
  get recordings(): readonly ThreadRecording[] {
    return this.#recordings;
  }

  /** Spans that the limit left out. */
  get droppedSpans(): number {
    return this.#dropped;
  }

  begin(activity: Activity, epoch: number): void {
    const start = this.#close();
    this.#now = { activity, epoch, start };
  }

  async run(engine: Engine, order: Omit<RunOrder, "kind">): Promise<void> {
    this.#pool ??= startTracedThreads(engine, (thread, recording) => this.#keep(thread, recording));
    await (await this.#pool).run(order);
  }

  end(): void {
    this.#close();
    this.#now = undefined;
    const pool = this.#pool;
    this.#pool = undefined;
    void pool?.then(
      (started) => started.terminate(),
      () => undefined,
    );
  }

  /** Ends what the calling thread does; returns the time. */
  #close(): number {
    const end = now();
    if (this.#now) {
      this.#spans.push({ ...this.#now, end });
      const { activity, epoch, start } = this.#now;
      this.#epoch(epoch).activities[activity] += (end - start) / 1000;
    }
    return end;
  }

  #keep(thread: number, recording: Recording): void {
    if (!this.#now) return;
    const { activity, epoch } = this.#now;
    const whole = { ...recording, thread, activity, epoch };
    const count = recording.times.length;
    const kept = this.#kept[thread] ?? 0;
    if (kept >= this.#limit) {
      this.#dropped += count;
      this.#sum(whole);
      return;
    }
    this.#kept[thread] = kept + count;
    this.#recordings.push(whole);
    this.#pending.push(whole);
  }

  #sum({ thread, activity, epoch, times, phases, end }: ThreadRecording): void {
    const sums = new Float64Array(PHASES.length);
    const last = times.length - 1;
    for (let index = 0; index < last; index++)
      sums[phases[index]] += times[index + 1] - times[index];
    if (last >= 0) sums[phases[last]] += end - times[last];
    const { threads } = this.#epoch(epoch);
    threads[thread] ??= { training: noSeconds(), validation: noSeconds() };
    const spent = threads[thread][activity === "validation" ? "validation" : "training"];
    for (const [index, phase] of PHASES.entries()) spent[phase] += sums[index] / 1000;
  }

  #epoch(epoch: number): MutableEpoch {
    let found = this.#epochs.get(epoch);
    if (!found) {
      const activities = { TypeScript: 0, training: 0, validation: 0 };
      found = { epoch, activities, threads: [] };
      this.#epochs.set(epoch, found);
    }
    return found;
  }
}

interface MutableEpoch extends TracedEpoch {
  readonly activities: Record<Activity, number>;
  readonly threads: { training: Record<Phase, number>; validation: Record<Phase, number> }[];
}

function noSeconds(): Record<Phase, number> {
  return { wait: 0, prepare: 0, compress: 0, augment: 0, forward: 0, backward: 0, update: 0 };
}
