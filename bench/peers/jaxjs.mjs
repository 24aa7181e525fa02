/**
 * Training in jax-js on its WebAssembly backend: value and gradient of a step compiled once, the
 * batches cut from a shuffled copy of the inputs. See job.mjs.
 */
import { readFileSync } from "node:fs";
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { initialLayers, readData, readJob, report } from "./job.mjs";

const job = readJob();
const { samples, features, classes, batchSize, learningRate, epochs, activation } = job;
await init("wasm");
defaultDevice("wasm");

const data = readData(job);
let parameters = initialLayers(job).map(({ weights, inputs, units }) => ({
  weights: np.array(weights).reshape([inputs, units]),
  biases: np.zeros([units]),
}));

function meanLoss(layers, x, y) {
  let a = x;
  layers.forEach(({ weights, biases }, index) => {
    const z = np.matmul(a, weights).add(biases);
    if (index === layers.length - 1) a = z;
    else a = activation === "tanh" ? np.tanh(z) : nn.relu(z);
  });
  return nn
    .logSoftmax(a)
    .mul(y)
    .sum()
    .mul(-1 / batchSize);
}

const step = jit((layers, x, y) => {
  const [loss, gradients] = valueAndGrad(meanLoss)(tree.ref(layers), x, y);
  const updated = tree.map((p, g) => p.sub(g.mul(learningRate)), layers, gradients);
  return [updated, loss];
});

/** Rows `order` of a matrix, copied. */
function take(matrix, columns, order) {
  const rows = new Float32Array(order.length * columns);
  order.forEach((sample, row) => {
    rows.set(matrix.subarray(sample * columns, (sample + 1) * columns), row * columns);
  });
  return np.array(rows).reshape([order.length, columns]);
}

const manifest = new URL("../package.json", import.meta.resolve("@jax-js/jax"));
const { version } = JSON.parse(readFileSync(manifest, "utf8"));
await report(`jax-js ${version}`, epochs, async () => {
  const order = Array.from({ length: samples }, (_, index) => index);
  for (let last = samples - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  let total = 0;
  let steps = 0;
  for (let first = 0; first + batchSize <= samples; first += batchSize) {
    const batch = order.slice(first, first + batchSize);
    const x = take(data.inputs, features, batch);
    const y = take(data.labels, classes, batch);
    const [updated, loss] = step(parameters, x, y);
    parameters = updated;
    total += (await loss.data())[0];
    steps += 1;
  }
  return total / steps;
});
