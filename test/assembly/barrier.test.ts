import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { compileModule } from "../../src/engine/instantiate.js";
import type { Pointer } from "../../src/engine/kernels.js";
import { requestStop, resetTeam, teamBytes } from "../../src/engine/team.js";
import { engine, kernels, memory } from "../support/kernels.js";

/** Offset of what the last barrier passed on, a constant of assembly/barrier.ts. */
const STOPPING = 256;

/** A team that is ready for a run. */
function createTeam(threads: number): Pointer {
  const team = memory.allocate(teamBytes(threads));
  resetTeam(memory, team, threads);
  onTestFinished(() => memory.free(team));
  return team;
}

/** Which chunk thread `thread` is to get; takes it out of `shares`, what is left of each share. */
function nextOf(shares: number[][], thread: number): number | undefined {
  const inTurn = [...shares.slice(thread), ...shares.slice(0, thread)];
  return inTurn.find((share) => share.length > 0)?.shift();
}

/** Thread t's share of `count` chunks: from count·t/threads to count·(t + 1)/threads − 1. */
function shareOut(count: number, threads: number): number[][] {
  const start = (thread: number) => Math.floor((count * thread) / threads);
  return Array.from({ length: threads }, (_, thread) =>
    Array.from({ length: start(thread + 1) - start(thread) }, (_, index) => start(thread) + index),
  );
}

/** The module without threads is told of one only. */
const MOST_THREADS = engine.execution.memory === "shared" ? 8 : 1;

test("each thread claims its own share first, then what is left of the next ones'", () => {
  const team = createTeam(8);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MOST_THREADS }),
      fc.integer({ min: 0, max: 40 }),
      fc.array(fc.nat({ max: 7 }), { maxLength: 80 }),
      (threads, count, turns) => {
        resetTeam(memory, team, threads);
        const shares = shareOut(count, threads);
        for (const turn of turns) {
          const thread = turn % threads;
          const claimed = kernels.claim(team, thread, threads, count);
          expect(claimed).toBe(nextOf(shares, thread) ?? count);
        }
      },
    ),
  );
});

test("after a barrier all is to be claimed again", () => {
  const team = createTeam(1);
  const claimAll = () => Array.from({ length: 5 }, () => kernels.claim(team, 0, 1, 3));
  expect(claimAll()).toEqual([0, 1, 2, 3, 3]);
  kernels.barrier(team, 1, 0);
  expect(claimAll()).toEqual([0, 1, 2, 3, 3]);
});

describe.runIf(engine.execution.memory === "shared")("workers", () => {
  interface Rounds {
    readonly threads: number;
    readonly spins: number;
    readonly rounds: number;
    /** Chunks of a round. */
    readonly count: number;
  }

  interface Outcome {
    /** How often a thread was past a barrier that another had not reached. */
    readonly violations: number;
    /** Rounds that the thread went through. */
    readonly rounds: number;
  }

  /** Has threads go through rounds together; `whileRunning` may ask them to stop. */
  async function runRounds(
    options: Rounds,
    whileRunning: (team: Pointer) => Promise<void> = async () => undefined,
  ): Promise<{ outcomes: Outcome[]; claims: Int32Array }> {
    const { threads, rounds, count } = options;
    const team = createTeam(threads);
    const marks = memory.allocate(threads * 4);
    const claims = memory.allocate(rounds * count * 4);
    memory.integers(marks, threads).fill(0);
    memory.integers(claims, rounds * count).fill(0);
    const module = await compileModule(engine.execution);
    const finished = Array.from({ length: threads }, (_, thread) => {
      const worker = new Worker(new URL("../support/barrierWorker.mjs", import.meta.url), {
        workerData: {
          ...options,
          ...{ module, memory: memory.memory, thread },
          ...{ team, marks, claims, stopping: team + STOPPING },
        },
      });
      onTestFinished(async () => void (await worker.terminate()));
      return new Promise<Outcome>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    });
    await whileRunning(team);
    const outcomes = await Promise.all(finished);
    return { outcomes, claims: memory.integers(claims, rounds * count).slice() };
  }

  test.each([
    { threads: 2, spins: 0 },
    { threads: 2, spins: 200_000 },
    { threads: 3, spins: 50 },
    { threads: 7, spins: 0 },
    { threads: 7, spins: 100 },
  ])(
    "$threads that spin $spins times leave no barrier before all have come, and share the chunks",
    async ({ threads, spins }) => {
      const rounds = 300;
      const { outcomes, claims } = await runRounds({ threads, spins, rounds, count: 11 });
      expect(outcomes).toEqual(Array.from({ length: threads }, () => ({ violations: 0, rounds })));
      expect(
        claims.every((times) => times === 1),
        "each chunk once",
      ).toBe(true);
    },
  );

  test("that are asked to stop do so after the same round", async () => {
    const options = { threads: 3, spins: 100, rounds: 1_000_000_000, count: 0 };
    const { outcomes } = await runRounds(options, async (team) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      requestStop(memory, team);
    });
    expect(new Set(outcomes.map(({ rounds }) => rounds)).size).toBe(1);
    expect(outcomes[0].rounds).toBeLessThan(options.rounds);
  });
});
