/** Data and healthy networks, at the beginning and in the middle of their training. */
import { digits } from "../../build/index.js";
import { loadMnistTest } from "../../build/node/index.js";
import { Arithmetic } from "./arithmetic.mjs";
import { step } from "./program.mjs";
import { Random } from "./random.mjs";

/** Images to draw from: MNIST's test set where WASMLP_DATA_DIR has it, otherwise built-in digits. */
const source = process.env.WASMLP_DATA_DIR
  ? await loadMnistTest({ download: "never" })
  : digits({ samples: 3000, seed: 11 });

const exact = new Arithmetic();

/**
 * @typedef {object} Description
 * @property {"images" | "clusters"} data
 * @property {"raw" | "standardised" | "unit"} [scale] of clusters
 * @property {number} samples
 * @property {number} features of clusters
 * @property {number} classes of clusters
 * @property {number[]} hidden
 * @property {string} activation of hidden layers
 * @property {string} output its activation
 * @property {import("./program.mjs").Settings["loss"]} loss
 * @property {number} steps of training behind it
 * @property {number | "glorot"} initial standard deviation of the weights
 * @property {boolean} [offByOne] labels count from 1, and there is an output for the label 0
 * @property {number} seed
 */

/** @param {Description} description */
function drawData({ data, scale, samples, features, classes, offByOne, seed }) {
  const random = new Random("data", seed, data, samples, features, classes);
  const labels = [];
  let values;
  if (data === "images") {
    const pixels = source.features;
    values = new Float64Array(samples * pixels);
    for (let sample = 0; sample < samples; sample++) {
      const image = random.whole(0, source.samples - 1);
      labels.push(source.targets.labels[image]);
      const bytes = source.inputs.subarray(image * pixels, (image + 1) * pixels);
      bytes.forEach((byte, pixel) => {
        values[sample * pixels + pixel] = byte / 255;
      });
    }
  } else {
    values = clusters(random, labels, { samples, features, classes, scale });
  }
  const columns = values.length / samples;
  const outputs = (data === "images" ? 10 : classes) + (offByOne ? 1 : 0);
  const targets = new Float64Array(samples * outputs);
  labels.forEach((label, sample) => {
    targets[sample * outputs + label + (offByOne ? 1 : 0)] = 1;
  });
  return {
    inputs: exact.matrix(samples, columns, values),
    targets: exact.matrix(samples, outputs, targets),
  };
}

/** A cloud around a centre for each class. Writes the classes to `labels`. */
function clusters(random, labels, { samples, features, classes, scale }) {
  const centres = Array.from({ length: classes * features }, () => 2 * random.normal());
  const values = new Float64Array(samples * features);
  for (let sample = 0; sample < samples; sample++) {
    const label = random.whole(0, classes - 1);
    labels.push(label);
    for (let feature = 0; feature < features; feature++) {
      values[sample * features + feature] =
        centres[label * features + feature] + random.normal() + (scale === "raw" ? 0.5 : 0);
    }
  }
  if (scale === "raw") return values;
  for (let feature = 0; feature < features; feature++) {
    const column = Array.from({ length: samples }, (_, i) => values[i * features + feature]);
    const mean = column.reduce((sum, value) => sum + value, 0) / samples;
    const spread = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples);
    const [low, high] = [Math.min(...column), Math.max(...column)];
    column.forEach((value, i) => {
      values[i * features + feature] =
        scale === "unit" ? (value - low) / (high - low || 1) : (value - mean) / (spread || 1);
    });
  }
  return values;
}

const cache = new Map();

/** A healthy network and its batch; of the same description, the same. @param {Description} description */
export function healthyNetwork(description) {
  const key = JSON.stringify(description);
  if (!cache.has(key)) {
    // Images take room; what was made long ago is not asked for again.
    if (cache.size > 200) cache.delete(cache.keys().next().value);
    cache.set(key, makeNetwork(description));
  }
  const { state, batch, settings } = cache.get(key);
  return {
    state: { ...state, weights: [...state.weights], biases: [...state.biases] },
    batch: { ...batch },
    settings: { ...settings },
  };
}

function makeNetwork(description) {
  const { hidden, activation, output, loss, steps, initial, seed } = description;
  const batch = drawData(description);
  const random = new Random("weights", seed);
  const units = [batch.inputs.columns, ...hidden, batch.targets.columns];
  const weights = units.slice(1).map((columns, index) => {
    const rows = units[index];
    const deviation =
      initial === "glorot" ? Math.sqrt((activation === "relu" ? 2 : 1) / rows) : initial;
    const values = Array.from({ length: rows * columns }, () => deviation * random.normal());
    return exact.matrix(rows, columns, values);
  });
  const biases = units.slice(1).map((columns) => exact.matrix(1, columns));
  const settings = {
    activations: [...hidden.map(() => activation), output],
    loss,
    meanIn: "dZ",
    learningRate: description.data === "images" ? 0.3 : 0.1,
  };
  const begin = { weights, biases, steps: 0, counted: 0 };
  for (;;) {
    const state = trainSoundly(begin, batch, settings, steps);
    if (state) return { state, batch, settings };
    settings.learningRate /= 4;
  }
}

/** The state after so many steps, unless the loss rises on the way or in the step after. */
function trainSoundly(begin, batch, settings, steps) {
  let state = begin;
  let before = Number.POSITIVE_INFINITY;
  for (let done = 0; ; done++) {
    const { values, state: after } = step(state, batch, settings);
    const loss = values.loss.data[0];
    if (!(loss <= before)) return undefined;
    if (done === steps) return isSound(after, { batch, settings, loss }) ? state : undefined;
    before = loss * 1.02;
    state = after;
  }
}

/** Whether a step has left a loss that is no higher than the one before. */
export function isSound(after, { batch, settings, loss }, m = exact) {
  const { values } = step(after, batch, { ...settings, perSample: false }, [], m);
  return values.loss.data[0] <= 1.02 * loss;
}
