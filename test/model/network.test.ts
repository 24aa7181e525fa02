import { expect, test } from "vitest";
import { EngineError, ModelError, OptionError } from "../../src/errors.js";
import { perceptron } from "../../src/model/architecture.js";
import { Network } from "../../src/model/network.js";
import { unchecked } from "../support/architectures.js";
import { PRIVATE } from "../support/execution.js";

const create = (inputs: number, hidden: number[], classes: number) =>
  Network.create(perceptron(inputs, hidden, classes, "relu"), PRIVATE);

test("every layer has room of its own for its weights and biases", async () => {
  const network = await create(3, [5, 2], 4);
  expect(network.layers).toMatchObject([
    { inputs: 3, units: 5, activation: "relu" },
    { inputs: 5, units: 2, activation: "relu" },
    { inputs: 2, units: 4, activation: "softmax" },
  ]);
  const { memory } = network.engine;
  const parts = network.layers.flatMap(({ inputs, units, weights, biases }, index) => [
    { pointer: weights, count: inputs * units, mark: 2 * index },
    { pointer: biases, count: units, mark: 2 * index + 1 },
  ]);
  for (const { pointer, count, mark } of parts) memory.floats(pointer, count).fill(mark);
  for (const { pointer, count, mark } of parts) {
    expect([...memory.floats(pointer, count)]).toEqual(new Array(count).fill(mark));
  }
  network.dispose();
});

test("changing the architecture that it was made from changes nothing", async () => {
  const architecture = { inputs: 3, layers: [{ units: 2, activation: "softmax" as const }] };
  const network = await Network.create(architecture, PRIVATE);
  architecture.layers[0].units = 100;
  expect(network.architecture.layers[0].units).toBe(2);
  network.dispose();
});

test("two networks do not share their parameters", async () => {
  const [first, second] = [await create(2, [], 2), await create(2, [], 2)];
  const weights = [first, second].map(({ engine, layers }) =>
    engine.memory.floats(layers[0].weights, 4),
  );
  weights[0].fill(1);
  weights[1].fill(2);
  expect([...weights[0]]).toEqual([1, 1, 1, 1]);
  first.dispose();
  second.dispose();
});

test("disposing gives all memory back, once", async () => {
  const network = await create(30, [50], 4);
  const { memory } = network.engine;
  expect(memory.allocatedBytes).toBeGreaterThanOrEqual(4 * (30 * 50 + 50 + 50 * 4 + 4));
  expect(network.disposed).toBe(false);
  network.dispose();
  expect(network.disposed).toBe(true);
  expect(memory.allocatedBytes).toBe(0);
  // A second call must not give the engine away twice.
  network.dispose();
  const others = await Promise.all(Array.from({ length: 10 }, () => create(1, [], 2)));
  expect(new Set(others.map(({ engine }) => engine)).size).toBe(10);
  for (const other of others) other.dispose();
});

test("a network that was disposed of says so", async () => {
  const network = await create(1, [], 2);
  network.dispose();
  expect(() => network.engine).toThrow(
    new EngineError("disposed", "the model has been disposed of, expected a live one"),
  );
  expect(() => network.engine).toThrow(expect.objectContaining({ code: "disposed" }));
  expect(network.execution).toEqual(PRIVATE);
});

test("an architecture out of range is refused before memory is asked for", async () => {
  const create = (...sizes: Parameters<typeof unchecked>) =>
    Network.create(unchecked(...sizes), PRIVATE);
  await expect(create(0, [], 2)).rejects.toThrow(OptionError);
  await expect(create(1, [1e15], 2)).rejects.toThrow(OptionError);
  await expect(create(1_000_000, [1_000_000], 2)).rejects.toThrow(ModelError);
});
