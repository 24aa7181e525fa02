import { expect, test } from "vitest";
import {
  type ClassTargets,
  createDataset,
  type Dataset,
  sliceDataset,
} from "../../../src/data/dataset.js";
import { digits } from "../../../src/data/digits/index.js";
import { examineData } from "../../../src/doctor/data/examineData.js";
import { examineStart } from "../../../src/doctor/data/start.js";
import { perceptron } from "../../../src/model/architecture.js";

const set = digits({ samples: 1200, seed: 3 });
const unseen = digits({ samples: 200, seed: 4 });

async function idsOf(dataset: Dataset, test?: Dataset): Promise<string[]> {
  return (await examineData(dataset, { test })).findings.map(({ id }) => id);
}

function withInputs(inputs: Float32Array): Dataset {
  return createDataset({ ...set, inputs });
}

/** The labels in an order that has nothing to do with theirs. */
function shuffled(): Int32Array {
  const { labels } = set.targets;
  const keys = Array.from(labels, (_, sample) => Math.sin(12.9898 * (sample + 1)) * 43758.5453);
  const order = keys.map((_, sample) => sample).sort((a, b) => (keys[a] % 1) - (keys[b] % 1));
  return Int32Array.from(order, (sample) => labels[sample]);
}

function withLabels(labels: ClassTargets["labels"]): Dataset {
  return createDataset({ ...set, targets: { ...set.targets, labels } });
}

const floats = Float32Array.from(set.inputs, (byte) => byte / 255);

test("built-in digits are in order, and what was looked at is said", async () => {
  const { findings, facts } = await examineData(set, { test: unseen });
  expect(findings).toEqual([]);
  expect(facts).toHaveLength(4);
  expect(facts[1]).toMatch(/^10 classes, \d+ to \d+ samples each$/);
});

test("standardised floats are in order too", async () => {
  expect(await idsOf(withInputs(floats.map((value) => (value - 0.13) / 0.31)))).toEqual([]);
});

test.each([
  ["inputs-unscaled", () => withInputs(Float32Array.from(set.inputs))],
  ["inputs-scaled-twice", () => withInputs(floats.map((value) => value / 255))],
  ["inputs-constant", () => withInputs(floats.map((_, index) => floats[index % 784]))],
  [
    "classes-missing",
    () => withLabels(Int32Array.from(set.targets.labels, (label) => Math.max(1, label))),
  ],
  [
    "classes-unbalanced",
    () =>
      withLabels(Int32Array.from(set.targets.labels, (label, sample) => (sample % 40 ? 3 : label))),
  ],
  ["labels-shuffled", () => withLabels(shuffled())],
])("%s is found", async (id, make) => {
  expect(await idsOf(make())).toContain(id);
});

test("samples of the test set among the training set are found", async () => {
  expect(await idsOf(set, sliceDataset(set, 0, 100))).toEqual(["duplicates-across-splits"]);
});

test("a relation that is not linear is a relation", async () => {
  const samples = 2000;
  const inputs = Float32Array.from({ length: 2 * samples }, (_, index) =>
    Math.sin(12.9898 * (index + 1)),
  );
  const labels = Int32Array.from({ length: samples }, (_, sample) =>
    Number(inputs[2 * sample] * inputs[2 * sample + 1] > 0),
  );
  const xor = createDataset({
    name: "xor",
    inputs,
    features: 2,
    targets: { kind: "classes", labels, names: ["different", "same"] },
  });
  expect(await idsOf(xor)).toEqual([]);
});

test("few samples are not judged", async () => {
  const { findings, facts } = await examineData(sliceDataset(set, 0, 50));
  expect(findings).toEqual([]);
  expect(facts.at(-1)).toBe("50 samples are too few to tell whether the labels belong to them");
});

test("a network that begins well is in order", async () => {
  const architecture = perceptron(784, [32], 10, "tanh");
  const { findings, facts } = await examineStart({ architecture, seed: 1 }, set);
  expect(findings).toEqual([]);
  expect(facts).toHaveLength(2);
});

test.each([
  ["initial-loss", "normal:1"],
  ["cannot-overfit", "zeros"],
  ["vanishing-gradient", "normal:0.0000001"],
] as const)("%s is found of weights %s", async (id, initialization) => {
  const architecture = perceptron(784, [32], 10, "tanh");
  const { findings } = await examineStart({ architecture, initialization, seed: 1 }, set);
  expect(findings.map((finding) => finding.id)).toContain(id);
});
