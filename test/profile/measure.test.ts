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
      order.push(name);
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

test("a signal ends it", async () => {
  const stop = new AbortController();
  const subject = { sample: (calls: number) => calls };
  const onProgress = () => stop.abort(new Error("stopped"));
  const running = measure([subject], { timer, rounds: 9, signal: stop.signal, onProgress });
  await expect(running).rejects.toThrow("stopped");
});
