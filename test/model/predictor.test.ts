import { expect, test } from "vitest";
import { EngineError, OptionError } from "../../src/errors.js";
import { type HiddenActivation, perceptron } from "../../src/model/architecture.js";
import { initialize } from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { Predictor } from "../../src/model/predictor.js";
import { Matrix } from "../../src/reference/matrix.js";
import { forward } from "../../src/reference/network.js";
import { PRIVATE } from "../support/execution.js";
import { largestDifference, randomFloats } from "../support/numbers.js";

async function network(activation: HiddenActivation = "tanh", inputs = 17): Promise<Network> {
  const created = await Network.create(perceptron(inputs, [9, 5], 3, activation), PRIVATE);
  initialize(created, "lecun", 2);
  const { memory } = created.engine;
  for (const { biases, units } of created.layers) {
    memory.floats(biases, units).set(randomFloats(units, 8));
  }
  return created;
}

/** The probabilities that the reference holds. */
function expected({ layers, engine }: Network, inputs: Float64Array<ArrayBuffer>): Float64Array {
  const reference = layers.map(({ inputs: rows, units, weights, biases, activation }) => ({
    weights: new Matrix(
      rows,
      units,
      Float64Array.from(engine.memory.floats(weights, rows * units)),
    ),
    biases: new Matrix(1, units, Float64Array.from(engine.memory.floats(biases, units))),
    activation,
  }));
  const features = layers[0].inputs;
  const activations = forward(reference, new Matrix(inputs.length / features, features, inputs));
  return activations[layers.length].data;
}

/** Around the number of rows that are predicted at a time. */
const SAMPLES = [1, 2, 63, 64, 65, 130];

test.each(["tanh", "relu", "sigmoid"] as const)(
  "probabilities agree with float64, %s, any number of samples, bytes and floats",
  async (activation) => {
    const model = await network(activation);
    const predictor = new Predictor(model);
    for (const samples of SAMPLES) {
      const floats = randomFloats(samples * 17, samples);
      const bytes = Uint8Array.from(floats, (value) => Math.abs(value) * 256);
      const cases = [
        { inputs: floats, exact: Float64Array.from(floats) },
        { inputs: bytes, exact: Float64Array.from(bytes, (byte) => byte / 255) },
      ];
      for (const { inputs, exact } of cases) {
        const probabilities = predictor.predict(inputs);
        // Sums of 17 terms of about 1: some 30 roundings of 6e−8 each.
        const { difference } = largestDifference(probabilities, expected(model, exact));
        expect(difference).toBeLessThan(2e-6);
      }
    }
    model.dispose();
  },
);

test("a sample's probabilities do not depend on its company, to the bit", async () => {
  const model = await network();
  const predictor = new Predictor(model);
  const inputs = randomFloats(130 * 17, 3);
  const together = predictor.predict(inputs);
  for (let sample = 0; sample < 130; sample++) {
    const alone = predictor.predict(inputs.subarray(sample * 17, (sample + 1) * 17));
    expect(alone).toEqual(together.slice(sample * 3, sample * 3 + 3));
  }
  model.dispose();
});

test("probabilities are of the parameters as they are now", async () => {
  const model = await network();
  const predictor = new Predictor(model);
  const inputs = randomFloats(17, 5);
  const before = predictor.predict(inputs);
  initialize(model, "lecun", 99);
  const after = predictor.predict(inputs);
  expect(after).not.toEqual(before);
  const exact = expected(model, Float64Array.from(inputs));
  expect(largestDifference(after, exact).difference).toBeLessThan(2e-6);
  model.dispose();
});

test("what is returned is a copy that later calls do not change", async () => {
  const model = await network();
  const predictor = new Predictor(model);
  const first = predictor.predict(randomFloats(17, 1));
  const copy = first.slice();
  predictor.predict(randomFloats(17, 2));
  expect(first).toEqual(copy);
  model.dispose();
});

test.each([
  { what: "nothing", inputs: new Float32Array(0), found: "0 input values" },
  { what: "part of a sample", inputs: new Float32Array(16), found: "16 input values" },
  { what: "a sample and a bit", inputs: new Uint8Array(18), found: "18 input values" },
])("$what is refused with a sentence", async ({ inputs, found }) => {
  const model = await network();
  expect(() => new Predictor(model).predict(inputs)).toThrow(
    new OptionError(
      `predict was given ${found}, expected one or more samples of 17 as the network has inputs`,
    ),
  );
  model.dispose();
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("an input of %d is refused", async (value) => {
  const model = await network();
  const predictor = new Predictor(model);
  const inputs = randomFloats(70 * 17, 5);
  inputs[67 * 17 + 4] = value;
  expect(() => predictor.predict(inputs)).toThrow(
    new OptionError(
      `predict was given ${value} as feature 4 of sample 67, expected a finite number`,
    ),
  );
  expect(predictor.predict(inputs.subarray(0, 17)).every(Number.isFinite)).toBe(true);
  model.dispose();
});

test("predicting allocates nothing, and freeing gives all back", async () => {
  const model = await network();
  const { memory } = model.engine;
  const before = memory.allocatedBytes;
  const predictor = new Predictor(model);
  const during = memory.allocatedBytes;
  for (const samples of SAMPLES) predictor.predict(new Uint8Array(samples * 17));
  expect(memory.allocatedBytes).toBe(during);
  predictor.free();
  expect(memory.allocatedBytes).toBe(before);
  model.dispose();
});

test("a network that was disposed of cannot predict", async () => {
  const model = await network();
  const predictor = new Predictor(model);
  model.dispose();
  expect(() => predictor.predict(new Float32Array(17))).toThrow(EngineError);
  expect(() => new Predictor(model)).toThrow(EngineError);
});

test("a sample alone has the same bits as among others", async () => {
  const model = await network("tanh", 300);
  const predictor = new Predictor(model);
  const inputs = randomFloats(5 * 300, 3);
  const together = predictor.predict(inputs);
  for (let sample = 0; sample < 5; sample++) {
    const alone = predictor.predict(inputs.subarray(sample * 300, (sample + 1) * 300));
    expect(alone).toEqual(together.subarray(sample * 3, (sample + 1) * 3));
  }
  model.dispose();
});

test("outputs are written where they are wanted, also after linear memory has grown", async () => {
  const model = await network();
  const predictor = new Predictor(model);
  const inputs = randomFloats(17, 4);
  const expected = predictor.predict(inputs);
  const outputs = new Float32Array(3);
  expect(predictor.predict(inputs, outputs)).toBe(outputs);
  expect(outputs).toEqual(expected);
  const { memory } = model.engine;
  const grown = memory.allocate(memory.memory.buffer.byteLength);
  expect(predictor.predict(inputs, outputs.fill(0))).toEqual(expected);
  memory.free(grown);
  expect(() => predictor.predict(inputs, new Float32Array(4))).toThrow(
    "predict was given room for 4 outputs, expected 3 as 1 × 3",
  );
  model.dispose();
});
