/**
 * A thread of test/assembly/barrier.test.ts: goes through rounds with the others, in each of which
 * it claims chunks and then waits at the barrier.
 */
import { parentPort, workerData } from "node:worker_threads";

const { module, memory, team, stopping, marks, claims } = workerData;
const { threads, thread, spins, rounds, count } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });

/** The round that each thread is in; read and written without atomics, as kernels do. */
const inRound = new Int32Array(memory.buffer, marks, threads);
/** How often each chunk of each round was claimed. */
const claimed = new Int32Array(memory.buffer, claims, rounds * count);
const stop = new Int32Array(memory.buffer, stopping, 1);

let violations = 0;
let round = 0;
do {
  round++;
  inRound[thread] = round;
  for (;;) {
    const chunk = exports.claim(team, thread, threads, count);
    if (chunk === count) break;
    Atomics.add(claimed, (round - 1) * count + chunk, 1);
  }
  exports.barrier(team, threads, spins);
  // Whoever is ahead has passed this barrier too, and waits at the next one.
  violations += inRound.filter((other) => other !== round && other !== round + 1).length;
} while (round < rounds && stop[0] === 0);

parentPort.postMessage({ violations, rounds: round });
