/**
 * What a question's program holds after its first and second step: 784-60-10, tanh and softmax,
 * full-batch gradient descent on the 10 000 images of MNIST's test set.
 *
 * Its mistakes, all of them in both steps: the softmax is normalised over the samples; means divide
 * by the number of features; bias gradients are summed over the units, which makes the biases
 * matrices from the second step on; the cross-entropy is summed over the samples, class by class; and
 * the accuracy counts right answers among the first 10 images only, never begins anew and divides by
 * 10 000.
 */
import { digits } from "../../build/index.js";
import { loadMnistTest } from "../../build/node/index.js";
import { Arithmetic } from "./arithmetic.mjs";
import { dumpArrays } from "./layout.mjs";
import { argmax, step } from "./program.mjs";
import { Random } from "./random.mjs";

const HIDDEN = 60;
const CLASSES = 10;
const LEARNING_RATE = 0.3;

const MISTAKES = [
  { id: "softmax-axis", at: "A2" },
  { id: "loss-axis", at: "loss", variant: "classes-summed" },
  { id: "mean-by-features", at: "gradients" },
  { id: "bias-gradient-axis", at: "db1", variant: "units" },
  { id: "bias-gradient-axis", at: "db2", variant: "units" },
];

/**
 * The program's arrays after one step or two; of built-in digits where WASMLP_DATA_DIR is not set.
 *
 * @param {1 | 2} steps
 * @returns {Promise<import("./layout.mjs").NumericArray[]>}
 */
export async function questionDump(steps, { samples = 10_000 } = {}) {
  const dataset = process.env.WASMLP_DATA_DIR
    ? await loadMnistTest({ download: "never" })
    : digits({ samples });
  const m = new Arithmetic();
  const random = new Random("question");
  const { features } = dataset;
  const weights = (rows, columns) =>
    m.matrix(
      rows,
      columns,
      Array.from({ length: rows * columns }, () => 0.01 * random.normal()),
    );
  const targets = m.matrix(samples, CLASSES);
  for (let sample = 0; sample < samples; sample++) {
    targets.data[sample * CLASSES + dataset.targets.labels[sample]] = 1;
  }
  // Pixels are float32 there before they are divided.
  const pixels = dataset.inputs.subarray(0, samples * features);
  const batch = {
    inputs: m.matrix(
      samples,
      features,
      Float32Array.from(pixels, (byte) => byte / 255),
    ),
    targets,
  };
  const settings = {
    activations: ["tanh", "softmax"],
    loss: "cross-entropy",
    meanIn: "dW",
    learningRate: LEARNING_RATE,
  };
  let state = {
    weights: [weights(features, HIDDEN), weights(HIDDEN, CLASSES)],
    biases: [m.matrix(1, HIDDEN), m.matrix(1, CLASSES)],
    steps: 0,
    counted: 0,
  };
  let correct = 0;
  let values;
  for (let done = 0; done < steps; done++) {
    const result = step(state, batch, settings, MISTAKES, m);
    ({ values, state } = result);
    const [guesses, answers] = [argmax(values.A2, 1), argmax(values.Y, 1)];
    for (let image = 0; image < CLASSES; image++) {
      if (guesses[image] === answers[image]) correct++;
    }
  }
  values.accuracy = m.matrix(1, 1, [correct / samples]);
  const arrays = dumpArrays(values, {
    layout: {
      samples: "rows",
      weights: "in×out",
      biases: "matrix",
      labels: "one-hot",
      inputType: "float32",
      percent: true,
      keepsDimensions: true,
    },
    precision: m.precision,
    learningRate: LEARNING_RATE,
  });
  const cost = values.loss.data.reduce((sum, value) => sum + value, 0) / features;
  return [...arrays, { name: "cost", shape: [1], dtype: "float64", values: Float64Array.of(cost) }];
}
