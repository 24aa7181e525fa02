/**
 * A trace in Chrome's format, which Perfetto (ui.perfetto.dev), Chromium's developer tools and chrome://tracing open:
 * complete events ("X") with microseconds, one track for each thread ("Trace Event Format", Google, 2016).
 */
import { PHASES } from "./recorder.js";
import type { Trace } from "./trace.js";

/** The one process of the trace; the calling thread is 0 and thread n of the run n + 1. */
const PROCESS = 1;

/** Microseconds at which a trace begins: Chromium's developer tools take 0 for a time that is missing. */
const BEGIN = 1;

/** Lines of JSON in a piece: enough for few pieces, few enough for no giant strings. */
const PIECE = 10_000;

/** The bytes of a trace.json. */
export function encodeTrace(trace: Trace): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  let lines: string[] = [];
  let separator = "";
  const flush = () => {
    if (lines.length === 0) return;
    pieces.push(encoder.encode(separator + lines.join(",\n")));
    separator = ",\n";
    lines = [];
  };
  pieces.push(encoder.encode('{"displayTimeUnit":"ms","traceEvents":[\n'));
  for (const event of traceEvents(trace)) {
    lines.push(JSON.stringify(event));
    if (lines.length === PIECE) flush();
  }
  flush();
  pieces.push(encoder.encode("\n]}\n"));
  return concatenate(pieces);
}

/** An event of the format. */
export type TraceEvent =
  | {
      /** The format's letter for its kind: "M" names a track, "X" is a span on one. */
      readonly ph: "M";
      /** What is named, or what the thread did. */
      readonly name: "process_name" | "thread_name" | "thread_sort_index";
      /** The process, always 1. */
      readonly pid: number;
      /** The track: 0 is the calling thread, n + 1 thread n of the run. */
      readonly tid: number;
      /** What goes with it. */
      readonly args: Readonly<Record<string, string | number>>;
    }
  | {
      /** The format's letter for its kind: "M" names a track, "X" is a span on one. */
      readonly ph: "X";
      /** What is named, or what the thread did. */
      readonly name: string;
      /** Whether the span is of training, of validation, or of the calling thread. */
      readonly cat: string;
      /** The process, always 1. */
      readonly pid: number;
      /** The track: 0 is the calling thread, n + 1 thread n of the run. */
      readonly tid: number;
      /** Microseconds on the trace's clock, which begins at 1. */
      readonly ts: number;
      /** Microseconds that it lasted. */
      readonly dur: number;
      /** What goes with it. */
      readonly args: {
        /** The epoch, counted from 1. */
        readonly epoch: number;
      };
    };

/** The events one by one: names, then the calling thread, then what each thread did. */
export function* traceEvents(trace: Trace): Generator<TraceEvent> {
  const { activities, recordings } = trace;
  const threads = Math.max(0, ...trace.epochs.map((epoch) => epoch.threads.length));
  const names = ["TypeScript", ...Array.from({ length: threads }, (_, n) => `thread ${n}`)];
  yield { ph: "M", name: "process_name", pid: PROCESS, tid: 0, args: { name: "wasmlp" } };
  for (const [tid, name] of names.entries()) {
    yield { ph: "M", name: "thread_name", pid: PROCESS, tid, args: { name } };
    yield { ph: "M", name: "thread_sort_index", pid: PROCESS, tid, args: { sort_index: tid } };
  }
  const zero = activities[0]?.start ?? 0;
  // Of the rounded times: spans side by side must not overlap.
  const span = (start: number, end: number) => {
    const ts = BEGIN + microseconds(start - zero);
    return { ts, dur: BEGIN + microseconds(end - zero) - ts };
  };
  for (const { activity, epoch, start, end } of activities) {
    const name = activity === "TypeScript" ? activity : `${activity} (threads)`;
    const args = { epoch };
    yield { ph: "X", name, cat: "main", pid: PROCESS, tid: 0, ...span(start, end), args };
  }
  for (const { thread, activity: cat, epoch, origin, times, phases, end: last } of recordings) {
    const args = { epoch };
    const tid = thread + 1;
    for (let index = 0; index < times.length; index++) {
      const end = index + 1 < times.length ? times[index + 1] : last;
      const name = PHASES[phases[index]];
      const when = span(origin + times[index], origin + end);
      yield { ph: "X", name, cat, pid: PROCESS, tid, ...when, args };
    }
  }
}

/** Eighths of a microsecond: less than what clocks tell, and such that ts + dur is exact, as readers compute it. */
function microseconds(milliseconds: number): number {
  return Math.round(8000 * milliseconds) / 8;
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
