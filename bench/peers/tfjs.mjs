/**
 * Training in TensorFlow.js on its WebAssembly backend, with SIMD and threads, the inputs resident as
 * one tensor. See job.mjs. Node has no `Worker` of the kind that the backend's threads want, so that
 * it runs with SIMD alone here.
 */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import { initialLayers, readData, readJob, report } from "./job.mjs";

const job = readJob();
const { samples, features, classes, batchSize, learningRate, epochs, activation } = job;
const module = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json");
setWasmPaths(`${dirname(module)}/dist/`);
await tf.setBackend("wasm");

const ACTIVATIONS = { tanh: tf.tanh, relu: tf.relu };
const data = readData(job);
const inputs = tf.tensor2d(data.inputs, [samples, features]);
const labels = tf.tensor2d(data.labels, [samples, classes]);
const layers = initialLayers(job).map(({ weights, inputs: rows, units }) => ({
  weights: tf.variable(tf.tensor2d(weights, [rows, units])),
  biases: tf.variable(tf.zeros([units])),
}));
const optimizer = tf.train.sgd(learningRate);

function meanLoss(x, y) {
  const logits = layers.reduce((a, { weights, biases }, index) => {
    const z = tf.add(tf.matMul(a, weights), biases);
    return index < layers.length - 1 ? ACTIVATIONS[activation](z) : z;
  }, x);
  return tf.mul(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)), -1);
}

await report(`TensorFlow.js ${version_wasm}`, epochs, async () => {
  let total = 0;
  const order = tf.util.createShuffledIndices(samples);
  for (let first = 0; first < samples; first += batchSize) {
    const indices = Int32Array.from(order.subarray(first, first + batchSize));
    const loss = tf.tidy(() => {
      const batch = tf.tensor1d(indices, "int32");
      const x = tf.gather(inputs, batch);
      const y = tf.gather(labels, batch);
      return optimizer.minimize(() => meanLoss(x, y), true);
    });
    total += (await loss.data())[0] * indices.length;
    loss.dispose();
  }
  return total / samples;
});
