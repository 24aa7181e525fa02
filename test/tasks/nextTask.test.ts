import { afterEach, expect, test, vi } from "vitest";
import { nextTask } from "../../src/tasks/nextTask.js";

afterEach(() => vi.unstubAllGlobals());

/** Resolves to the names of what happened, in order, around one `nextTask`. */
async function order(): Promise<string[]> {
  const events: string[] = [];
  const next = nextTask().then(() => events.push("next task"));
  void Promise.resolve().then(() => events.push("microtask"));
  events.push("this task");
  await next;
  return events;
}

test("it resolves in a later task, after whatever this one still has to do", async () => {
  expect(await order()).toEqual(["this task", "microtask", "next task"]);
});

test("it does so without setImmediate too, as in browsers", async () => {
  vi.stubGlobal("setImmediate", undefined);
  expect(await order()).toEqual(["this task", "microtask", "next task"]);
});

test.each(["with setImmediate", "without"])("timers get their turn, %s", async (host) => {
  if (host === "without") vi.stubGlobal("setImmediate", undefined);
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 0);
  let turns = 0;
  while (!fired && turns < 1e6) {
    await nextTask();
    turns++;
  }
  expect(fired).toBe(true);
});
