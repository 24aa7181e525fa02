import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDataset, type Dataset, sliceDataset } from "../../src/data/dataset.js";
import type { Execution } from "../../src/engine/execution.js";
import { OptionError } from "../../src/errors.js";
import { perceptron } from "../../src/model/architecture.js";
import { initialize } from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { Session, type SessionOptions } from "../../src/model/session.js";
import { Matrix } from "../../src/reference/matrix.js";
import { forward } from "../../src/reference/network.js";
import { noise } from "../support/datasets.js";
import { ONE_THREAD, PRIVATE } from "../support/execution.js";
import { PLAIN_LEARNING, setLearningRate } from "../support/learning.js";

const EVALUATION: SessionOptions = { batchSize: 8, order: "stored" };
const TRAINING: SessionOptions = { ...EVALUATION, learning: PLAIN_LEARNING };

const EXECUTIONS: { name: string; execution: Execution }[] = [
  { name: "on this thread", execution: PRIVATE },
  { name: "on a worker", execution: ONE_THREAD },
  { name: "on three workers", execution: { ...ONE_THREAD, threads: 3 } },
];

describe.each(EXECUTIONS)("$name", ({ execution }) => {
  const dataset = noise(53);
  let network: Network;

  beforeEach(async () => {
    network = await Network.create(perceptron(15, [7], 4, "tanh"), execution);
    initialize(network, "lecun", 4);
  });
  afterEach(() => network.dispose());

  /** Each sample's probabilities, by the reference. */
  function probabilities({ inputs, samples, features }: Dataset): Matrix {
    const { memory } = network.engine;
    const layers = network.layers.map(({ inputs: rows, units, weights, biases, activation }) => ({
      weights: new Matrix(rows, units, Float64Array.from(memory.floats(weights, rows * units))),
      biases: new Matrix(1, units, Float64Array.from(memory.floats(biases, units))),
      activation,
    }));
    const values = Float64Array.from(inputs, (byte) => byte / 255);
    return forward(layers, new Matrix(samples, features, values))[layers.length];
  }

  function parameters(): Float32Array[] {
    const { memory } = network.engine;
    return network.layers.flatMap(({ inputs, units, weights, biases }) => [
      memory.floats(weights, inputs * units).slice(),
      memory.floats(biases, units).slice(),
    ]);
  }

  test("a pass has as many steps as it takes, the last one of what is left", async () => {
    const steps = async (batchSize: number) => {
      const session = await Session.create(network, dataset, { ...EVALUATION, batchSize });
      const result = [session.steps, session.batchSize];
      session.free();
      return result;
    };
    expect(await steps(8)).toEqual([7, 8]);
    expect(await steps(53)).toEqual([1, 53]);
    expect(await steps(52)).toEqual([2, 52]);
    expect(await steps(1)).toEqual([53, 1]);
    expect(await steps(2 ** 31 - 1)).toEqual([1, 53]);
  });

  test("evaluation gives each sample's loss and most likely class, and changes nothing", async () => {
    const before = parameters();
    const p = probabilities(dataset);
    const { labels } = dataset.targets;
    for (const batchSize of [1, 8, 53]) {
      const session = await Session.create(network, dataset, { ...EVALUATION, batchSize });
      await session.run();
      const predicted = session.predicted();
      session.losses().forEach((loss, sample) => {
        expect(loss).toBeCloseTo(-Math.log(p.at(sample, labels[sample])), 5);
        const row = p.data.subarray(sample * 4, sample * 4 + 4);
        expect(row[predicted[sample]]).toBeCloseTo(Math.max(...row), 5);
      });
      session.free();
    }
    expect(parameters()).toEqual(before);
  });

  test("totals are the sums over the samples of the steps", async () => {
    const session = await Session.create(network, dataset, EVALUATION);
    await session.run();
    const [losses, predicted] = [session.losses(), session.predicted()];
    const sum = (first: number, end: number) => {
      const loss = losses.subarray(first, end).reduce((total, value) => total + value, 0);
      const hits = predicted.map((label, sample) =>
        Number(label === dataset.targets.labels[sample]),
      );
      return { loss, correct: hits.subarray(first, end).reduce((total, hit) => total + hit, 0) };
    };
    for (const [first, count] of [
      [0, 1],
      [3, 2],
      [6, 1],
      [0, 7],
    ]) {
      const totals = session.totals(first, count);
      const expected = sum(8 * first, Math.min(53, 8 * (first + count)));
      expect(totals.correct).toBe(expected.correct);
      expect(totals.loss).toBeCloseTo(expected.loss, 10);
    }
    session.free();
  });

  test("a shuffled pass takes every sample once, in an order of the seed and the epoch", async () => {
    // A learning rate of 0 shows the order by each sample's own loss.
    const session = await Session.create(network, dataset, {
      ...TRAINING,
      order: "shuffled",
    });
    setLearningRate(session, 0);
    const stored = await Session.create(network, dataset, EVALUATION);
    await stored.run();
    const draw = async (seed: number, epoch: number) => {
      session.startEpoch(seed, epoch);
      await session.run();
      return [...session.losses()];
    };
    const first = await draw(1, 1);
    expect(first).not.toEqual([...stored.losses()]);
    expect([...first].sort()).toEqual([...stored.losses()].sort());
    expect(await draw(1, 2)).not.toEqual(first);
    expect(await draw(2, 1)).not.toEqual(first);
    expect(await draw(1, 1)).toEqual(first);
    session.free();
    stored.free();
  });

  test("training changes every parameter that the data speak about", async () => {
    const before = parameters();
    const session = await Session.create(network, dataset, TRAINING);
    setLearningRate(session, 0.1);
    await session.run();
    session.free();
    parameters().forEach((values, part) => {
      expect(values.every((value, index) => value !== before[part][index])).toBe(true);
    });
  });

  test("the data set is copied: changing it later changes nothing", async () => {
    const copy = createDataset({ ...dataset, inputs: dataset.inputs.slice() });
    const session = await Session.create(network, copy, EVALUATION);
    await session.run();
    const losses = session.losses();
    copy.inputs.fill(0);
    await session.run();
    expect(session.losses()).toEqual(losses);
    session.free();
  });

  test("losses and predictions are copies, which later passes do not change", async () => {
    const session = await Session.create(network, dataset, TRAINING);
    setLearningRate(session, 0.1);
    await session.run();
    const [losses, predicted] = [session.losses(), session.predicted()];
    const before = [losses.slice(), predicted.slice()];
    for (let epoch = 0; epoch < 20; epoch++) await session.run();
    expect([losses, predicted]).toEqual(before);
    expect(session.losses()).not.toEqual(losses);
    session.free();
  });

  test("nothing is allocated after construction, and freeing gives all back", async () => {
    const { memory } = network.engine;
    const before = memory.allocatedBytes;
    for (const options of [EVALUATION, TRAINING, { ...TRAINING, order: "shuffled" } as const]) {
      const session = await Session.create(network, dataset, options);
      const during = memory.allocatedBytes;
      expect(during).toBeGreaterThan(before);
      session.startEpoch(1, 1);
      await session.run();
      session.totals(0, session.steps);
      session.losses();
      expect(memory.allocatedBytes).toBe(during);
      session.free();
      expect(memory.allocatedBytes).toBe(before);
    }
  });

  test("a data set that does not fit is refused with a sentence, and no memory is lost", async () => {
    const before = network.engine.memory.allocatedBytes;
    await expect(Session.create(network, noise(5, 6), EVALUATION)).rejects.toThrow(
      new OptionError("noise: samples have 18 features, expected 15 as the network has inputs"),
    );
    const targets = { ...dataset.targets, names: ["a", "b", "c", "d", "e"] };
    await expect(
      Session.create(network, createDataset({ ...dataset, targets }), EVALUATION),
    ).rejects.toThrow(
      new OptionError("noise: has 5 classes, expected 4 as the network tells apart"),
    );
    expect(network.engine.memory.allocatedBytes).toBe(before);
  });

  test("two sessions of one network run at the same time", async () => {
    const parts = [sliceDataset(dataset, 0, 20), sliceDataset(dataset, 20, 53)];
    const sessions = await Promise.all(
      parts.map((part) => Session.create(network, part, EVALUATION)),
    );
    await Promise.all(sessions.map((session) => session.run()));
    const whole = await Session.create(network, dataset, EVALUATION);
    await whole.run();
    expect([...sessions[0].losses(), ...sessions[1].losses()]).toEqual([...whole.losses()]);
    for (const session of [...sessions, whole]) session.free();
  });
});
