/** The doctor's benchmark: its program without mistakes against the textbook, and its cases. */
import { expect, test } from "vitest";
import type { Activation } from "../../src/reference/activations.js";
import { meanLoss, targetsOf } from "../../src/reference/losses.js";
import { Matrix } from "../../src/reference/matrix.js";
import { backward, descend, forward } from "../../src/reference/network.js";

interface Numbers {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

interface Healthy {
  readonly state: { readonly weights: Numbers[]; readonly biases: Numbers[] };
  readonly batch: { readonly inputs: Numbers; readonly targets: Numbers };
  readonly settings: { readonly learningRate: number };
}

interface DumpedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

interface Case {
  readonly arrays: readonly DumpedArray[];
  readonly expected: readonly { readonly id: string }[];
  readonly reason?: string;
}

interface Plan {
  readonly ids: readonly string[];
  readonly build: () => Case;
}

/** A module of bench/doctor, which has no declarations of its own. */
async function load<T>(name: string): Promise<T> {
  return (await import(new URL(`../../bench/doctor/${name}.mjs`, import.meta.url).href)) as T;
}

const { healthyNetwork } = await load<{
  healthyNetwork: (description: object) => Healthy;
}>("networks");
const { step } = await load<{
  step: (
    state: object,
    batch: object,
    settings: object,
    mistakes: readonly object[],
    arithmetic: object,
  ) => { values: Record<string, Numbers> };
}>("program");
const { Arithmetic, ORDERS } = await load<{
  Arithmetic: new (options: { order: string }) => object;
  ORDERS: readonly string[];
}>("arithmetic");
const { planSingles, planHealthy } = await load<{
  planSingles: () => Plan[];
  planHealthy: () => Plan[];
}>("cases");

const matrixOf = ({ rows, columns, data }: Numbers) => new Matrix(rows, columns, data.slice());

const PROGRAMS = [
  { activation: "tanh", output: "softmax", loss: "cross-entropy", hidden: [7, 5] },
  { activation: "relu", output: "softmax", loss: "cross-entropy", hidden: [7] },
  { activation: "sigmoid", output: "sigmoid", loss: "binary-cross-entropy", hidden: [7, 5] },
  { activation: "sigmoid", output: "tanh", loss: "mean-squared-error", hidden: [7] },
  { activation: "tanh", output: "identity", loss: "mean-squared-error", hidden: [] },
] as const;

for (const [index, program] of PROGRAMS.entries()) {
  test(`without mistakes the program is the textbook's: ${program.activation} ${program.output}`, () => {
    const { state, batch, settings } = healthyNetwork({
      ...program,
      data: "clusters",
      scale: "standardised",
      samples: 40,
      features: 9,
      classes: 4,
      steps: 3,
      initial: "glorot",
      seed: 1,
    });
    const objective = { loss: program.loss };
    const activations: Activation[] = [
      ...program.hidden.map(() => program.activation),
      program.output,
    ];
    const layers = state.weights.map((weights, layer) => ({
      weights: matrixOf(weights),
      biases: matrixOf(state.biases[layer]),
      activation: activations[layer],
    }));
    const { rows, columns, data } = batch.targets;
    const labels = Array.from({ length: rows }, (_, row) =>
      data.subarray(row * columns, (row + 1) * columns).indexOf(1),
    );
    const a = forward(layers, matrixOf(batch.inputs));
    const gradients = backward(layers, a, labels, objective);
    const loss = meanLoss(objective, a[layers.length], targetsOf(labels, columns, objective));
    descend(layers, gradients, settings.learningRate);

    const order = ORDERS[index % ORDERS.length];
    // The textbook's mean is over samples and outputs wherever the loss is none of classes.
    const habits = { ...settings, overEntries: program.loss !== "cross-entropy" };
    const { values } = step(state, batch, habits, [], new Arithmetic({ order }));
    const same = (found: Numbers, wanted: Matrix) => {
      found.data.forEach((value, place) => {
        expect(value).toBeCloseTo(wanted.data[place], 12);
      });
    };
    expect(values.loss.data[0]).toBeCloseTo(loss, 12);
    gradients.forEach(({ weights, biases }, layer) => {
      same(values[`dW${layer + 1}`], weights);
      same(values[`db${layer + 1}`], biases);
      same(values[`W${layer + 1}_new`], layers[layer].weights);
      same(values[`b${layer + 1}_new`], layers[layer].biases);
    });
  });
}

test("every mistake can be made, and a case expects what was made", () => {
  const plans = planSingles();
  const ids = [...new Set(plans.flatMap((plan) => plan.ids))];
  expect(ids.length).toBeGreaterThanOrEqual(39);
  for (const id of ids) {
    const made = plans.find((plan) => plan.ids[0] === id)?.build();
    expect(made?.reason).toBeUndefined();
    expect(made?.expected.map((mistake) => mistake.id)).toEqual([id]);
  }
});

test("cases are the same every time", () => {
  const [first, second] = [planHealthy(), planHealthy()].map((plans) => plans[100].build().arrays);
  expect(first).toEqual(second);
  expect(first.map(({ name }) => name)).toContain("X");
});
