/**
 * A training program such as people write, and its mistakes. Samples are rows and weights
 * `[inputs, units]` in here; `layout.mjs` turns what a step leaves behind into the arrays of a dump.
 *
 * A mistake stands where it would stand in somebody's program: everything after it is computed from
 * what it left, and several may be active at once.
 */
import { Arithmetic } from "./arithmetic.mjs";

/** @typedef {import("./arithmetic.mjs").Matrix} Matrix */

/**
 * @typedef {object} Mistake
 * @property {string} id of the catalogue
 * @property {string} at the quantity ("dZ2"), "update", "biases", "gradients", "inputs" …
 * @property {string} [variant]
 */

/**
 * @typedef {object} Settings
 * @property {string[]} activations one a layer, the output's last
 * @property {"cross-entropy" | "binary-cross-entropy" | "mean-squared-error"} loss
 * @property {"dZ" | "dW" | "update"} meanIn where gradients are divided by the number of samples
 * @property {number} learningRate
 * @property {boolean} [halved] ½ of the squared error
 * @property {boolean} [twoDropped] the squared error's gradient without its factor 2
 * @property {boolean} [overEntries] mean over samples and outputs, not over samples
 * @property {number} [guard] added to probabilities before the logarithm
 * @property {boolean} [picked] the label's probability is picked, not multiplied by one-hot labels
 * @property {boolean} [perSample] the loss stays a vector, one number a sample
 * @property {{ rate: number, perSample: boolean, inLoss: boolean }} [l2] rate/2 ΣW², divided by the
 *   samples or not, of which the loss need not tell
 * @property {"sgd" | "momentum" | "adam"} [optimizer]
 * @property {number} [keep] probability with which dropout keeps a hidden unit
 * @property {boolean} [negated] works with Y − A and adds the gradients, which is right as well
 * @property {boolean} [accuracyAfter] accuracy of the network after the update
 */

/**
 * @typedef {object} State
 * @property {Matrix[]} weights one a layer, `[inputs, units]`
 * @property {Matrix[]} biases `[1, units]`; by mistake `[samples, units]`
 * @property {number} steps taken so far
 * @property {number} counted correct answers of all steps so far
 * @property {Record<string, Matrix>} [moments] of momentum and Adam
 */

/**
 * @typedef {object} Batch
 * @property {Matrix} inputs `[samples, features]`
 * @property {Matrix} targets one-hot `[samples, classes]`; by mistake labels `[samples, 1]`
 * @property {Matrix[]} [masks] of dropout, 1/keep or 0, one a hidden layer
 */

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

const FUNCTIONS = {
  tanh: Math.tanh,
  relu: (z) => Math.max(z, 0),
  sigmoid,
  identity: (z) => z,
  "leaky-relu": (z) => (z > 0 ? z : 0.01 * z),
};

/** Which of the mistakes is at a place: its variant (""when it has none), or undefined. */
export class Mistakes {
  #all;

  /** @param {readonly Mistake[]} all */
  constructor(all) {
    this.#all = all;
  }

  /** @param {string} id @param {...string} places */
  variant(id, ...places) {
    const mistake = this.#all.find((each) => each.id === id && places.includes(each.at));
    return mistake && (mistake.variant ?? "");
  }

  has(id, ...places) {
    return this.variant(id, ...places) !== undefined;
  }
}

/** @param {Arithmetic} m */
function activate(m, name, z) {
  return m.map(z, FUNCTIONS[name]);
}

/** (e^z − e^−z) / (e^z + e^−z), which is NaN where e^z is infinite. */
function naiveTanh(m, z) {
  const up = m.map(z, Math.exp);
  const down = m.map(z, (value) => Math.exp(-value));
  return m.divide(m.subtract(up, down), m.add(up, down));
}

/** Normalised along an axis: 1 each sample, 0 over the samples. */
function softmax(m, z, { axis = 1, shifted = true } = {}) {
  const exponents = shifted ? m.subtract(z, m.max(z, axis)) : z;
  const exponentials = m.map(exponents, Math.exp);
  return m.divide(exponentials, m.sum(exponentials, axis));
}

/** The formula of a derivative in terms of the activations `a`, or of z where it needs that. */
function derivative(m, name, a, z) {
  const one = m.matrix(1, 1, [1]);
  if (name === "tanh") return m.subtract(one, m.times(a, a));
  if (name === "sigmoid") return m.times(a, m.subtract(one, a));
  if (name === "relu") return m.map(z, (value) => (value > 0 ? 1 : 0));
  if (name === "leaky-relu") return m.map(z, (value) => (value > 0 ? 1 : 0.01));
  return m.map(a, () => 1);
}

/** Whether the last layer's dZ is A − Y: activation and loss belong to each other. */
function isMatched({ activations, loss }) {
  const output = activations.at(-1);
  return (
    (output === "softmax" && loss === "cross-entropy") ||
    (output === "sigmoid" && loss === "binary-cross-entropy") ||
    (output === "identity" && loss === "mean-squared-error")
  );
}

/**
 * One step: forward, loss, backward, update, accuracy.
 *
 * @param {State} state
 * @param {Batch} batch
 * @param {Settings} settings
 * @param {readonly Mistake[]} mistakeList
 * @param {Arithmetic} [m]
 * @returns {{ values: Record<string, Matrix>, state: State | undefined }} `values` holds every
 *   quantity by its name; gradients whose shapes forbid the update leave no state and no `_new`
 */
export function step(state, batch, settings, mistakeList = [], m = new Arithmetic()) {
  const mistakes = new Mistakes(mistakeList);
  const { weights, biases } = state;
  const layers = weights.length;
  const { inputs: X, targets: Y } = batch;
  const samples = X.rows;
  const classes = biases[layers - 1].columns;
  /** @type {Record<string, Matrix>} */
  const values = { X, Y };
  const scalar = (value) => m.matrix(1, 1, [value]);

  // Forward.
  const A = [X];
  const Z = [undefined];
  /** Activations before dropout. */
  const H = [X];
  for (let layer = 1; layer <= layers; layer++) {
    values[`W${layer}`] = weights[layer - 1];
    values[`b${layer}`] = biases[layer - 1];
    const operands = { X, Z: Z[layer - 1] };
    const operand = operands[mistakes.variant("wrong-operand", `Z${layer}`)] ?? A[layer - 1];
    Z[layer] = m.add(m.multiply(operand, weights[layer - 1]), biases[layer - 1]);
    H[layer] = output(layer, Z[layer]);
    const mask = layer < layers ? batch.masks?.[layer - 1] : undefined;
    A[layer] = mask ? m.times(H[layer], mask) : H[layer];
    values[`Z${layer}`] = Z[layer];
    values[`A${layer}`] = A[layer];
  }

  function output(layer, z) {
    const place = `A${layer}`;
    const name = mistakes.variant("wrong-activation", place) ?? settings.activations[layer - 1];
    const naive = mistakes.has("overflow", place);
    if (name === "softmax") {
      const axis = mistakes.has("softmax-axis", place) ? 0 : 1;
      return softmax(m, z, { axis, shifted: !naive });
    }
    return name === "tanh" && naive ? naiveTanh(m, z) : activate(m, name, z);
  }

  values.loss = loss();

  function loss() {
    const P = A[layers];
    const one = scalar(1);
    const logarithm = (a) => {
      const guarded = settings.guard ? m.add(a, scalar(settings.guard)) : a;
      return m.map(guarded, Math.log);
    };
    let terms;
    if (settings.loss === "mean-squared-error") {
      const difference = m.subtract(P, Y);
      terms = m.times(difference, difference);
      if (settings.halved) terms = m.scale(terms, 0.5);
    } else if (settings.loss === "cross-entropy") {
      const logarithms = logarithm(P);
      terms = settings.picked
        ? m.combine(Y, logarithms, (y, value) => (y === 0 ? 0 : -y * value))
        : m.scale(m.times(Y, logarithms), -1);
    } else {
      const positive = m.times(Y, logarithm(P));
      const negative = m.times(m.subtract(one, Y), logarithm(m.subtract(one, P)));
      terms = m.scale(m.add(positive, negative), -1);
    }
    const count = settings.overEntries ? samples * classes : samples;
    const axis = mistakes.variant("loss-axis", "loss");
    if (axis === "classes") return m.over(m.sum(terms, 0), samples);
    if (axis === "classes-summed") return m.sum(terms, 0);
    if (axis === "samples-divided") return m.over(m.sum(terms, 1), samples);
    if (settings.perSample) return m.sum(terms, 1);
    const penalty = settings.l2?.inLoss && weightPenalty();
    const sum = mean(m.sum(terms, "all"), "loss", count);
    return penalty ? m.add(sum, penalty) : sum;
  }

  function weightPenalty() {
    const { rate, perSample } = settings.l2;
    const squares = weights.map((W) => m.sum(m.times(W, W), "all"));
    const sum = m.scale(squares.reduce(m.add), rate / 2);
    return perSample ? m.over(sum, samples) : sum;
  }

  /** The sum divided by `count`, or by what is mistaken for it. */
  function mean(sum, ...places) {
    const count = places.pop();
    if (mistakes.has("missing-mean", ...places)) return sum;
    if (mistakes.has("mean-by-features", ...places)) return m.over(sum, X.columns);
    if (mistakes.has("mean-by-classes", ...places)) return m.over(sum, classes);
    const once = m.over(sum, count);
    return mistakes.has("double-mean", ...places) ? m.over(once, count) : once;
  }

  /** A gradient of parameters, divided by the number of samples where that is the program's habit. */
  function parameterMean(sum, place) {
    if (settings.meanIn === "dW") return mean(sum, place, "gradients", samples);
    // The mean is taken in dZ, and here once more.
    return mistakes.has("double-mean", place, "gradients") ? m.over(sum, samples) : sum;
  }

  // Backward.
  const last = `dZ${layers}`;
  let dZ = outputGradient();
  values[last] = dZ;

  function outputGradient() {
    const P = A[layers];
    const flipped = mistakes.has("sign-flipped", last) !== Boolean(settings.negated);
    let gradient = flipped ? m.subtract(Y, P) : m.subtract(P, Y);
    const name = settings.activations[layers - 1];
    if (settings.loss === "mean-squared-error" && !settings.halved && !settings.twoDropped) {
      gradient = m.scale(gradient, 2);
    }
    if (!isMatched(settings) && name !== "softmax") {
      gradient = applyDerivative(gradient, layers, name);
    }
    const extra = mistakes.variant("extra-output-derivative", last);
    if (extra !== undefined) gradient = m.times(gradient, derivative(m, "sigmoid", P, Z[layers]));
    if (settings.overEntries && settings.loss !== "cross-entropy") {
      gradient = m.over(gradient, classes);
    }
    return settings.meanIn === "dZ" ? mean(gradient, last, samples) : gradient;
  }

  /** dA ⊙ f′ of a layer, and how that goes wrong. */
  function applyDerivative(dA, layer, name) {
    const place = `dZ${layer}`;
    if (mistakes.has("activation-derivative-missing", place)) return dA;
    const wrong = mistakes.variant("wrong-activation-derivative", place);
    const other = mistakes.variant("wrong-operand", place);
    const a = other?.startsWith("A") ? A[Number(other.slice(1))] : H[layer];
    let factor;
    if (mistakes.has("derivative-of-z", place)) {
      // tanh′ and σ′ as functions of z, handed a: "of-a"; the formula for a, handed z: otherwise.
      const ofA = mistakes.variant("derivative-of-z", place) === "of-a";
      factor = derivative(m, name, ofA ? activate(m, name, H[layer]) : Z[layer], Z[layer]);
    } else {
      factor = derivative(m, wrong ?? name, a, Z[layer]);
    }
    const gradient = m.times(dA, factor);
    return mistakes.has("derivative-applied-twice", place) ? m.times(gradient, factor) : gradient;
  }

  const next = { weights: [...weights], biases: [...biases] };
  const moments = { ...state.moments };
  let updatable = true;
  for (let layer = layers; layer >= 1; layer--) {
    weightGradient(layer);
    biasGradient(layer);
    const early = mistakes.has("weights-updated-early", `dZ${layer - 1}`);
    if (early) update(layer);
    if (layer > 1) {
      dZ = backThrough(layer, early);
      values[`dZ${layer - 1}`] = dZ;
    }
    if (!early) update(layer);
  }

  function weightGradient(layer) {
    const place = `dW${layer}`;
    const operands = { X, Z: Z[layer - 1], A: A[layer] };
    const a = operands[mistakes.variant("wrong-operand", place)] ?? A[layer - 1];
    let dW = m.multiply(m.transpose(a), dZ);
    dW = parameterMean(dW, place);
    if (settings.l2) {
      const { rate, perSample } = settings.l2;
      const direction = settings.negated ? -rate : rate;
      dW = m.add(dW, m.scale(weights[layer - 1], perSample ? direction / samples : direction));
    }
    if (mistakes.has("sign-flipped", place)) dW = m.scale(dW, -1);
    values[place] = mistakes.has("gradient-transposed", place) ? m.transpose(dW) : dW;
  }

  function biasGradient(layer) {
    const place = `db${layer}`;
    const axis = mistakes.variant("bias-gradient-axis", place);
    const unsummed = mistakes.variant("bias-broadcast", `b${layer}`) === "unsummed";
    let db = dZ;
    if (axis === "units") db = m.sum(dZ, 1);
    else if (axis === "all") db = m.sum(dZ, "all");
    else if (!unsummed) db = m.sum(dZ, 0);
    db = parameterMean(db, place);
    values[place] = mistakes.has("sign-flipped", place) ? m.scale(db, -1) : db;
  }

  /** dZ of the layer below `layer`. */
  function backThrough(layer, early) {
    const below = layer - 1;
    const wrong = mistakes.variant("wrong-operand", `dA${below}`);
    const W = early ? next.weights[layer - 1] : weights[layer - 1];
    let dA;
    if (wrong === "untransposed") dA = m.multiply(dZ, W);
    else if (wrong) dA = m.multiply(dZ, m.transpose(weights[Number(wrong.slice(1)) - 1]));
    else dA = m.multiply(dZ, m.transpose(W));
    values[`dA${below}`] = dA;
    const mask = batch.masks?.[below - 1];
    return applyDerivative(mask ? m.times(dA, mask) : dA, below, settings.activations[below - 1]);
  }

  // Update.
  function update(layer) {
    for (const [kind, list] of [
      ["W", next.weights],
      ["b", next.biases],
    ]) {
      const name = `${kind}${layer}`;
      if (mistakes.has("layer-not-updated", `layer ${layer}`)) continue;
      if (kind === "b" && mistakes.has("bias-not-updated", `b${layer}_new`, "biases")) continue;
      const gradient = values[`d${name}`];
      const parameters = list[layer - 1];
      const fits =
        kind === "b" ||
        (gradient.rows === parameters.rows && gradient.columns === parameters.columns);
      if (!fits) {
        updatable = false;
        continue;
      }
      const change = changeOf(name, gradient);
      const kinds = kind === "W" ? "weights" : "biases";
      const climbs = mistakes.has("update-sign", `${name}_new`, "update", kinds);
      list[layer - 1] =
        climbs !== Boolean(settings.negated)
          ? m.add(parameters, change)
          : m.subtract(parameters, change);
    }
  }

  /** What is subtracted from parameters. */
  function changeOf(name, gradient) {
    const kind = name.startsWith("W") ? "weights" : "biases";
    const scale = mistakes.variant("update-scale", `${name}_new`, "update", kind);
    const rates = { "×10": 10, "÷10": 0.1, "÷n": 1 / samples, "×n": samples };
    const rate = scale === "forgotten" ? 1 : settings.learningRate * (rates[scale] ?? 1);
    const direction = settings.meanIn === "update" ? m.over(gradient, samples) : gradient;
    return m.scale(descentDirection(name, direction), rate);
  }

  function descentDirection(name, gradient) {
    if (settings.optimizer === "momentum") {
      const key = `v${name}`;
      const velocity = moments[key] ? m.add(m.scale(moments[key], 0.9), gradient) : gradient;
      moments[key] = velocity;
      return velocity;
    }
    if (settings.optimizer === "adam") {
      const t = state.steps + 1;
      const zero = m.matrix(gradient.rows, gradient.columns);
      const first = m.add(m.scale(moments[`m${name}`] ?? zero, 0.9), m.scale(gradient, 0.1));
      const squares = m.scale(m.times(gradient, gradient), 0.001);
      const second = m.add(m.scale(moments[`s${name}`] ?? zero, 0.999), squares);
      moments[`m${name}`] = first;
      moments[`s${name}`] = second;
      const root = m.map(m.over(second, 1 - 0.999 ** t), Math.sqrt);
      return m.divide(m.over(first, 1 - 0.9 ** t), m.add(root, scalar(1e-8)));
    }
    return gradient;
  }

  if (updatable) {
    for (let layer = 1; layer <= layers; layer++) {
      values[`W${layer}_new`] = next.weights[layer - 1];
      values[`b${layer}_new`] = next.biases[layer - 1];
    }
  }

  // Evaluation.
  let answers = A[layers];
  if (settings.accuracyAfter && updatable) {
    const trained = { ...state, ...next };
    answers = predict(trained, X, settings, m);
  }
  const truth = Y.columns === 1 ? Y.data : argmax(Y, 1);
  const [accuracy, correct] = accuracyOf(answers, truth);
  values.accuracy = m.matrix(1, 1, [accuracy]);

  function accuracyOf(P, labels) {
    const guesses = argmax(P, 1);
    const hits = guesses.filter((guess, sample) => guess === labels[sample]).length;
    const variant = mistakes.variant("accuracy-miscounted", "accuracy");
    if (variant === "few") {
      const few = guesses.slice(0, classes);
      return [few.filter((guess, i) => guess === labels[i]).length / samples, hits];
    }
    if (variant === "axis") {
      const [ours, theirs] = [argmax(P, 0), argmax(Y, 0)];
      return [ours.filter((guess, unit) => guess === theirs[unit]).length / ours.length, hits];
    }
    if (variant === "never-reset") return [(state.counted + hits) / samples, hits];
    if (variant === "by-features") return [hits / X.columns, hits];
    return [hits / samples, hits];
  }

  return {
    values,
    state: updatable
      ? { ...next, moments, steps: state.steps + 1, counted: state.counted + correct }
      : undefined,
  };
}

/** What the network says about inputs `[samples, features]`, without mistakes. @returns {Matrix} */
export function predict({ weights, biases }, inputs, { activations }, m = new Arithmetic()) {
  return weights.reduce((a, W, index) => {
    const z = m.add(m.multiply(a, W), biases[index]);
    const name = activations[index];
    return name === "softmax" ? softmax(m, z) : activate(m, name, z);
  }, inputs);
}

/** Where the largest of each row (axis 1) or column (axis 0) is; the first where several are. */
export function argmax({ rows, columns, data }, axis) {
  const [outer, inner] = axis === 1 ? [rows, columns] : [columns, rows];
  return Array.from({ length: outer }, (_, i) => {
    let best = 0;
    const at = (j) => (axis === 1 ? data[i * columns + j] : data[j * columns + i]);
    for (let j = 1; j < inner; j++) if (at(j) > at(best)) best = j;
    return best;
  });
}
