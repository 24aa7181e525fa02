import { expect, test } from "vitest";
import { createDataset } from "../../src/data/dataset.js";
import { OptionError } from "../../src/errors.js";
import { Mlp } from "../../src/mlp.js";
import { noise } from "../support/datasets.js";
import { join } from "../support/safetensors.js";

/** A model whose logits are its two inputs: no hidden layer, the identity for weights. */
async function identity(): Promise<Mlp> {
  const description = {
    version: 1,
    inputs: 2,
    layers: [{ units: 2, activation: "softmax" }],
    classNames: ["left", "right"],
  };
  const header = {
    __metadata__: { wasmlp: JSON.stringify(description) },
    "0.weight": { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] },
    "0.bias": { dtype: "F32", shape: [2], data_offsets: [16, 24] },
  };
  const parameters = Float32Array.of(1, 0, 0, 1, 0, 0);
  return Mlp.load(join(header, new Uint8Array(parameters.buffer)), { threads: 1 });
}

const EXAMPLE = createDataset({
  name: "example",
  inputs: Float32Array.of(...[3, 0], ...[0, 3], ...[0, 1], ...[2, 2]),
  features: 2,
  targets: { kind: "classes", labels: Uint8Array.of(0, 1, 0, 1), names: ["left", "right"] },
});

test("the figures are those of an example worked by hand", async () => {
  using model = await identity();
  const { losses, ...evaluation } = await model.evaluate(EXAMPLE);
  // The loss of a sample is ln(1 + e^(other logit − own logit)).
  const expected = [-3, -3, 1, 0].map((difference) => Math.log1p(Math.exp(difference)));
  expect([...losses].map((loss) => loss.toFixed(5))).toEqual(expected.map((x) => x.toFixed(5)));
  const { loss, ...counts } = evaluation;
  expect(loss).toBeCloseTo(expected.reduce((sum, value) => sum + value) / 4, 6);
  expect(counts).toEqual({
    samples: 4,
    correct: 2,
    accuracy: 0.5,
    // Of two equal logits the first counts.
    predicted: Int32Array.of(0, 1, 1, 0),
    confusion: Uint32Array.of(...[1, 1], ...[1, 1]),
    classes: [
      { name: "left", precision: 0.5, recall: 0.5, f1: 0.5, samples: 2 },
      { name: "right", precision: 0.5, recall: 0.5, f1: 0.5, samples: 2 },
    ],
  });
});

test("the classes are called as the data set calls them", async () => {
  using model = await identity();
  const targets = { ...EXAMPLE.targets, names: ["port", "starboard"] };
  const { classes } = await model.evaluate(createDataset({ ...EXAMPLE, targets }));
  expect(classes.map(({ name }) => name)).toEqual(["port", "starboard"]);
});

test("any number of samples is evaluated whole, in the order of the data set", async () => {
  using model = await Mlp.create({
    architecture: { inputs: 15, layers: [{ units: 4, activation: "softmax" }] },
    initialization: "normal:1",
    threads: 1,
  });
  // Around the number of samples that are evaluated in one step, and several times it.
  for (const samples of [1, 255, 256, 257, 1000]) {
    const dataset = noise(samples);
    const { predicted, losses, correct, loss, accuracy } = await model.evaluate(dataset);
    const probabilities = model.predict(dataset.inputs);
    let hits = 0;
    for (let sample = 0; sample < samples; sample++) {
      const row = probabilities.subarray(4 * sample, 4 * sample + 4);
      const label = dataset.targets.labels[sample];
      expect(row[predicted[sample]]).toBe(Math.max(...row));
      expect(losses[sample]).toBeCloseTo(-Math.log(row[label]), 4);
      if (predicted[sample] === label) hits++;
    }
    expect([predicted.length, losses.length]).toEqual([samples, samples]);
    expect([correct, accuracy]).toEqual([hits, hits / samples]);
    expect(loss).toBeCloseTo(losses.reduce((sum, value) => sum + value, 0) / samples, 6);
  }
});

test("two evaluations at the same time do not disturb each other", async () => {
  using model = await identity();
  const alone = await model.evaluate(EXAMPLE);
  const together = await Promise.all([model.evaluate(EXAMPLE), model.evaluate(EXAMPLE)]);
  expect(together).toEqual([alone, alone]);
});

test("a signal that aborts ends it with its reason", async () => {
  using model = await identity();
  const reason = new Error("no more");
  const signal = AbortSignal.abort(reason);
  await expect(model.evaluate(EXAMPLE, { signal })).rejects.toBe(reason);
  await expect(model.evaluate(EXAMPLE)).resolves.toBeDefined();
});

test("a data set that does not fit is refused with a sentence", async () => {
  using model = await identity();
  await expect(model.evaluate(noise(3))).rejects.toThrow(
    new OptionError("noise: samples have 15 features, expected 2 as the network has inputs"),
  );
});
