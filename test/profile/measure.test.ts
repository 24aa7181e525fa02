import { expect, test } from "vitest";
import { isSteady, measure, samplesOf } from "../../src/profile/measure.js";

const timer = { resolution: 0.001, batch: 2 };

test("times that have stopped falling are steady, those that fall are not", () => {
  expect(isSteady([9, 5, 5, 5, 5, 5, 5, 5])).toBe(true);
  expect(isSteady([9, 9, 9, 9, 9, 9, 9, 5])).toBe(false);
  expect(isSteady([5, 5, 5])).toBe(false);
});

test("the fastest of each sample and of each pass", () => {
  // Two passes of three samples.
  expect(samplesOf([5, 6, 7, 8, 4, 9], 3)).toEqual({ times: [5, 4, 7], passes: [5, 4] });
  expect(samplesOf([5, 6], 2)).toEqual({ times: [5, 6], passes: [5] });
});

test("what gets faster by itself is not measured before it has", async () => {
  // Replaced by an optimised version after 20 calls.
  let called = 0;
  const instance = {
    sample: (calls: number) => {
      const time = called < 20 ? calls : 0.1 * calls;
      called += calls;
      return time;
    },
  };
  const [{ times, calls, isWarm }] = await measure([[instance]], { timer, rounds: 9 });
  expect(times).toHaveLength(9);
  expect(new Set(times.map((time) => time.toFixed(6)))).toEqual(new Set(["0.100000"]));
  expect(calls * 0.1).toBeGreaterThanOrEqual(timer.batch);
  expect(isWarm).toBe(true);
});

test("what goes on getting faster until that is given up, or is too slow to tell, is not warm", async () => {
  let faster = 1000;
  const falling = {
    sample: (calls: number) => {
      faster *= 0.95;
      return faster * calls;
    },
  };
  const taking = (time: number) => ({ sample: (calls: number) => time * calls });
  const subjects = [[falling], [taking(1000)], [taking(100)], [taking(100), taking(1000)]];
  const found = await measure(subjects, { timer, rounds: 5 });
  expect(found.map(({ isWarm }) => isWarm)).toEqual([false, false, true, false]);
});

test("samples are taken in turns, and fewer of what takes long", async () => {
  const order: string[] = [];
  const subject = (name: string, time: number) => [
    {
      sample: (calls: number) => {
        if (calls > 1 || time > timer.batch) order.push(name);
        return time * calls;
      },
    },
  ];
  const [fast, medium, slow] = await measure(
    [subject("fast", 1), subject("medium", 30), subject("slow", 300)],
    { timer, rounds: 6 },
  );
  expect(fast.times).toHaveLength(6);
  expect(fast.passes).toHaveLength(5);
  expect([medium.times.length, medium.passes.length]).toEqual([6, 2]);
  expect([slow.times.length, slow.passes.length]).toEqual([5, 1]);
  const passes = [
    `${"fast medium slow ".repeat(5)}fast medium`,
    "fast medium ".repeat(6).trim(),
    ...Array.from({ length: 3 }, () => "fast ".repeat(6).trim()),
  ];
  expect(order.slice(-17 - 12 - 18).join(" ")).toBe(passes.join(" "));
});

test("whole samples are taken of one instance after the other", async () => {
  const instance = (time: number) => ({ sample: (calls: number) => time * calls });
  const [{ times, calls }] = await measure([[instance(2), instance(3)]], { timer, rounds: 5 });
  expect(times).toEqual([2, 3, 2, 3, 2]);
  expect(calls).toBe(1);
});

test("rounds that are over too soon are gone through again, and the fastest counts", async () => {
  let sampled = 0;
  // Every seventh batch is spared by the noise.
  const instance = { sample: (calls: number) => (sampled++ % 7 === 0 ? 5 : 10) * calls };
  const [once] = await measure([[instance]], { timer, rounds: 9 });
  expect(new Set(once.times)).toEqual(new Set([5, 10]));
  const [often] = await measure([[instance]], { timer, rounds: 9, roundTime: 10 });
  expect(often.times).toEqual(Array.from({ length: 9 }, () => 5));
  expect(often.passes).toEqual(Array.from({ length: 5 }, () => 5));
});

/** Subjects that spend a clock's time: what their calls take, and what they wait for before. */
function slowMachine({ subjects, call, wait }: Record<"subjects" | "call" | "wait", number>) {
  let now = 0;
  const instance = {
    sample: (calls: number) => {
      now += wait + calls * call;
      return calls * call;
    },
  };
  return { clock: () => now, subjects: Array.from({ length: subjects }, () => [instance]) };
}

test.each([
  { what: "calls that are slow", call: 20, wait: 0 },
  { what: "threads that wait for a core", call: 0.05, wait: 20 },
  { what: "calls beyond all measure", call: 500, wait: 0 },
])("it ends within the limit, and says what was not measured in full: $what", async (times) => {
  const { clock, subjects } = slowMachine({ subjects: 100, ...times });
  const limit = 25_000;
  const found = await measure(subjects, { timer, rounds: 12, limit, clock });
  // Each is called once at least, and so often that a batch is long enough for the clock while there is time.
  const once = subjects.length * (times.call + times.wait);
  expect(clock()).toBeLessThan(
    Math.max(limit + 2 * (times.call + times.wait + timer.batch), 2 * once),
  );
  for (const { times: all, passes, isComplete } of found) {
    expect(Math.min(all.length, passes.length)).toBeGreaterThan(0);
    for (const time of [...all, ...passes]) expect(time).toBeCloseTo(times.call, 9);
    expect(isComplete).toBe(false);
  }
});

test("after three passes none is begun that would not end within the limit", async () => {
  const { clock, subjects } = slowMachine({ subjects: 1, call: 1, wait: 0 });
  const [free] = await measure(subjects, { timer, rounds: 5, clock });
  expect(free).toMatchObject({ isComplete: true, passes: [1, 1, 1, 1, 1] });
  // A pass takes 20 ms, of all five and of warming up.
  const limit = clock() - 1.5 * 20;
  const second = slowMachine({ subjects: 1, call: 1, wait: 0 });
  const [short] = await measure(second.subjects, {
    ...{ timer, rounds: 5, limit },
    clock: second.clock,
  });
  expect(short).toMatchObject({ isComplete: true, times: [1, 1, 1, 1, 1], passes: [1, 1, 1] });
});

test("what is measured within the limit is complete, also where fewer passes are", async () => {
  const { clock, subjects } = slowMachine({ subjects: 10, call: 30, wait: 0 });
  const found = await measure(subjects, { timer, rounds: 6, limit: 25_000, clock });
  for (const { isComplete, passes } of found) {
    expect({ isComplete, passes: passes.length }).toEqual({ isComplete: true, passes: 2 });
  }
});

test("where everything is slow no round is gone through for nothing", async () => {
  const { clock, subjects } = slowMachine({ subjects: 1, call: 100, wait: 0 });
  // The clock stands still while nothing is called: this would not end.
  const [{ times }] = await measure(subjects, { timer, rounds: 5, roundTime: 1e6, clock });
  expect(times).toHaveLength(5);
});

test("a call that is not counted goes before each sample of several, while others have had the caches", async () => {
  const asked: number[] = [];
  const subject = {
    // The first call after another subject's takes ten times as long.
    sample: (calls: number) => {
      const isCold = other > 0;
      other = 0;
      asked.push(calls);
      return calls + (isCold ? 9 : 0);
    },
  };
  let other = 0;
  const disturbing = {
    sample: (calls: number) => {
      other++;
      return calls;
    },
  };
  const [{ times, calls }] = await measure([[subject], [disturbing]], { timer, rounds: 9 });
  expect(calls).toBeGreaterThan(1);
  expect(new Set(times)).toEqual(new Set([1]));
  expect(asked.slice(-4)).toEqual([1, calls, 1, calls]);
});

test("a signal ends it", async () => {
  const stop = new AbortController();
  const subject = { sample: (calls: number) => calls };
  const onProgress = () => stop.abort(new Error("stopped"));
  const running = measure([[subject]], { timer, rounds: 9, signal: stop.signal, onProgress });
  await expect(running).rejects.toThrow("stopped");
});
