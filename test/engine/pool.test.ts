import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compileModule } from "../../src/engine/instantiate.js";
import { LinearMemory } from "../../src/engine/linearMemory.js";
import { PLAN_BYTES, PLAN_FIELDS } from "../../src/engine/plan.js";
import { type RunOrder, WorkerPool } from "../../src/engine/pool.js";
import { resetTeam, teamBytes } from "../../src/engine/team.js";

const BUILD = { simd: "plain", memory: "shared" } as const;

async function startPool(threads: number): Promise<{ pool: WorkerPool; memory: LinearMemory }> {
  const memory = new LinearMemory("shared");
  const pool = await WorkerPool.start(await compileModule(BUILD), memory.memory, threads);
  onTestFinished(() => pool.terminate());
  return { pool, memory };
}

/** An order to run no steps: workers go in, meet once, and come out again. */
function emptyRun(
  memory: LinearMemory,
  threads: number,
  fields: Partial<Record<(typeof PLAN_FIELDS)[number], number>> = {},
): Omit<RunOrder, "kind"> {
  const plan = memory.allocate(PLAN_BYTES);
  const team = memory.allocate(teamBytes(threads));
  resetTeam(memory, team, threads);
  const view = memory.fields(plan, PLAN_BYTES);
  const written: typeof fields = { threads, team, ...fields };
  PLAN_FIELDS.forEach((name, index) => {
    view.setUint32(4 * index, written[name] ?? 0, true);
  });
  return { operation: "train", plan, first: 0, count: 0 };
}

/** Where there is no memory. */
const NOWHERE = 2 ** 32 - 2 ** 16;

test.each([1, 2, 5])("%i workers do what they are told, again and again", async (threads) => {
  const { pool, memory } = await startPool(threads);
  for (let time = 0; time < 20; time++) await pool.run(emptyRun(memory, threads));
  expect(pool.usable).toBe(true);
});

test("orders wait for their turn", async () => {
  const { pool, memory } = await startPool(2);
  const finished: number[] = [];
  await Promise.all(
    [0, 1, 2, 3].map(async (number) => {
      await pool.run(emptyRun(memory, 2));
      finished.push(number);
    }),
  );
  expect(finished).toEqual([0, 1, 2, 3]);
});

test.each([
  { name: "all workers fail", broken: (threads: number) => ({ threads, team: NOWHERE }) },
  // The first one traps while it shuffles; the others are waiting for it already.
  { name: "one fails", broken: () => ({ order: NOWHERE, samples: 2 }) },
])("when $name the order is rejected, and every later one", async ({ broken }) => {
  const { pool, memory } = await startPool(3);
  const failed = pool.run(emptyRun(memory, 3, broken(3)));
  const waiting = pool.run(emptyRun(memory, 3));
  const failure = {
    name: "EngineError",
    code: "unsupported-host",
    message:
      "a worker thread failed (RuntimeError: memory access out of bounds), expected it to run the kernels",
  };
  await expect(failed).rejects.toMatchObject(failure);
  await expect(waiting).rejects.toMatchObject(failure);
  await expect(pool.run(emptyRun(memory, 3))).rejects.toMatchObject(failure);
  expect(pool.usable).toBe(false);
});

test("workers that cannot be started are reported", async () => {
  const privateMemory = new LinearMemory("private");
  const started = WorkerPool.start(await compileModule(BUILD), privateMemory.memory, 2);
  await expect(started).rejects.toMatchObject({
    name: "EngineError",
    code: "unsupported-host",
    message:
      "a worker thread failed (DataCloneError: #<Memory> could not be cloned.), expected it to run the kernels",
  });
});

test("ending the workers rejects the order that they carry out, and those that wait", async () => {
  const { pool, memory } = await startPool(2);
  // Three are expected where two come: they wait for ever.
  const running = pool.run(emptyRun(memory, 2, { threads: 3 }));
  const waiting = pool.run(emptyRun(memory, 2));
  setTimeout(() => pool.terminate(), 20);
  await expect(running).rejects.toMatchObject({ name: "EngineError", code: "disposed" });
  await expect(waiting).rejects.toMatchObject({ code: "disposed" });
  await expect(pool.run(emptyRun(memory, 2))).rejects.toMatchObject({ code: "disposed" });
  expect(pool.usable).toBe(false);
});

test("a program that forgets to dispose of its model ends by itself", () => {
  const program = `
    import { createDataset, Mlp, perceptron } from "./build/index.js";
    const model = await Mlp.create({ architecture: perceptron(2, [8], 2, "tanh"), threads: 2 });
    const inputs = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1);
    const targets = { kind: "classes", labels: Uint8Array.of(0, 1, 1, 0), names: ["0", "1"] };
    const dataset = createDataset({ name: "xor", inputs, features: 2, targets });
    await model.fit(dataset, { epochs: 3, batchSize: 1 });
    console.log("trained");`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", program],
    // A process that hangs is killed, and then has no status.
    { cwd: join(import.meta.dirname, "../.."), encoding: "utf8", timeout: 20_000 },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "trained\n", stderr: "" });
});
