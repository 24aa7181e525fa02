import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/data/dataset.js";
import { DataError, ModelError } from "../../src/errors.js";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { predictAll, predictAllSync } from "../../src/model/batchPredictor.js";
import { initialize } from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { Predictor } from "../../src/model/predictor.js";
import { checkParameters } from "../../src/model/soundness.js";
import { evaluate } from "../../src/training/evaluate.js";
import { trainEpochs } from "../../src/training/fit.js";
import { corners } from "../support/datasets.js";
import { ONE_THREAD } from "../support/execution.js";

/** A network for `corners`, with NaN for one of its parameters. */
async function ruined(parameter: "weights" | "biases", layer: number, place: number) {
  const network = await Network.create(perceptron(2, [5], 3, "relu"), ONE_THREAD);
  initialize(network, "lecun", 1);
  network.engine.memory.floats(network.layers[layer][parameter], place + 1)[place] = Number.NaN;
  return network;
}

describe.each([
  ["weights", 0, 7, "weight [1, 2] of layer 1 is NaN, expected finite parameters"],
  ["biases", 1, 2, "bias [2] of layer 2 is NaN, expected finite parameters"],
] as const)("NaN among the %s of layer %d", (parameter, layer, place, sentence) => {
  test("is named by whatever needs the parameters", async () => {
    const network = await ruined(parameter, layer, place);
    const { memory } = network.engine;
    const refusal = new ModelError(sentence);
    const dataset = corners(300);
    const inputs = dataset.inputs;
    const predictor = new Predictor(network);
    const before = memory.allocatedBytes;
    expect(() => checkParameters(network)).toThrow(refusal);
    expect(() => predictor.predict(inputs.subarray(0, 2))).toThrow(refusal);
    expect(() => predictAllSync(network, inputs)).toThrow(refusal);
    await expect(predictAll(network, inputs)).rejects.toThrow(refusal);
    await expect(evaluate(network, dataset)).rejects.toThrow(refusal);
    await expect(trainEpochs(network, dataset).next()).rejects.toThrow(refusal);
    expect(memory.allocatedBytes).toBe(before);
    predictor.free();
    network.dispose();
  });
});

test("outputs that overflow, although parameters and inputs are numbers, are refused", async () => {
  const architecture = perceptron(1, [], 2, "identity", "identity");
  using model = await Mlp.create({ architecture, initialization: "normal:1e30" });
  const inputs = Float32Array.of(0, 1e30);
  const sentence = (sample: number) =>
    new RegExp(
      `^output 0 of sample ${sample} is -?Infinity, expected a finite number: the network's sums overflow$`,
    );
  expect([...model.predict(inputs.subarray(0, 1))]).toEqual([0, 0]);
  expect(() => model.predict(inputs.subarray(1))).toThrow(sentence(0));
  expect(() => model.predict(inputs)).toThrow(sentence(1));
  await expect(model.predictAll(inputs)).rejects.toThrow(sentence(1));
});

describe("numbers that are written into a data set after it was made", () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d as an input", async (value) => {
    const dataset = corners(9);
    using model = await Mlp.create({ architecture: perceptron(2, [5], 3, "tanh"), seed: 1 });
    const before = model.save();
    dataset.inputs[7] = value;
    const refusal = new DataError(
      `corners: feature 1 of sample 3 is ${value}, expected a finite number`,
    );
    await expect(model.fit(dataset)).rejects.toThrow(refusal);
    await expect(model.fit(corners(9), { validation: dataset })).rejects.toThrow(refusal);
    await expect(model.evaluate(dataset)).rejects.toThrow(refusal);
    await expect(model.findLearningRate(dataset)).rejects.toThrow(refusal);
    expect(model.save()).toEqual(before);
    dataset.inputs[7] = 0;
    await expect(model.fit(dataset, { epochs: 1 })).resolves.toBeDefined();
  });

  test("NaN as a value, and a value that overflows when it is standardised", async () => {
    const values = Float32Array.of(1, 2, 3, 4);
    const dataset = createDataset({
      name: "two values",
      inputs: Float32Array.of(1, 2),
      features: 1,
      targets: { kind: "values", values, names: ["up", "down"] },
    });
    using model = await Mlp.create({
      architecture: perceptron(1, [], 2, "tanh", "identity"),
      preprocessing: {
        columns: [{ kind: "number", name: "x", mean: 0, scale: 1e-3 }],
        targets: [
          { name: "up", mean: 0, scale: 1e-3 },
          { name: "down", mean: 0, scale: 1e-3 },
        ],
      },
    });
    const refusal = (of: string) => new DataError(`two values: ${of}, expected a finite number`);
    values[3] = Number.NaN;
    await expect(model.fit(dataset)).rejects.toThrow(refusal('"down" of sample 1 is NaN'));
    values[3] = 1e38;
    await expect(model.fit(dataset)).rejects.toThrow(
      refusal(`"down" of sample 1 is ${Math.fround(1e38)}, which is Infinity when standardised`),
    );
    values[3] = 4;
    dataset.inputs[0] = 1e38;
    await expect(model.evaluate(dataset)).rejects.toThrow(
      refusal(`feature 0 of sample 0 is ${Math.fround(1e38)}, which is Infinity when standardised`),
    );
  });
});
