import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { meet } from "../../src/profile/gate.js";

const counter = () => new Int32Array(new SharedArrayBuffer(4));

test("the last to come waits for nobody, who waits in vain goes on", () => {
  const arrived = counter();
  expect(meet({ arrived, all: 2 }, 1)).toBe(false);
  expect(meet({ arrived, all: 2 }, 0)).toBe(true);
  // The next time they meet there.
  expect(meet({ arrived, all: 4 }, 1)).toBe(false);
  expect(meet({ arrived, all: 4 }, 0)).toBe(true);
});

test("a thread goes on when another one comes", async () => {
  const arrived = counter();
  const program = `
    const { parentPort, workerData } = require("node:worker_threads");
    parentPort.postMessage("here");
    Atomics.add(workerData, 0, 1);`;
  const worker = new Worker(program, { eval: true, workerData: arrived });
  await once(worker, "message");
  expect(meet({ arrived, all: 2 }, 60_000)).toBe(true);
  await worker.terminate();
});
