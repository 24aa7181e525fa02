import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Execution } from "../../src/engine/execution.js";
import { PLAN_BYTES } from "../../src/engine/plan.js";
import { runSteps } from "../../src/engine/run.js";
import { teamBytes } from "../../src/engine/team.js";
import { perceptron } from "../../src/model/architecture.js";
import { initialize } from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { Session } from "../../src/model/session.js";
import { noise } from "../support/datasets.js";
import { ONE_THREAD, PRIVATE } from "../support/execution.js";
import { PLAIN_LEARNING, setLearningRate } from "../support/learning.js";
import { countTurns } from "../support/turns.js";

afterEach(() => vi.restoreAllMocks());

const TWO_THREADS: Execution = { ...ONE_THREAD, threads: 2 };
const EXECUTIONS = [
  { name: "one worker", execution: ONE_THREAD },
  { name: "two workers", execution: TWO_THREADS },
  { name: "the calling thread", execution: PRIVATE },
];

/** One sample a step; so many that no machine is done with them before it is asked to stop. */
const MANY = 300_000;
const DATASET = noise(MANY);

async function createNetwork(execution: Execution): Promise<Network> {
  const network = await Network.create(perceptron(15, [20], 4, "tanh"), execution);
  onTestFinished(() => network.dispose());
  initialize(network, "glorot", 1);
  return network;
}

/** A session that trains on the first samples, one by one. */
async function createSession(network: Network, samples: number): Promise<Session> {
  const { inputs, targets, features } = DATASET;
  const session = await Session.create(
    network,
    {
      ...DATASET,
      inputs: inputs.subarray(0, samples * features),
      targets: { ...targets, labels: targets.labels.subarray(0, samples) },
      samples,
    },
    { batchSize: 1, order: "stored", learning: PLAIN_LEARNING },
  );
  setLearningRate(session, 0.01);
  onTestFinished(() => session.free());
  return session;
}

function parameters({ engine, layers }: Network): number[] {
  return layers.flatMap(({ weights, inputs, units, biases }) => [
    ...engine.memory.floats(weights, inputs * units),
    ...engine.memory.floats(biases, units),
  ]);
}

/** The parameters after the first `steps` steps. */
async function parametersAfter(steps: number): Promise<number[]> {
  const network = await createNetwork(ONE_THREAD);
  if (steps > 0) await (await createSession(network, steps)).run();
  return parameters(network);
}

describe.each(EXECUTIONS)("on $name", ({ execution }) => {
  test("ticks count the steps that are done, and what they came to is there", async () => {
    const network = await createNetwork(execution);
    const session = await createSession(network, 20_000);
    const ticks: { completed: number; loss: number }[] = [];
    await session.run({
      onTick: (completed) => ticks.push({ completed, loss: session.totals(0, completed).loss }),
    });
    const counts = ticks.map(({ completed }) => completed);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts.at(-1)).toBe(20_000);
    for (const { completed, loss } of ticks) expect(session.totals(0, completed).loss).toBe(loss);
  });

  test("a run may begin where another one ended", async () => {
    const network = await createNetwork(execution);
    const session = await createSession(network, 300);
    await session.run({ steps: 299 });
    const ticks: number[] = [];
    await session.run({ first: 299, onTick: (completed) => ticks.push(completed) });
    expect(ticks.at(-1)).toBe(300);
    expect(Math.min(...ticks)).toBeGreaterThanOrEqual(299);
    expect(parameters(network)).toEqual(await parametersAfter(300));
  });

  test("an abort ends the run after a whole step, with the signal's reason", async () => {
    const network = await createNetwork(execution);
    const controller = new AbortController();
    const reason = new Error("enough");
    let steps = 0;
    const running = (await createSession(network, MANY)).run({
      signal: controller.signal,
      onTick: (completed) => {
        controller.abort(reason);
        steps = completed;
      },
    });
    await expect(running).rejects.toBe(reason);
    // On workers a last tick tells of the step that was under way.
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(MANY);
    expect(parameters(network)).toEqual(await parametersAfter(steps));
  });

  test("an abort from outside does so too", async () => {
    const network = await createNetwork(execution);
    const session = await createSession(network, MANY);
    let steps = 0;
    const running = session.run({
      signal: AbortSignal.timeout(30),
      onTick: (completed) => {
        steps = completed;
      },
    });
    await expect(running).rejects.toMatchObject({ name: "TimeoutError" });
    expect(steps).toBeLessThan(MANY);
  });

  test("a signal that aborted before lets nothing run", async () => {
    const network = await createNetwork(execution);
    const onTick = vi.fn();
    const running = (await createSession(network, 10)).run({
      signal: AbortSignal.abort("before"),
      onTick,
    });
    await expect(running).rejects.toBe("before");
    expect(onTick).not.toHaveBeenCalled();
    expect(parameters(network)).toEqual(await parametersAfter(0));
  });

  test("what a tick throws ends the run, and the next one runs as ever", async () => {
    const network = await createNetwork(execution);
    const failure = new Error("the tick failed");
    const ticks: number[] = [];
    const running = (await createSession(network, MANY)).run({
      onTick: (completed) => {
        ticks.push(completed);
        throw failure;
      },
    });
    await expect(running).rejects.toBe(failure);
    expect(ticks.length).toBe(1);
    expect(ticks[0]).toBeLessThan(MANY);
    initialize(network, "glorot", 1);
    await (await createSession(network, 100)).run();
    expect(parameters(network)).toEqual(await parametersAfter(100));
  });
});

describe.each(EXECUTIONS.filter(({ execution }) => execution.memory === "shared"))(
  "on $name",
  ({ execution }) => {
    test("the calling thread neither computes nor waits", async () => {
      const network = await createNetwork(execution);
      const train = vi.spyOn(network.engine.kernels, "train");
      let turns = 0;
      const timer = setInterval(() => turns++, 5);
      const session = await createSession(network, 30_000);
      turns = 0;
      await session.run();
      clearInterval(timer);
      // Which takes a tenth of a second at least; a thread that waits has no turn.
      expect(turns).toBeGreaterThan(3);
      expect(train).not.toHaveBeenCalled();
    });

    test("a trap is reported, and fresh workers take over", async () => {
      const network = await createNetwork(execution);
      const { engine } = network;
      const failed = await engine.workers();
      const team = engine.memory.allocate(teamBytes(execution.threads));
      // There is no memory so far up.
      const plan = 2 ** 32 - 2 * PLAN_BYTES;
      const running = runSteps(engine, { operation: "train", plan, team, steps: 1 });
      await expect(running).rejects.toMatchObject({
        name: "EngineError",
        code: "unsupported-host",
        message: expect.stringMatching(/^a worker thread failed \(.*out of bounds\), expected /),
      });
      await (await createSession(network, 100)).run();
      expect(await engine.workers()).not.toBe(failed);
      expect(parameters(network)).toEqual(await parametersAfter(100));
    });

    test("disposing of the network while it runs ends the run", async () => {
      const network = await createNetwork(execution);
      const running = (await createSession(network, MANY)).run();
      setTimeout(() => network.dispose(), 30);
      await expect(running).rejects.toMatchObject({ name: "EngineError", code: "disposed" });
    });

    test("runs at the same time take turns", async () => {
      const network = await createNetwork(execution);
      const sessions = await Promise.all(
        [100, 50, 80].map((samples) => createSession(network, samples)),
      );
      await Promise.all(sessions.map((session) => session.run()));
      const alone = await createNetwork(execution);
      for (const samples of [100, 50, 80]) await (await createSession(alone, samples)).run();
      expect(parameters(network)).toEqual(parameters(alone));
    });
  },
);

test("without shared memory other tasks have their turn in the midst of a step that takes long", async () => {
  const network = await createNetwork(PRIVATE);
  const options = { batchSize: 1000, order: "stored", learning: PLAIN_LEARNING } as const;
  const session = await Session.create(network, noise(1000), options);
  onTestFinished(() => session.free());
  setLearningRate(session, 0.01);
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 17));
  const turns = await countTurns(() => session.run());
  expect(session.steps).toBe(1);
  // 32 chunks of rows alone, forward and back.
  expect(turns).toBeGreaterThan(32);
});
