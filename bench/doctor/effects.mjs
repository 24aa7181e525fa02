/**
 * What each mistake costs on MNIST: 784-64-10 in batches of 128, trained with the mistake and without
 * it, three seeds each. Trained on 8064 images of the test set for 2 epochs and evaluated on 1920
 * others of it; prints a table in Markdown.
 *
 *   WASMLP_DATA_DIR=DIR node bench/doctor/effects.mjs [--only ID] [--from ROW] [--seeds 3]
 *     [--epochs 2] > effects.md
 *
 * The network is evaluated by the mistaken program's own forward pass, in batches of 128 as well: a
 * bias that has become a matrix fits no other number of samples.
 */
import { parseArgs } from "node:util";
import { loadMnistTest } from "../../build/node/index.js";
import { Arithmetic } from "./arithmetic.mjs";
import { argmax, step } from "./program.mjs";
import { Random } from "./random.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    seeds: { type: "string", default: "3" },
    from: { type: "string", default: "1" },
    epochs: { type: "string", default: "2" },
  },
});
const SEEDS = Array.from({ length: Number(options.seeds) }, (_, index) => index + 1);
const EPOCHS = Number(options.epochs);
const BATCH = 128;
const TRAINING = 63 * BATCH;
const EVALUATION = 15 * BATCH;
const CLASSES = 10;
const PIXELS = 784;

const mnist = await loadMnistTest({ download: "never" });
const m = new Arithmetic();
const scaled = Float64Array.from(mnist.inputs, (byte) => byte / 255);

/** Three layers, where a mistake needs two layers of the same shape or a longer way back. */
const DEEP = { hidden: [64, 64] };
const RELU = { activation: "relu" };

/**
 * @typedef {object} Effect
 * @property {string} id
 * @property {string} what how the mistake is made
 * @property {import("./program.mjs").Mistake[]} [mistakes] of the step
 * @property {object} [network] where it differs from 784-64-10 tanh
 * @property {(pixels: Float64Array) => Float64Array} [inputs]
 * @property {(targets: import("./arithmetic.mjs").Matrix, random: Random) => void} [targets]
 * @property {(state: object) => void} [start]
 * @property {object} [settings]
 * @property {(label: number, image: number) => boolean} [keeps] images of the training set
 * @property {boolean} [evaluatesTraining] whether it is evaluated on images that it was trained on
 * @property {boolean} [accumulates] whether steps go along all gradients so far
 */

const at = (id, place, variant) => [{ id, at: place, variant }];
const scaleWeights = (factor, layers) => (state) => {
  state.weights.forEach((W, index) => {
    if (layers && !layers.includes(index + 1)) return;
    state.weights[index] = m.scale(W, factor);
  });
};
const scaleInputs = (factor) => (pixels) => pixels.map((value) => value * factor);

/** @type {Effect[]} */
const EFFECTS = [
  { id: "inputs-unscaled", what: "0 … 255", inputs: scaleInputs(255) },
  { id: "inputs-scaled-twice", what: "divided by 255 twice", inputs: scaleInputs(1 / 255) },
  {
    id: "inputs-constant",
    what: "every sample is the first image",
    inputs: (pixels) => pixels.map((_, index) => pixels[index % PIXELS]),
  },
  {
    id: "labels-not-one-hot",
    what: "a second 1 in a fifth of the rows",
    targets: (targets, random) =>
      breakRows(targets, random, (row) => {
        row[(row.indexOf(1) + random.whole(1, 9)) % CLASSES] = 1;
      }),
  },
  {
    id: "labels-not-one-hot",
    what: "a fifth of the rows are zeros",
    targets: (targets, random) => breakRows(targets, random, (row) => row.fill(0)),
  },
  {
    id: "labels-not-one-hot",
    what: "a column of the digits themselves",
    targets: (targets) => {
      const digits = argmax(targets, 1);
      Object.assign(targets, { columns: 1, data: Float64Array.from(digits) });
    },
  },
  { id: "labels-off-by-one", what: "1 … 10 and 11 outputs", network: { offByOne: true } },
  {
    id: "labels-shuffled",
    what: "labels in an order of their own",
    targets: (targets, random) => {
      const order = random.shuffle([...Array(targets.rows).keys()]);
      const { data, columns } = targets;
      const rows = order.flatMap((row) => [...data.subarray(row * columns, (row + 1) * columns)]);
      targets.data = Float64Array.from(rows);
    },
  },
  { id: "zero-initialisation", what: "all weights", start: scaleWeights(0) },
  { id: "zero-initialisation", what: "W1, tanh", start: scaleWeights(0, [1]) },
  { id: "zero-initialisation", what: "W1, ReLU", start: scaleWeights(0, [1]), network: RELU },
  { id: "weights-too-large", what: "40 times N(0, 1/inputs)", start: scaleWeights(40) },
  { id: "weights-too-small", what: "10⁻⁶ times N(0, 1/inputs)", start: scaleWeights(1e-6) },
  { id: "softmax-axis", what: "over the batch", mistakes: at("softmax-axis", "A2") },
  {
    id: "overflow",
    what: "naive softmax, inputs 0 … 255, weights 40 times N(0, 1/inputs)",
    mistakes: at("overflow", "A2"),
    inputs: scaleInputs(255),
    start: scaleWeights(40),
    network: RELU,
  },
  {
    id: "overflow",
    what: "tanh from raw exponentials, inputs 0 … 255, weights 40 times N(0, 1/inputs)",
    mistakes: at("overflow", "A1"),
    inputs: scaleInputs(255),
    start: scaleWeights(40),
  },
  {
    id: "wrong-activation",
    what: "sigmoid forward, the derivative of tanh backward",
    mistakes: at("wrong-activation", "A1", "sigmoid"),
  },
  {
    id: "wrong-activation",
    what: "sigmoid instead of softmax",
    mistakes: at("wrong-activation", "A2", "sigmoid"),
  },
  {
    id: "wrong-operand",
    what: "Z2 from Z1",
    mistakes: at("wrong-operand", "Z2", "Z"),
  },
  { id: "wrong-operand", what: "dW2 from Z1", mistakes: at("wrong-operand", "dW2", "Z") },
  {
    id: "wrong-operand",
    what: "dA1 with W2 not transposed",
    mistakes: at("wrong-operand", "dA1", "untransposed"),
    network: DEEP,
  },
  {
    id: "loss-axis",
    what: "summed over the samples",
    mistakes: at("loss-axis", "loss", "classes"),
  },
  {
    id: "log-of-zero",
    what: "no guard, weights 1000 times N(0, 1/inputs)",
    start: scaleWeights(1000),
    settings: { guard: undefined },
  },
  { id: "missing-mean", what: "loss", mistakes: at("missing-mean", "loss") },
  { id: "missing-mean", what: "dZ2", mistakes: at("missing-mean", "dZ2") },
  { id: "mean-by-features", what: "loss", mistakes: at("mean-by-features", "loss") },
  { id: "mean-by-features", what: "dZ2", mistakes: at("mean-by-features", "dZ2") },
  { id: "mean-by-classes", what: "loss", mistakes: at("mean-by-classes", "loss") },
  { id: "mean-by-classes", what: "dZ2", mistakes: at("mean-by-classes", "dZ2") },
  { id: "double-mean", what: "loss", mistakes: at("double-mean", "loss") },
  { id: "double-mean", what: "dZ2 and dW, db", mistakes: at("double-mean", "gradients") },
  { id: "sign-flipped", what: "Y − A", mistakes: at("sign-flipped", "dZ2") },
  { id: "sign-flipped", what: "dW1", mistakes: at("sign-flipped", "dW1") },
  {
    id: "activation-derivative-missing",
    what: "dZ1, tanh",
    mistakes: at("activation-derivative-missing", "dZ1"),
  },
  {
    id: "activation-derivative-missing",
    what: "dZ1, ReLU",
    mistakes: at("activation-derivative-missing", "dZ1"),
    network: RELU,
  },
  {
    id: "wrong-activation-derivative",
    what: "a·(1 − a) with tanh",
    mistakes: at("wrong-activation-derivative", "dZ1", "sigmoid"),
  },
  {
    id: "wrong-activation-derivative",
    what: "1 − a² with ReLU",
    mistakes: at("wrong-activation-derivative", "dZ1", "tanh"),
    network: RELU,
  },
  { id: "derivative-of-z", what: "1 − z²", mistakes: at("derivative-of-z", "dZ1") },
  {
    id: "derivative-applied-twice",
    what: "dZ1, tanh",
    mistakes: at("derivative-applied-twice", "dZ1"),
  },
  {
    id: "extra-output-derivative",
    what: "dZ2 · a·(1 − a)",
    mistakes: at("extra-output-derivative", "dZ2"),
  },
  {
    id: "weights-updated-early",
    what: "dA1 with W2 after its update",
    mistakes: at("weights-updated-early", "dZ1"),
  },
  {
    id: "gradient-transposed",
    what: "dW2 of 64 × 64",
    mistakes: at("gradient-transposed", "dW2"),
    network: DEEP,
  },
  {
    id: "bias-gradient-axis",
    what: "db1 and db2 over the units",
    mistakes: ["db1", "db2"].flatMap((place) => at("bias-gradient-axis", place, "units")),
  },
  {
    id: "bias-gradient-axis",
    what: "db1 and db2 over everything",
    mistakes: ["db1", "db2"].flatMap((place) => at("bias-gradient-axis", place, "all")),
  },
  {
    id: "bias-broadcast",
    what: "db1 and db2 not summed",
    mistakes: ["b1", "b2"].flatMap((place) => at("bias-broadcast", place, "unsummed")),
  },
  { id: "bias-not-updated", what: "all", mistakes: at("bias-not-updated", "biases") },
  { id: "layer-not-updated", what: "layer 1", mistakes: at("layer-not-updated", "layer 1") },
  { id: "layer-not-updated", what: "layer 2", mistakes: at("layer-not-updated", "layer 2") },
  { id: "update-sign", what: "W + lr·dW", mistakes: at("update-sign", "update") },
  { id: "update-scale", what: "lr × 10", mistakes: at("update-scale", "update", "×10") },
  { id: "update-scale", what: "lr / n", mistakes: at("update-scale", "update", "÷n") },
  { id: "update-scale", what: "lr forgotten", mistakes: at("update-scale", "update", "forgotten") },
  {
    id: "accuracy-miscounted",
    what: "10 of a batch counted, divided by 128",
    mistakes: at("accuracy-miscounted", "accuracy", "few"),
  },
  {
    id: "accuracy-miscounted",
    what: "the counter is never reset",
    mistakes: at("accuracy-miscounted", "accuracy", "never-reset"),
  },
  { id: "learning-rate-too-high", what: "30", settings: { learningRate: 30 } },
  { id: "learning-rate-too-low", what: "10⁻⁵", settings: { learningRate: 1e-5 } },
  {
    id: "dead-relu",
    what: "b1 = −10",
    network: RELU,
    start: (state) => {
      state.biases[0].data.fill(-10);
    },
  },
  {
    id: "vanishing-gradient",
    what: "sigmoid, W2 and W3 a thousandth of N(0, 1/inputs)",
    network: { ...DEEP, activation: "sigmoid" },
    start: scaleWeights(1e-3, [2, 3]),
  },
  {
    id: "exploding-gradient",
    what: "ReLU, W2 and W3 30 times N(0, 2/inputs)",
    network: { ...DEEP, activation: "relu" },
    start: scaleWeights(30, [2, 3]),
  },
  { id: "classes-missing", what: "no 9 in the training set", keeps: (label) => label !== 9 },
  {
    id: "classes-unbalanced",
    what: "of 5 … 9 a fiftieth of the images",
    keeps: (label, image) => label < 5 || image % 50 === 0,
  },
  {
    id: "duplicates-across-splits",
    what: "evaluated on images of the training set",
    evaluatesTraining: true,
  },
  {
    id: "symmetric-units",
    what: "W1 and W2 are 0.01 everywhere",
    start: (state) => {
      for (const { data } of state.weights) data.fill(0.01);
    },
  },
  { id: "initial-loss", what: "W2 20 times N(0, 1/inputs)", start: scaleWeights(20, [2]) },
  { id: "saturated-units", what: "W1 20 times N(0, 1/inputs)", start: scaleWeights(20, [1]) },
  {
    id: "gradient-accumulated",
    what: "never set back to 0",
    accumulates: true,
  },
  { id: "oscillation", what: "learning rate 3", settings: { learningRate: 3 } },
  {
    id: "divergence",
    what: "learning rate 10, ReLU",
    settings: { learningRate: 10 },
    network: RELU,
  },
];

function breakRows(targets, random, breakRow) {
  for (let row = 0; row < targets.rows; row++) {
    if (random.chance(0.2)) breakRow(targets.data.subarray(row * CLASSES, (row + 1) * CLASSES));
  }
}

/** Batches of images `from` … `to` of an order. */
function batchesOf(order, pixels, targets) {
  const batches = [];
  for (let start = 0; start + BATCH <= order.length; start += BATCH) {
    const rows = order.slice(start, start + BATCH);
    const gather = ({ data, columns }) => {
      const values = new Float64Array(BATCH * columns);
      rows.forEach((row, index) => {
        values.set(data.subarray(row * columns, (row + 1) * columns), index * columns);
      });
      return m.matrix(BATCH, columns, values);
    };
    batches.push({ inputs: gather(pixels), targets: gather(targets), rows });
  }
  return batches;
}

/** Takes the step along earlier gradients too, and adds this one to them. */
function addEarlier({ weights, biases }, values, accumulated, learningRate) {
  weights.forEach((W, index) => {
    for (const [name, parameter] of [
      [`dW${index + 1}`, W],
      [`db${index + 1}`, biases[index]],
    ]) {
      accumulated[name] ??= new Float64Array(parameter.data.length);
      const earlier = accumulated[name];
      for (let at = 0; at < earlier.length; at++) {
        parameter.data[at] -= learningRate * earlier[at];
        earlier[at] += values[name].data[at];
      }
    }
  });
}

/** Trains and evaluates. @param {Partial<Effect>} effect @param {number} seed */
function train(effect, seed) {
  const { hidden = [64], activation = "tanh", offByOne = false } = effect.network ?? {};
  const random = new Random("effects", seed);
  const outputs = CLASSES + (offByOne ? 1 : 0);
  const data = effect.inputs ? effect.inputs(scaled) : scaled;
  const pixels = { rows: mnist.samples, columns: PIXELS, data };
  const targets = m.matrix(mnist.samples, outputs);
  const labels = mnist.targets.labels;
  const shift = offByOne ? 1 : 0;
  labels.forEach((label, sample) => {
    targets.data[sample * outputs + label + shift] = 1;
  });
  effect.targets?.(targets, random);

  const units = [PIXELS, ...hidden, outputs];
  const state0 = {
    weights: units.slice(1).map((columns, index) => {
      const deviation = Math.sqrt((activation === "relu" ? 2 : 1) / units[index]);
      const values = Array.from(
        { length: units[index] * columns },
        () => deviation * random.normal(),
      );
      return m.matrix(units[index], columns, values);
    }),
    biases: units.slice(1).map((columns) => m.matrix(1, columns)),
    steps: 0,
    counted: 0,
  };
  effect.start?.(state0);
  const settings = {
    activations: [...hidden.map(() => activation), "softmax"],
    loss: "cross-entropy",
    meanIn: "dZ",
    learningRate: 0.3,
    guard: 1e-12,
    ...effect.settings,
  };
  const order = random.shuffle([...Array(mnist.samples).keys()]);
  const keeps = effect.keeps ?? (() => true);
  const training = order
    .slice(EVALUATION, EVALUATION + TRAINING)
    .filter((image) => keeps(labels[image], image));
  const evaluation = (effect.evaluatesTraining ? training : order).slice(0, EVALUATION);
  const accumulated = {};
  let state = state0;
  const losses = [];
  let claimed = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const batch of batchesOf(random.shuffle(training), pixels, targets)) {
      const result = step(state, batch, settings, effect.mistakes, m);
      const { loss, accuracy } = result.values;
      losses.push(loss.data.length === 1 ? loss.data[0] : Number.NaN);
      claimed = accuracy.data[0];
      state = result.state;
      if (effect.accumulates) addEarlier(state, result.values, accumulated, settings.learningRate);
    }
  }
  let hits = 0;
  const guessed = new Array(outputs).fill(0);
  for (const batch of batchesOf(evaluation, pixels, targets)) {
    const { values } = step(state, batch, settings, effect.mistakes, m);
    argmax(values[`A${units.length - 1}`], 1).forEach((guess, index) => {
      guessed[guess]++;
      if (guess === labels[batch.rows[index]] + shift) hits++;
    });
  }
  return { accuracy: hits / EVALUATION, losses, claimed, guessed, parameters: state.weights };
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** "93.42 % (93.1–93.7)" */
function formatAccuracy(runs) {
  const accuracies = runs.map(({ accuracy }) => 100 * accuracy);
  const [low, high] = [Math.min(...accuracies), Math.max(...accuracies)];
  return `${mean(accuracies).toFixed(1)} % (${low.toFixed(1)}–${high.toFixed(1)})`;
}

function formatLoss(value) {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞");
  return value >= 0.01 && value < 1e4 ? value.toPrecision(3) : value.toExponential(1);
}

/** The loss of the first step and the mean of the last epoch, and what catches the eye beside. */
function describe(runs, effect) {
  const [{ losses, claimed, guessed, parameters }] = runs;
  const last = losses.slice(-TRAINING / BATCH);
  const seen = [];
  if (effect.id === "loss-axis") seen.push("the loss is 10 numbers");
  else seen.push(`loss ${formatLoss(losses[0])} → ${formatLoss(mean(last))}`);
  if (parameters.some(({ data }) => data.some(Number.isNaN))) {
    seen.push("weights are NaN");
  }
  const digit = guessed.indexOf(Math.max(...guessed));
  if (guessed[digit] > 0.95 * EVALUATION) seen.push("one digit is guessed always");
  if (effect.id === "accuracy-miscounted") {
    seen.push(`the program says ${(100 * claimed).toFixed(1)} %`);
  }
  return seen.join("; ");
}

const baselines = new Map();

/** Three seeds of the same network without the mistake. */
function baseline({ network = {} }) {
  const { offByOne: _, ...shape } = network;
  const key = JSON.stringify(shape);
  if (!baselines.has(key)) {
    baselines.set(
      key,
      SEEDS.map((seed) => train({ network: shape }, seed)),
    );
  }
  return baselines.get(key);
}

console.log(`<!-- node bench/doctor/effects.mjs: ${TRAINING} images of MNIST's test set, ${EPOCHS} epochs,
batches of ${BATCH}, learning rate 0.3, 784-64-10 tanh unless said otherwise (784-64-64-10 with W2 of 64 × 64),
evaluated on ${EVALUATION} other images of it; mean of ${SEEDS.length} seeds (lowest–highest).
The loss is that of the first step and the mean of the last epoch, of the first seed. -->
`);
console.log("| mistake | how | accuracy with | accuracy without | what is seen |");
console.log("|---|---|---|---|---|");
const effects = EFFECTS.slice(Number(options.from) - 1);
for (const effect of effects.filter(({ id }) => !options.only || id === options.only)) {
  const healthy = baseline(effect);
  const runs = SEEDS.map((seed) => train(effect, seed));
  console.log(
    `| ${effect.id} | ${effect.what} | ${formatAccuracy(runs)} | ${formatAccuracy(healthy)} | ${describe(runs, effect)} |`,
  );
}
