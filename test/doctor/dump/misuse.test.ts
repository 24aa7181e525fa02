/** A loss that takes its softmax of the wrong thing, as `nn.CrossEntropyLoss` after an activation does. */
import { expect, test } from "vitest";
import type { NumericArray } from "../../../src/data/arrays/namedArray.js";
import { diagnose } from "../../../src/doctor/dump/diagnose.js";
import { trainingStep } from "../../support/trainingStep.js";

type Rows = number[][];

const softmax = (row: readonly number[]) => {
  const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
  return row.map((z) => Math.exp(z) / total);
};
const turned = (a: Rows): Rows => a[0].map((_, j) => a.map((row) => row[j]));
const lossOf = (p: Rows, targets: Rows) =>
  targets.reduce((sum, row, i) => row.reduce((rest, t, k) => rest - t * Math.log(p[i][k]), sum), 0);

/** The cross-entropy of softmax(f(z)). */
function afterActivation(f: (z: number) => number, derivative: (z: number) => number) {
  return (z: Rows, targets: Rows) => {
    const p = z.map((row) => softmax(row.map(f)));
    const gradient = z.map((row, i) =>
      row.map((value, k) => (p[i][k] - targets[i][k]) * derivative(value)),
    );
    return { gradient, loss: lossOf(p, targets) };
  };
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** The cross-entropy of probabilities that add up to 1 over the samples. */
function overSamples(z: Rows, targets: Rows) {
  const p = turned(turned(z).map(softmax));
  const counts = turned(targets).map((column) => column.reduce((sum, t) => sum + t, 0));
  const gradient = p.map((row, i) => row.map((value, k) => value * counts[k] - targets[i][k]));
  return { gradient, loss: lossOf(p, targets) };
}

test.each([
  ["sigmoid", afterActivation(sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z)))],
  [
    "relu",
    afterActivation(
      (z) => Math.max(0, z),
      (z) => Number(z > 0),
    ),
  ],
  ["tanh", afterActivation(Math.tanh, (z) => 1 - Math.tanh(z) ** 2)],
] as const)("the softmax of a %s", (name, loss) => {
  const { findings } = diagnose(trainingStep({ lossOf: loss, without: ["A2"] }));
  expect(findings).toMatchObject([
    {
      id: "wrong-activation",
      at: "A2",
      cause: `the loss applies a softmax of its own to what went through the ${name} already`,
      advice: expect.stringContaining(`leave the ${name} out of the network`),
    },
  ]);
});

test.each([
  ["sigmoid", sigmoid, (z: number) => sigmoid(z) * (1 - sigmoid(z))],
  ["tanh", Math.tanh, (z: number) => 1 - Math.tanh(z) ** 2],
] as const)("the softmax of a %s that the dump holds as the last activations", (name, f, slope) => {
  const step = trainingStep({ lossOf: afterActivation(f, slope) });
  const z = step.find((each) => each.name === "Z2")?.values ?? [];
  const values = Float64Array.from(z, (value) => f(Number(value)));
  const arrays = step.map((each) => (each.name === "A2" ? { ...each, values } : each));
  expect(diagnose(arrays).findings).toMatchObject([
    {
      id: "wrong-activation",
      at: "A2",
      cause: `the loss applies a softmax of its own to what went through the ${name} already`,
    },
  ]);
});

/** The step with the softmax of Z2 over the samples as its last activations. */
function showingSoftmaxOverSamples(step: readonly NumericArray[]): NumericArray[] {
  const { shape, values } = step.find(({ name }) => name === "Z2") ?? { shape: [], values: [] };
  const [, columns] = shape;
  const z = Array.from({ length: shape[0] }, (_, i) =>
    Array.from({ length: columns }, (__, k) => Number(values[i * columns + k])),
  );
  const p = Float64Array.from(turned(turned(z).map(softmax)).flat());
  return step.map((each) => (each.name === "A2" ? { ...each, values: p } : each));
}

test("a softmax over the samples that automatic differentiation went through is one mistake", () => {
  const arrays = showingSoftmaxOverSamples(trainingStep({ lossOf: overSamples }));
  expect(diagnose(arrays).findings.map(({ id, at }) => `${id}@${at}`)).toEqual(["softmax-axis@A2"]);
});

test("the softmax over the samples, of which the dump holds no activations", () => {
  const { findings } = diagnose(trainingStep({ lossOf: overSamples, without: ["A2"] }));
  expect(findings.map(({ id, at }) => `${id}@${at}`)).toEqual(["softmax-axis@A2"]);
});

/** The cross-entropy of the softmax of a softmax over the samples, S: ∂L/∂z = S·(g − Σ g·S), g = softmax(S) − T. */
function ofSoftmaxOverSamples(z: Rows, targets: Rows) {
  const inner = turned(turned(z).map(softmax));
  const p = inner.map(softmax);
  const error = p.map((row, i) => row.map((value, k) => value - targets[i][k]));
  const sums = turned(error).map((column, k) =>
    column.reduce((sum, g, i) => sum + g * inner[i][k], 0),
  );
  const gradient = error.map((row, i) => row.map((g, k) => inner[i][k] * (g - sums[k])));
  return { gradient, loss: lossOf(p, targets) };
}

test.each([
  ["z", ["A2"]],
  ["nothing of the last layer but its weights", ["A2", "Z2", "dZ2"]],
])(
  "a softmax over the samples before a loss that takes logits, of which the dump holds %s",
  (_, without) => {
    const { findings, chain } = diagnose(trainingStep({ lossOf: ofSoftmaxOverSamples, without }));
    expect(findings.map(({ id, at }) => `${id}@${at}`)).toEqual([
      "softmax-axis@A2",
      "wrong-activation@A2",
    ]);
    expect(chain.filter(({ verdict }) => verdict === "wrong")).toEqual([]);
  },
);

test("the same softmax in the dump as the last activations", () => {
  const arrays = showingSoftmaxOverSamples(trainingStep({ lossOf: ofSoftmaxOverSamples }));
  expect(diagnose(arrays).findings.map(({ id, at }) => `${id}@${at}`)).toEqual([
    "softmax-axis@A2",
    "wrong-activation@A2",
  ]);
});
