import { expect, test } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.js";
import { chooseExecution } from "../../src/engine/execution.js";
import { perceptron } from "../../src/model/architecture.js";
import { initialize } from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { Matrix, map, matrix, multiply, transpose } from "../../src/reference/matrix.js";
import { type MistakenEpoch, runMistakenProgram } from "../../src/reproduce/mistaken.js";
import type { Program } from "../../src/reproduce/published.js";
import { randomNumbers } from "../support/numbers.js";

const PROGRAM: Program = {
  name: "question",
  hidden: 7,
  epochs: 12,
  learningRate: 0.4,
  published: [],
};
const SAMPLES = 40;
const FEATURES = 13;
const CLASSES = 5;

function dataset(): Dataset {
  const random = randomNumbers(3);
  const labels = Uint8Array.from({ length: SAMPLES }, (_, sample) => (sample * 3) % CLASSES);
  const inputs = Float32Array.from({ length: SAMPLES * FEATURES }, (_, index) => {
    const label = labels[Math.floor(index / FEATURES)];
    return Math.abs(random()) + (index % FEATURES === label ? 1 : 0);
  });
  const names = Array.from({ length: CLASSES }, (_, index) => String(index));
  return createDataset({
    name: "test",
    inputs,
    features: FEATURES,
    targets: { kind: "classes", labels, names },
  });
}

async function initialWeights(seed: number): Promise<[Matrix, Matrix]> {
  const network = await Network.create(
    perceptron(FEATURES, [PROGRAM.hidden], CLASSES, "tanh"),
    chooseExecution({ threads: 1 }, true),
  );
  initialize(network, "normal:0.01", seed);
  const [w1, w2] = network.layers.map(({ weights, inputs, units }) => {
    const values = network.engine.memory.floats(weights, inputs * units);
    return new Matrix(inputs, units, Float64Array.from(values));
  });
  network.dispose();
  return [w1, w2];
}

/** The program once more, in float64 matrices, written from its description alone. */
function* oracle(data: Dataset, [w1, w2]: [Matrix, Matrix]): Generator<MistakenEpoch> {
  const { labels } = data.targets;
  const x = new Matrix(SAMPLES, FEATURES, Float64Array.from(data.inputs));
  const y = matrix(SAMPLES, CLASSES, (row, column) => (labels[row] === column ? 1 : 0));
  let b1 = matrix(SAMPLES, w1.columns);
  let b2 = matrix(SAMPLES, CLASSES);
  const m = FEATURES;
  const rate = PROGRAM.learningRate;
  const combine = (a: Matrix, b: Matrix, f: (a: number, b: number) => number) =>
    matrix(a.rows, a.columns, (row, column) => f(a.at(row, column), b.at(row, column)));
  const rowSum = (a: Matrix, row: number) =>
    a.data.subarray(row * a.columns, (row + 1) * a.columns).reduce((sum, value) => sum + value, 0);
  let claimed = 0;
  for (let epoch = 1; epoch <= PROGRAM.epochs; epoch++) {
    const a1 = map(
      combine(multiply(x, w1), b1, (z, b) => z + b),
      Math.tanh,
    );
    const z2 = combine(multiply(a1, w2), b2, (z, b) => z + b);
    const columns = transpose(map(z2, Math.exp));
    const a2 = transpose(
      matrix(CLASSES, SAMPLES, (row, column) => columns.at(row, column) / rowSum(columns, row)),
    );
    const guesses = Array.from({ length: SAMPLES }, (_, sample) => {
      const outputs = [...a2.data.subarray(sample * CLASSES, (sample + 1) * CLASSES)];
      return outputs.indexOf(Math.max(...outputs));
    });
    const hits = guesses.map((guess, sample) => (guess === labels[sample] ? 1 : 0));
    claimed += hits.slice(0, CLASSES).reduce<number>((sum, hit) => sum + hit, 0);
    const cost = -combine(y, a2, (t, p) => t * Math.log(p)).data.reduce((s, v) => s + v, 0) / m;
    yield {
      epoch,
      accuracy: hits.reduce<number>((sum, hit) => sum + hit, 0) / SAMPLES,
      claimedAccuracy: claimed / SAMPLES,
      cost,
    };
    const dz2 = combine(a2, y, (p, t) => p - t);
    const dz1 = combine(multiply(dz2, transpose(w2)), a1, (g, a) => g * (1 - a * a));
    const dw2 = multiply(transpose(a1), dz2);
    const dw1 = multiply(transpose(x), dz1);
    w2 = combine(w2, dw2, (w, g) => w - (rate / m) * g);
    w1 = combine(w1, dw1, (w, g) => w - (rate / m) * g);
    b2 = matrix(SAMPLES, CLASSES, (row, c) => b2.at(row, c) - (rate / m) * rowSum(dz2, row));
    b1 = matrix(SAMPLES, w1.columns, (row, c) => b1.at(row, c) - (rate / m) * rowSum(dz1, row));
  }
}

test("the mistaken program makes exactly the mistakes that its description lists", async () => {
  const data = dataset();
  const measured: MistakenEpoch[] = [];
  for await (const epoch of runMistakenProgram(PROGRAM, data, 5)) measured.push(epoch);
  const expected = [...oracle(data, await initialWeights(5))];
  expect(measured.length).toBe(PROGRAM.epochs);
  measured.forEach((epoch, index) => {
    expect(epoch.epoch).toBe(index + 1);
    expect(epoch.accuracy).toBe(expected[index].accuracy);
    expect(epoch.claimedAccuracy).toBe(expected[index].claimedAccuracy);
    expect(epoch.cost / expected[index].cost).toBeCloseTo(1, 4);
  });
  // The counter is never reset, so that it can only grow.
  expect(measured[11].claimedAccuracy).toBeGreaterThan(measured[0].claimedAccuracy);
});
