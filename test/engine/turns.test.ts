import { setImmediate as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { Turns } from "../../src/engine/turns.js";

/** Begins and ends are told to `log`; the work ends when `finish` is called. */
function work(name: string, log: string[]): { start: () => Promise<string>; finish: () => void } {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const start = async () => {
    log.push(`${name} begins`);
    await finished;
    log.push(`${name} ends`);
    return name;
  };
  return { start, finish };
}

test("those who share work side by side, one who is alone waits for them and is waited for", async () => {
  const turns = new Turns();
  const log: string[] = [];
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => work(name, log));
  const all = [
    turns.together(a.start),
    turns.together(b.start),
    turns.alone(c.start),
    turns.together(d.start),
  ];
  for (const { finish } of [d, b, c, a]) {
    await pause();
    log.push("-");
    finish();
  }
  expect(await Promise.all(all)).toEqual(["a", "b", "c", "d"]);
  expect(log.join(", ")).toBe(
    "a begins, b begins, -, -, b ends, -, -, a ends, c begins, c ends, d begins, d ends",
  );
});

test("whoever fails makes room for the next", async () => {
  const turns = new Turns();
  const fail = () => Promise.reject(new Error("failed"));
  const failures = [turns.alone(fail), turns.together(fail), turns.alone(fail)];
  const last = turns.together(async () => "done");
  for (const failure of failures) await expect(failure).rejects.toThrow("failed");
  expect(await last).toBe("done");
});
