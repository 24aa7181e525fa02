/**
 * How much of real handwriting a network reads that has seen nothing but built-in digits: 784 inputs,
 * 64 tanh units, 10 classes, evaluated on the MNIST test set. Each seed draws its own digits.
 *
 *   WASMLP_DATA_DIR=DIR node bench/digits-to-mnist.mjs [--samples 60000] [--epochs 10] [--seeds 3]
 */
import { parseArgs } from "node:util";
import { digits, Mlp, perceptron } from "../build/index.js";
import { loadMnistTest } from "../build/node/index.js";

const { values } = parseArgs({
  options: {
    samples: { type: "string", default: "60000" },
    epochs: { type: "string", default: "10" },
    seeds: { type: "string", default: "3" },
    "batch-size": { type: "string", default: "32" },
    "learning-rate": { type: "string", default: "0.1" },
  },
});
const samples = Number(values.samples);
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
const fitOptions = {
  epochs: Number(values.epochs),
  batchSize: Number(values["batch-size"]),
  learningRate: Number(values["learning-rate"]),
};

const mnist = await loadMnistTest();

/** @param {number} seed */
async function measure(seed) {
  const started = performance.now();
  const training = digits({ samples, seed });
  const drawingSeconds = (performance.now() - started) / 1000;
  const model = await Mlp.create({ architecture: perceptron(784, [64], 10, "tanh"), seed });
  const { seconds } = await model.fit(training, { ...fitOptions, seed });
  const { accuracy, classes } = await model.evaluate(mnist);
  model.dispose();
  console.log(
    `seed ${seed}: ${percent(accuracy)} (drawn in ${drawingSeconds.toFixed(1)} s, trained in ${seconds.toFixed(1)} s)`,
  );
  return { accuracy, recalls: classes.map(({ recall }) => recall) };
}

/** @param {number[]} numbers */
function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** Standard deviation of the seeds, n − 1. @param {number[]} numbers */
function spread(numbers) {
  const centre = mean(numbers);
  const squares = numbers.map((number) => (number - centre) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (numbers.length - 1 || 1));
}

/** @param {number} fraction */
function percent(fraction) {
  return `${(100 * fraction).toFixed(2)} %`;
}

console.log(
  `${samples} built-in digits, ${fitOptions.epochs} epochs, batches of ${fitOptions.batchSize}, learning rate ${fitOptions.learningRate}; accuracy on ${mnist.name} (${mnist.samples} images)`,
);
const runs = [];
for (const seed of seeds) runs.push(await measure(seed));
const accuracies = runs.map(({ accuracy }) => accuracy);
console.log(`mean ${percent(mean(accuracies))} ± ${percent(spread(accuracies))}`);
mnist.targets.names.forEach((name, digit) => {
  console.log(`recall of ${name}: ${percent(mean(runs.map(({ recalls }) => recalls[digit])))}`);
});
