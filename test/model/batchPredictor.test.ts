/** Predictions of many samples: the same bits as those of single ones, in bounded memory, and they can be stopped. */
import { afterEach, expect, test } from "vitest";
import { chooseExecution } from "../../src/engine/execution.js";
import { EngineError, OptionError } from "../../src/errors.js";
import { perceptron } from "../../src/model/architecture.js";
import { predictAll, predictAllSync } from "../../src/model/batchPredictor.js";
import { initialize } from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { Predictor } from "../../src/model/predictor.js";
import { PRIVATE } from "../support/execution.js";
import { randomFloats } from "../support/numbers.js";

const threads = (count: number) => chooseExecution({ threads: count }, true);
const EXECUTIONS = { "private memory": PRIVATE, "1 thread": threads(1), "3 threads": threads(3) };
const FEATURES = 200;
const CLASSES = 7;
/** More than two portions of bytes. */
const MANY = 50_000;

const made: Network[] = [];
afterEach(() => {
  for (const network of made.splice(0)) network.dispose();
});

async function create(execution = threads(2)): Promise<Network> {
  const network = await Network.create(perceptron(FEATURES, [40], CLASSES, "gelu"), execution);
  made.push(network);
  initialize(network, "lecun", 2);
  return network;
}

/** @param density the fraction that is not 0 */
function bytes(samples: number, density: number): Uint8Array {
  const values = new Uint8Array(samples * FEATURES);
  for (let place = 0, state = 1; place < values.length; place++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    values[place] = state < density * 2 ** 32 ? 1 + (state & 127) : 0;
  }
  return values;
}

/** Many numbers are compared a thousand times as fast as with `toEqual`. */
function expectSame(outputs: Float32Array, expected: Float32Array): void {
  expect(Buffer.compare(new Uint8Array(outputs.buffer), new Uint8Array(expected.buffer))).toBe(0);
}

function alone(network: Network, inputs: Uint8Array | Float32Array): Float32Array {
  const predictor = new Predictor(network);
  const samples = inputs.length / FEATURES;
  const outputs = new Float32Array(samples * CLASSES);
  for (let sample = 0; sample < samples; sample++) {
    const own = inputs.subarray(sample * FEATURES, (sample + 1) * FEATURES);
    predictor.predict(own, outputs.subarray(sample * CLASSES, (sample + 1) * CLASSES));
  }
  predictor.free();
  return outputs;
}

test.each(Object.entries(EXECUTIONS))(
  "%s: the same bits as single samples, sparse and dense, bytes and floats, odd numbers",
  async (_, execution) => {
    const network = await create(execution);
    for (const samples of [1, 127, 128, 129, 1000]) {
      const kinds = [bytes(samples, 0.2), bytes(samples, 0.9), randomFloats(samples * FEATURES, 3)];
      for (const inputs of [...kinds, Float32Array.from(kinds[0], (byte) => byte / 255)]) {
        const expected = alone(network, inputs);
        expectSame(await predictAll(network, inputs), expected);
        expectSame(predictAllSync(network, inputs), expected);
      }
    }
  },
);

test("inputs that are sparse at first and dense later are all the same to it", async () => {
  const network = await create();
  const inputs = new Uint8Array(1000 * FEATURES);
  inputs.set(bytes(500, 1), 500 * FEATURES);
  expectSame(await predictAll(network, inputs), alone(network, inputs));
});

test("standardised inputs and values, bytes as well", async () => {
  const column = (index: number) => ({
    kind: "number" as const,
    name: `x${index}`,
    mean: index / 7,
    scale: 3,
  });
  const preprocessing = {
    columns: Array.from({ length: 5 }, (_, index) => column(index)),
    targets: [{ name: "y", mean: 100, scale: 20 }],
  };
  const architecture = perceptron(5, [8], 1, "tanh", "identity");
  const network = await Network.create(architecture, threads(2), preprocessing);
  made.push(network);
  initialize(network, "lecun", 2);
  const predictor = new Predictor(network);
  for (const inputs of [randomFloats(300 * 5, 1), Uint8Array.from({ length: 1500 }, (_, i) => i)]) {
    const single = inputs.subarray(1000, 1005);
    const all = await predictAll(network, inputs);
    expect(all[200]).toBe(predictor.predict(single)[0]);
    expect(all[200]).toBeGreaterThan(50);
  }
});

test("memory does not grow with the number of samples, and is given back", async () => {
  const network = await create();
  const { memory } = network.engine;
  const before = memory.allocatedBytes;
  const inputs = bytes(MANY, 0.2);
  const expected = alone(network, inputs);
  const outputs = new Float32Array(MANY * CLASSES);
  expect(await predictAll(network, inputs, { outputs })).toBe(outputs);
  expectSame(outputs, expected);
  expect(memory.allocatedBytes).toBe(before);
  // Two portions of 4 MiB, the rooms of two threads twice.
  expect(memory.memory.buffer.byteLength).toBeLessThan(14 * 2 ** 20);
});

test("a signal ends it", async () => {
  const network = await create();
  const { memory } = network.engine;
  const before = memory.allocatedBytes;
  const inputs = bytes(MANY, 0.2);
  const aborted = predictAll(network, inputs, { signal: AbortSignal.abort("at once") });
  await expect(aborted).rejects.toBe("at once");
  const controller = new AbortController();
  const running = predictAll(network, inputs, { signal: controller.signal });
  setImmediate(() => controller.abort("soon"));
  await expect(running).rejects.toBe("soon");
  expect(memory.allocatedBytes).toBe(before);
  expectSame(await predictAll(network, inputs), alone(network, inputs));
});

test("a number that is not finite is named, wherever it is, and nothing is kept", async () => {
  const network = await create();
  const { memory } = network.engine;
  const before = memory.allocatedBytes;
  const inputs = new Float32Array(12_000 * FEATURES);
  inputs[11_000 * FEATURES + 4] = Number.POSITIVE_INFINITY;
  const refusal = (method: string) =>
    new OptionError(
      `${method} was given Infinity as feature 4 of sample 11000, expected a finite number`,
    );
  await expect(predictAll(network, inputs)).rejects.toThrow(refusal("predictAll"));
  expect(() => predictAllSync(network, inputs)).toThrow(refusal("predict"));
  expect(memory.allocatedBytes).toBe(before);
});

test.each([1, 3, 7, 130])(
  "of %i features and any number of samples no place hides a number that is not finite",
  async (features) => {
    const network = await Network.create(perceptron(features, [4], 2, "relu"), threads(2));
    made.push(network);
    initialize(network, "lecun", 2);
    for (const samples of [1, 2, 129]) {
      const inputs = randomFloats(samples * features, 5);
      const places = [0, inputs.length >> 1, inputs.length - 1];
      for (const [index, place] of places.entries()) {
        const before = inputs[place];
        inputs[place] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][index];
        const sample = Math.floor(place / features);
        const named = `was given ${inputs[place]} as feature ${place % features} of sample ${sample}`;
        expect(() => predictAllSync(network, inputs)).toThrow(named);
        await expect(predictAll(network, inputs)).rejects.toThrow(named);
        inputs[place] = before;
      }
      inputs[0] = 1e37;
      expectSame(await predictAll(network, inputs), predictAllSync(network, inputs));
    }
  },
);

test("inputs that overflow when they are standardised are named as they were given", async () => {
  const columns = [{ kind: "number" as const, name: "x", mean: 0, scale: 1e-3 }];
  const preprocessing = { columns, targets: [] };
  const network = await Network.create(perceptron(1, [4], 2, "relu"), threads(2), preprocessing);
  made.push(network);
  initialize(network, "lecun", 2);
  const predictor = new Predictor(network);
  const refusal = (sample: number) =>
    `was given ${Math.fround(1e38)} as feature 0 of sample ${sample}, which is Infinity when standardised, expected a finite number`;
  expect(() => predictor.predict(Float32Array.of(1e38))).toThrow(refusal(0));
  expect(() => predictor.predict(Float32Array.of(1, 1e38))).toThrow(refusal(1));
  await expect(predictAll(network, Float32Array.of(1, 2, 1e38))).rejects.toThrow(refusal(2));
  predictor.free();
});

test.each(Object.entries(EXECUTIONS))(
  "%s: all samples are predicted by the same weights, and whoever changes them waits",
  async (_, execution) => {
    const network = await create(execution);
    const inputs = bytes(MANY, 0.2);
    const expected = alone(network, inputs);
    const { turns } = network.engine;
    const change = (seed: number) => turns.alone(async () => initialize(network, "lecun", seed));
    const predicted = predictAll(network, inputs);
    const changed = change(3);
    const later = predictAll(network, inputs);
    expectSame(await predicted, expected);
    await changed;
    expectSame(await later, alone(network, inputs));
  },
);

test("inputs that are no whole samples and rooms of another length are refused", async () => {
  const network = await create();
  await expect(predictAll(network, new Uint8Array(FEATURES + 1))).rejects.toThrow(
    `predictAll was given ${FEATURES + 1} input values, expected one or more samples of ${FEATURES} as the network has inputs`,
  );
  const outputs = new Float32Array(3);
  await expect(predictAll(network, bytes(2, 0.2), { outputs })).rejects.toThrow(
    "predictAll was given room for 3 outputs, expected 14 as 2 × 7",
  );
});

test("a network that is disposed of meanwhile ends it", async () => {
  const network = await create();
  const running = predictAll(network, bytes(MANY, 0.2));
  network.dispose();
  await expect(running).rejects.toThrow(EngineError);
});
