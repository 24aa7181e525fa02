import { expect, test } from "vitest";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { enableRelaxedSimd } from "../../src/node/relaxedSimd.js";
import { encodeTrace, PHASES, Trace, type TraceEvent, traceEvents } from "../../src/trace/index.js";
import { noise } from "../support/datasets.js";

enableRelaxedSimd();

const DATASET = noise(200);
const OPTIONS = { epochs: 3, batchSize: 16, seed: 1, validation: noise(40) };

type Span = Extract<TraceEvent, { ph: "X" }>;

async function train(threads: number, simd: "plain" | "relaxed", trace?: Trace) {
  const architecture = perceptron(15, [33, 9], 4, "tanh");
  using model = await Mlp.create({ architecture, threads, simd, seed: 1 });
  const { epochs } = await model.fit(DATASET, { ...OPTIONS, ...(trace && { trace }) });
  return {
    file: model.save(),
    losses: epochs.map(({ loss, validationLoss }) => [loss, validationLoss]),
  };
}

function spansOf(trace: Trace): Span[] {
  return [...traceEvents(trace)].filter((event): event is Span => event.ph === "X");
}

test.each([
  [1, "plain"],
  [2, "plain"],
  [3, "relaxed"],
] as const)("%i threads, %s SIMD: a traced run ends with the same bits", async (threads, simd) => {
  expect(await train(threads, simd, new Trace())).toEqual(await train(threads, simd));
});

test("the events of a thread follow each other without a gap in a call and never overlap", async () => {
  const trace = new Trace();
  await train(2, "plain", trace);
  const events = [...traceEvents(trace)];
  const names = events.flatMap(({ ph, name, tid, args }) =>
    ph === "M" && name === "thread_name" ? [[tid, args.name]] : [],
  );
  expect(names).toEqual([
    [0, "TypeScript"],
    [1, "thread 0"],
    [2, "thread 1"],
  ]);
  const spans = spansOf(trace);
  const ends = new Map<number, number>();
  for (const { ts, dur, tid } of spans) {
    expect(dur).toBeGreaterThanOrEqual(0);
    // As readers compute it: half a digit of rounding too much, and the next span would lie within this one.
    expect(ts).toBeGreaterThanOrEqual(ends.get(tid) ?? 0);
    ends.set(tid, ts + dur);
  }
  expect(new Set(ends.keys())).toEqual(new Set([0, 1, 2]));
  const known = [...PHASES, "TypeScript", "training (threads)", "validation (threads)"];
  expect(known).toEqual(expect.arrayContaining([...new Set(spans.map(({ name }) => name))]));
  expect(new Set(spans.map(({ args }) => args.epoch))).toEqual(new Set([1, 2, 3]));
});

test("the file is one of the Trace Event Format, to the letter", async () => {
  const trace = new Trace();
  await train(2, "plain", trace);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(encodeTrace(trace));
  const file = JSON.parse(text);
  expect(Object.keys(file)).toEqual(["displayTimeUnit", "traceEvents"]);
  expect(file.displayTimeUnit).toBe("ms");
  const named = new Set<number>();
  let hasBegun = false;
  for (const event of file.traceEvents) {
    const { ph, pid, tid, name, args } = event;
    expect([pid, tid].every(Number.isInteger)).toBe(true);
    if (ph === "M") {
      expect(hasBegun).toBe(false);
      expect(Object.keys(event)).toEqual(["ph", "name", "pid", "tid", "args"]);
      const [key] = Object.keys(args);
      expect({ name, key, type: typeof args[key] }).toEqual(
        name === "thread_sort_index"
          ? { name, key: "sort_index", type: "number" }
          : { name: expect.stringMatching(/^(process|thread)_name$/), key: "name", type: "string" },
      );
      if (name === "thread_name") named.add(tid);
      continue;
    }
    hasBegun = true;
    expect(Object.keys(event)).toEqual(["ph", "name", "cat", "pid", "tid", "ts", "dur", "args"]);
    expect(ph).toBe("X");
    expect(typeof name).toBe("string");
    expect(event.cat).toMatch(/^(main|training|validation)$/);
    expect(named).toContain(tid);
    // Whole nanoseconds, which is what Perfetto keeps.
    for (const time of [event.ts, event.dur]) {
      expect(Number.isInteger(1000 * time) && time >= 0 && time < 1e9).toBe(true);
    }
  }
  expect(file.traceEvents).toEqual([...traceEvents(trace)]);
});

test("every step of every thread is there", async () => {
  const trace = new Trace();
  await train(1, "plain", trace);
  const steps = OPTIONS.epochs * Math.ceil(DATASET.samples / OPTIONS.batchSize);
  const own = spansOf(trace).filter(({ tid, cat }) => tid === 1 && cat === "training");
  expect(own.filter(({ name }) => name === "update")).toHaveLength(steps);
  expect(own.filter(({ name }) => name === "backward").length).toBeGreaterThanOrEqual(steps);
  const validation = spansOf(trace).filter(({ tid, cat }) => tid === 1 && cat === "validation");
  expect(validation.map(({ name }) => name)).toContain("forward");
  expect(validation.map(({ name }) => name)).not.toContain("update");
});

test("who waits for nobody has no time of waiting", async () => {
  const alone = new Trace();
  await train(1, "plain", alone);
  expect(spansOf(alone).map(({ name }) => name)).not.toContain("wait");
  expect(alone.epochs.map(({ threads }) => threads[0].training.wait)).toEqual([0, 0, 0]);
  // Of two threads one is the last at every barrier and goes on at once, the other has waited.
  const both = new Trace();
  await train(2, "plain", both);
  const waits = spansOf(both).filter(({ name }) => name === "wait").length;
  const steps = OPTIONS.epochs * Math.ceil(DATASET.samples / OPTIONS.batchSize);
  expect(waits).toBeGreaterThanOrEqual(steps);
});

test("sums are those of the spans, and threads take no longer than the epoch", async () => {
  const trace = new Trace();
  await train(2, "plain", trace);
  expect(trace.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  for (const { epoch, activities, threads } of trace.epochs) {
    expect(threads).toHaveLength(2);
    for (const [thread, { training }] of threads.entries()) {
      for (const phase of PHASES) {
        const microseconds = spansOf(trace)
          .filter(
            ({ tid, cat, name }) => tid === thread + 1 && cat === "training" && name === phase,
          )
          .filter(({ args }) => args.epoch === epoch)
          .reduce((sum, { dur }) => sum + dur, 0);
        expect(training[phase]).toBeCloseTo(microseconds / 1e6, 5);
      }
      const busy = Object.values(training).reduce((sum, seconds) => sum + seconds, 0);
      // Clocks of threads agree to some microseconds.
      expect(busy).toBeLessThan(activities.training + 1e-3);
    }
  }
});

test("beyond the limit spans are counted and summed, not kept", async () => {
  const whole = new Trace();
  await train(1, "plain", whole);
  const trace = new Trace({ spans: 1 });
  await train(1, "plain", trace);
  const kept = spansOf(trace).filter(({ tid }) => tid === 1);
  expect(new Set(kept.map(({ args }) => args.epoch))).toEqual(new Set([1]));
  expect(trace.droppedSpans).toBeGreaterThan(0);
  expect(whole.droppedSpans).toBe(0);
  expect(trace.epochs[2].threads[0].training.update).toBeGreaterThan(0);
});
