import { expect, test } from "vitest";
import { isSteady, measure } from "../../src/profile/measure.js";

const timer = { resolution: 0.001, batch: 2 };

test("times that have stopped falling are steady, those that fall are not", () => {
  expect(isSteady([9, 5, 5, 5, 5, 5, 5, 5])).toBe(true);
  expect(isSteady([9, 9, 9, 9, 9, 9, 9, 5])).toBe(false);
  expect(isSteady([5, 5, 5])).toBe(false);
});

test("what gets faster by itself is not measured before it has", async () => {
  // Replaced by an optimised version after 20 calls.
  let called = 0;
  const subject = {
    sample: (calls: number) => {
      const time = called < 20 ? calls : 0.1 * calls;
      called += calls;
      return time;
    },
  };
  const [{ times, calls }] = await measure([subject], { timer, rounds: 9 });
  expect(times).toHaveLength(9);
  expect(new Set(times.map((time) => time.toFixed(6)))).toEqual(new Set(["0.100000"]));
  expect(calls * 0.1).toBeGreaterThanOrEqual(timer.batch);
});

test("samples are taken in turns, and fewer of what takes long", async () => {
  const order: string[] = [];
  const subject = (name: string, time: number) => ({
    sample: (calls: number) => {
      if (calls > 1 || time > timer.batch) order.push(name);
      return time * calls;
    },
  });
  const [fast, slow] = await measure([subject("fast", 1), subject("slow", 300)], {
    timer,
    rounds: 9,
  });
  expect(fast.times).toHaveLength(9);
  expect(slow.times).toHaveLength(5);
  expect(order.slice(-14).join(" ")).toBe(`${"fast slow ".repeat(5)}fast fast fast fast`);
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
  const [{ times, calls }] = await measure([subject, disturbing], { timer, rounds: 9 });
  expect(calls).toBeGreaterThan(1);
  expect(new Set(times)).toEqual(new Set([1]));
  expect(asked.slice(-4)).toEqual([1, calls, 1, calls]);
});

test("a signal ends it", async () => {
  const stop = new AbortController();
  const subject = { sample: (calls: number) => calls };
  const onProgress = () => stop.abort(new Error("stopped"));
  const running = measure([subject], { timer, rounds: 9, signal: stop.signal, onProgress });
  await expect(running).rejects.toThrow("stopped");
});
