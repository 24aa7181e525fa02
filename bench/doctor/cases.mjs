/**
 * The cases of the doctor's benchmark: every mistake by itself over a grid of programs, all pairs of
 * mistakes in one program, and healthy programs with all the habits that people have.
 *
 * A case is only one if its mistakes left traces in the arrays. Whether they did is measured, by the
 * same step without the mistake; what is left out, and why, is part of the result.
 */
import { Arithmetic, ORDERS } from "./arithmetic.mjs";
import { dumpArrays } from "./layout.mjs";
import { variantsOf } from "./mistakes.mjs";
import { healthyNetwork, isSound } from "./networks.mjs";
import { step } from "./program.mjs";
import { Random } from "./random.mjs";

/** @typedef {import("./mistakes.mjs").Variant} Variant */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {"single" | "pair" | "healthy"} kind
 * @property {import("./layout.mjs").NumericArray[]} arrays
 * @property {{ activation?: string[], loss?: string }} options
 * @property {{ id: string, at: string, accepts: string[] }[]} expected
 * @property {string[]} allowed identifiers of what follows from the mistakes
 */

/**
 * @typedef {object} Plan a case that is not yet computed
 * @property {string} name
 * @property {Case["kind"]} kind
 * @property {string[]} ids
 * @property {() => Case | Exclusion} build
 */

/** @typedef {{ name: string, kind: Case["kind"], ids: string[], reason: string }} Exclusion */

const SAMPLES = ["rows", "columns"];
const ACTIVATIONS = ["tanh", "relu", "sigmoid"];
const PRECISIONS = ["float64", "float32"];

/** How many networks are tried until a mistake shows. */
const ATTEMPTS = 6;
/** How many ways of making two mistakes are tried. */
const PAIR_ATTEMPTS = 40;
/** Each pair is made this often, in different programs. */
const PAIR_ROUNDS = 2;
const HEALTHY_PER_CELL = 10;

/** Relative to the array, how much a mistake must change; float32 rounds at 6·10⁻⁸. */
const TRACE = { float64: 1e-8, float32: 1e-4 };
/** Of parameters after the update, which hardly differ from those before it. */
const UPDATE_TRACE = { float64: 1e-11, float32: 1e-5 };

const UPDATE_IDS = new Set([
  "update-sign",
  "update-scale",
  "bias-not-updated",
  "layer-not-updated",
]);

/** Which two mistakes add up to a program that is right, or say the same thing. */
const CANCELLING = [
  {
    applies: (a, b) =>
      a.id === "sign-flipped" &&
      a.at.startsWith("dZ") &&
      b.id === "update-sign" &&
      b.at === "update",
    reason: "Y − A with W + lr·dW is right: the program works with the negative gradient",
  },
  {
    applies: (a, b) =>
      a.id === "sign-flipped" && b.id === "update-sign" && `${a.at.slice(1)}_new` === b.at,
    reason: "a negative dW that is added is right",
  },
  {
    applies: (a, b) =>
      a.id === "missing-mean" && a.at !== "loss" && b.id === "update-scale" && b.variant === "÷n",
    reason: "sums that the update divides by n are right: the mean is taken there",
  },
];

/** Every combination of the grid. */
function* grid() {
  for (const samples of SAMPLES) {
    for (const activation of ACTIVATIONS) {
      for (const layers of [1, 2, 3]) {
        for (const precision of PRECISIONS) yield { samples, activation, layers, precision };
      }
    }
  }
}

const labelOf = ({ id, at, variant, declares }) =>
  [id, at, variant, declares && "declared"].filter(Boolean).join(":");
const cellOf = ({ samples, activation, layers, precision }) =>
  `${samples}/${activation}/${layers}/${precision}`;

/** @returns {Plan[]} */
export function planSingles() {
  const plans = [];
  for (const cell of grid()) {
    for (const variant of variantsOf(cell)) {
      const name = `${labelOf(variant)}/${cellOf(cell)}`;
      const build = () => attempt(name, "single", cell, [variant]);
      plans.push({ name, kind: "single", ids: [variant.id], build });
    }
  }
  return plans;
}

/** @returns {Plan[]} */
export function planPairs() {
  const ids = [
    ...new Set(
      ACTIVATIONS.flatMap((activation) => variantsOf({ layers: 3, activation })).map(
        ({ id }) => id,
      ),
    ),
  ];
  const plans = [];
  ids.forEach((first, index) => {
    for (const second of ids.slice(index + 1)) {
      for (let round = 0; round < PAIR_ROUNDS; round++) {
        const name = `${first}+${second}/${round + 1}`;
        const build = () => findPair(name, first, second, PRECISIONS[round % 2]);
        plans.push({ name, kind: "pair", ids: [first, second], build });
      }
    }
  });
  return plans;
}

/** Two mistakes in a network of three layers, preferably in different arrays. */
function findPair(name, first, second, precision) {
  const random = new Random(name);
  const cells = random
    .shuffle(ACTIVATIONS)
    .map((activation) => ({ samples: random.pick(SAMPLES), activation, layers: 3, precision }));
  const choices = cells.flatMap((cell) => {
    // What was not declared could be either of two mistakes; a single case is for that.
    const variants = variantsOf(cell).filter(
      ({ id, declares }) => id !== "wrong-activation" || declares,
    );
    const firsts = variants.filter(({ id }) => id === first);
    const seconds = variants.filter(({ id }) => id === second);
    return firsts.flatMap((a) => seconds.map((b) => ({ cell, pair: [a, b] })));
  });
  const reasons = new Map();
  const note = (reason) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  let tried = 0;
  const ordered = random.shuffle(choices);
  for (const { cell, pair } of [
    ...ordered.filter(({ pair: [a, b] }) => a.at !== b.at),
    ...ordered.filter(({ pair: [a, b] }) => a.at === b.at),
  ]) {
    const contradiction = contradictionOf(pair);
    if (contradiction) {
      note(contradiction);
      continue;
    }
    if (tried++ === PAIR_ATTEMPTS) break;
    const label = `${pair.map(labelOf).join("+")}/${cellOf(cell)}/${name.at(-1)}`;
    const result = attempt(label, "pair", cell, pair, 2);
    if (!("reason" in result)) return result;
    note(result.reason);
  }
  if (choices.length === 0) note("no activation has both");
  const [reason] = [...reasons].sort(([, a], [, b]) => b - a)[0];
  return { name, kind: "pair", ids: [first, second], reason };
}

/** Why two mistakes cannot be made together, if they cannot. */
function contradictionOf([a, b]) {
  const slot = a.slots.find((each) => b.slots.includes(each));
  if (slot) return `both are made in the same place (${slot})`;
  const merged = { ...a.requires };
  for (const [key, value] of Object.entries(b.requires ?? {})) {
    if (merged[key] !== undefined && value !== undefined && merged[key] !== value) {
      return `one needs a network that the other does not have (${key})`;
    }
    merged[key] = value;
  }
  if (merged.square && merged.data === "images") {
    return "one needs a network that the other does not have (square images)";
  }
  const cancelling = CANCELLING.find(({ applies }) => applies(a, b) || applies(b, a));
  return cancelling?.reason;
}

/** The first of a few networks in which the mistakes show. @returns {Case | Exclusion} */
function attempt(name, kind, cell, variants, attempts = ATTEMPTS) {
  let reason = "";
  for (let number = 0; number < attempts; number++) {
    const result = compute(name, kind, cell, variants, new Random(name, number));
    if (typeof result !== "string") return result;
    reason = result;
  }
  return { name, kind, ids: variants.map(({ id }) => id), reason };
}

/** A case, or why it is none. @returns {Case | string} */
function compute(name, kind, cell, variants, random) {
  const requires = Object.assign({}, ...variants.map((variant) => variant.requires ?? {}));
  const description = describe(random, cell, requires);
  const { state, batch, settings } = healthyNetwork(description);
  const m = new Arithmetic({ precision: cell.precision, order: random.pick(ORDERS) });
  const ids = variants.map(({ id }) => id);
  const stops = variants.some((variant) => variant.stops);
  Object.assign(settings, {
    meanIn: requires.meanIn ?? chooseMean(random, stops || ids.some((id) => UPDATE_IDS.has(id))),
    halved: random.chance(0.5),
    guard: random.pick([undefined, 1e-8, 1e-12]),
    picked: requires.picked ?? random.chance(0.3),
  });
  state.counted = Math.round(batch.inputs.rows * random.between(0.3, 0.9));
  const context = { state, batch, settings, random, m };
  convert(context);
  const ordered = [...variants].sort((a, b) => stageOf(a) - stageOf(b));
  for (const variant of ordered) variant.prepare?.(context);
  // Zeros have logarithms in programs that guard against them; all others would say −∞ as well.
  if (variants.some(({ allowed }) => allowed) && !ids.includes("log-of-zero")) {
    settings.guard ??= 1e-8;
  }
  convert(context);

  const { values } = step(state, batch, settings, variants, m);
  for (const variant of variants) {
    const missing = variant.needs.find((needed) => needed !== "lr" && !values[needed]);
    if (missing) return `the program stops before ${missing.replace(/\d/, "l")}`;
    if (!shows(variant, variants, values, context)) {
      return `${variant.id}${ids.length > 1 || !variant.variant ? "" : ` (${variant.variant})`} leaves no trace in the numbers`;
    }
  }

  const needs = new Set(variants.flatMap((variant) => variant.needs));
  if (settings.meanIn === "update") {
    for (const needed of [...Object.keys(values).filter((key) => key.endsWith("_new")), "lr"]) {
      needs.add(needed);
    }
  }
  if (description.output !== "softmax") needs.add("loss");
  const layout = chooseLayout(random, cell, values, requires);
  layout.omitted = kind === "single" ? omit(random, values, needs) : new Set();
  const declares =
    variants.some((variant) => variant.declares) ||
    (!ids.includes("wrong-activation") && random.chance(0.2));
  return {
    name,
    kind,
    arrays: random.shuffle(
      dumpArrays(values, {
        layout,
        precision: cell.precision,
        learningRate: settings.learningRate,
      }),
    ),
    options: {
      ...(declares && { activation: settings.activations }),
      ...(random.chance(0.3) && { loss: settings.loss }),
    },
    expected: variants.map(({ id, at, accepts = [] }) => ({ id, at, accepts })),
    allowed: variants.flatMap(({ allowed = [] }) => allowed),
  };
}

/** What is prepared first: data, then weights, then the learning rate that suits neither. */
function stageOf({ at, id }) {
  if (at === "X" || at === "Y") return 0;
  if (id === "bias-broadcast") return 2;
  return at === "lr" ? 3 : 1;
}

function convert({ state, batch, m }) {
  state.weights = state.weights.map((W) => m.copy(W));
  state.biases = state.biases.map((b) => m.copy(b));
  batch.inputs = m.copy(batch.inputs);
  batch.targets = m.copy(batch.targets);
}

/** Whether a mistake can be seen, given that all others were made too. */
function shows(variant, variants, values, context) {
  if (variant.isVisible) return variant.isVisible(values, context);
  const others = variants.filter((each) => each !== variant);
  const { state, batch, settings, m } = context;
  const without = step(state, batch, settings, others, m).values;
  return variant.traces.some((name) => differs(values[name], without[name], name, m.precision));
}

function differs(a, b, name, precision) {
  if (!b || a.rows !== b.rows || a.columns !== b.columns) return true;
  const limit = (name.endsWith("_new") ? UPDATE_TRACE : TRACE)[precision];
  let [difference, size] = [0, 0];
  for (let index = 0; index < a.data.length; index++) {
    const [x, y] = [a.data[index], b.data[index]];
    // That there are more NaN than there would be anyway tells nothing of where they come from.
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    difference += (x - y) ** 2;
    size = Math.max(size, x * x, y * y);
  }
  return difference > limit * limit * size;
}

/** A network that has what is required, and else one of many. */
function describe(random, { activation, layers }, requires) {
  const images = requires.data
    ? requires.data === "images"
    : !requires.square && random.chance(0.15);
  const [output, loss] = chooseOutput(random, requires);
  // Sizes differ, lest one mistake look like another: n is none of the others, nor classes features.
  const classes = images ? 10 : random.whole(3, 10);
  const taken = new Set([classes]);
  const fresh = (low, high) => {
    let number;
    do number = random.whole(low, high);
    while (taken.has(number));
    taken.add(number);
    return number;
  };
  const features = images ? 784 : fresh(5, requires.square ? 16 : 30);
  const hidden = Array.from({ length: layers - 1 }, () =>
    requires.square ? features : fresh(6, 24),
  );
  const minimum = requires.minimumSamples ?? 40;
  const steps = requires.steps ?? random.pick(images ? [0, 3, 20] : [0, 3, 50]);
  return {
    data: images ? "images" : "clusters",
    scale: random.pick(["raw", "standardised", "unit"]),
    samples: fresh(Math.max(minimum, images ? 64 : 40), Math.max(minimum + 60, 160)),
    features,
    classes,
    hidden,
    activation,
    output,
    loss,
    steps,
    initial: requires.initial ?? "glorot",
    offByOne: requires.offByOne ?? false,
    seed: random.whole(1, images ? 4 : 1e6),
  };
}

function chooseOutput(random, { output, loss }) {
  const outputs = [
    ...Array(7).fill(["softmax", "cross-entropy"]),
    ["sigmoid", "binary-cross-entropy"],
    ["sigmoid", "mean-squared-error"],
    ["tanh", "mean-squared-error"],
    ["identity", "mean-squared-error"],
  ];
  return random.pick(
    outputs.filter(([o, l]) => (!output || o === output) && (!loss || l === loss)),
  );
}

/** Where the mean is taken; in the update only if the update can tell. */
function chooseMean(random, notInUpdate) {
  return random.pick(notInUpdate ? ["dZ", "dW"] : ["dZ", "dZ", "dW", "dW", "update"]);
}

function chooseLayout(random, { samples }, { Y }, { labels }) {
  const isOneHot = Y.columns > 1 && isOneHotMatrix(Y);
  const integers = labels ? labels === "integers" : isOneHot && random.chance(0.3);
  return {
    samples,
    weights: random.pick(["in×out", "out×in"]),
    biases: samples === "rows" && random.chance(0.5) ? "vector" : "matrix",
    labels: integers && isOneHot ? "integers" : "one-hot",
    labelType: random.pick(["int64", "int32", "uint8"]),
    percent: random.chance(0.4),
    keepsDimensions: random.chance(0.3),
  };
}

function isOneHotMatrix({ rows, columns, data }) {
  for (let row = 0; row < rows; row++) {
    const values = [...data.subarray(row * columns, (row + 1) * columns)].sort((a, b) => b - a);
    if (values[0] !== 1 || values[1] !== 0 || values.at(-1) !== 0) return false;
  }
  return true;
}

/** What people do not save. */
function omit(random, values, needs, probability = 0.12) {
  const groups = [
    [/^Z/],
    [/^A\d/],
    [/^loss$/],
    [/^accuracy$/],
    [/_new$/],
    [/^lr$/],
    [/^dW\d$/, /^db\d$/],
    [/^dZ/],
  ];
  const names = ["lr", ...Object.keys(values)];
  const omitted = new Set();
  for (const group of groups) {
    const members = names.filter((name) => group.some((pattern) => pattern.test(name)));
    if (!random.chance(probability) || members.some((name) => needs.has(name))) continue;
    for (const name of members) omitted.add(name);
  }
  return omitted;
}

/** @returns {Plan[]} */
export function planHealthy() {
  const plans = [];
  for (const cell of grid()) {
    for (let number = 1; number <= HEALTHY_PER_CELL; number++) {
      const name = `healthy/${cellOf(cell)}/${number}`;
      plans.push({ name, kind: "healthy", ids: [], build: () => healthy(name, cell) });
    }
  }
  return plans;
}

/** A program without mistakes, with habits. @returns {Case} */
function healthy(name, cell) {
  const random = new Random(name);
  const description = describe(random, cell, {});
  // A dump shows a batch, and batches may be small.
  const samples = random.chance(0.25) ? random.whole(8, 39) : description.samples;
  const { activation, layers } = cell;
  Object.assign(description, {
    samples,
    // Standard deviation 0.01 is the habit of programs for images with one hidden layer.
    initial: description.data === "images" && layers === 2 && random.chance(0.5) ? 0.01 : "glorot",
    // A softmax regression may begin at zero: its loss is convex.
    ...(layers === 1 && description.steps === 0 && random.chance(0.3) && { initial: 0 }),
    activation: activation === "relu" && random.chance(0.1) ? "leaky-relu" : activation,
  });
  const { state, batch, settings } = healthyNetwork(description);
  const m = new Arithmetic({ precision: cell.precision, order: random.pick(ORDERS) });
  const squared = settings.loss === "mean-squared-error";
  const overEntries = settings.loss !== "cross-entropy" && random.chance(0.5);
  const optimizer = random.pick(["sgd", "sgd", "sgd", "momentum", "adam"]);
  // What Adam and momentum make of a gradient shows neither its size nor, always, its sign.
  const isPlain = optimizer === "sgd";
  Object.assign(settings, {
    // Who divides by samples and outputs does so at once, where the loss is differentiated.
    meanIn: overEntries ? "dZ" : random.pick(isPlain ? ["dZ", "dW", "update"] : ["dZ", "dW"]),
    overEntries,
    halved: squared && random.chance(0.5),
    twoDropped: squared && random.chance(0.3),
    guard: random.pick([undefined, 1e-8, 1e-12, 1e-15]),
    picked: random.chance(0.3),
    perSample: random.chance(0.1),
    optimizer,
    learningRate: optimizer === "adam" ? 0.001 : random.pick([0.01, 0.05, 0.1, 0.3, 0.5]),
    l2: random.chance(0.2)
      ? {
          rate: random.pick([1e-4, 1e-3, 0.01, 0.1]),
          perSample: random.chance(0.5),
          inLoss: random.chance(0.7),
        }
      : undefined,
    negated: isPlain && random.chance(0.12),
    accuracyAfter: random.chance(0.2),
  });
  const smoothing = !settings.picked && random.chance(0.08) ? 0.1 : 0;
  if (smoothing > 0) {
    batch.targets = new Arithmetic().map(
      batch.targets,
      (y) => y * (1 - smoothing) + smoothing / batch.targets.columns,
    );
  }
  // Images that were loaded as float32 meet weights of float64.
  const mixed = cell.precision === "float64" && random.chance(0.15);
  if (mixed) batch.inputs = new Arithmetic({ precision: "float32" }).copy(batch.inputs);
  convert({ state, batch, m });
  if (layers > 1 && random.chance(0.15)) {
    const keep = random.pick([0.5, 0.8]);
    batch.masks = description.hidden.map((units) =>
      m.matrix(
        samples,
        units,
        Array.from({ length: samples * units }, () => (random.chance(keep) ? 1 / keep : 0)),
      ),
    );
  }
  const { values } = soundStep(state, batch, settings, m);
  const layout = chooseLayout(random, cell, values, {});
  if (mixed) layout.inputType = "float32";
  const habit = random.pick(["all", "all", "all", "some", "some", "forward", "gradients"]);
  // Sums without the update that divides them are not seen to be right; nor is Y − A.
  const needs = new Set(description.output === "softmax" ? [] : ["loss"]);
  if (settings.meanIn === "update" || settings.negated) {
    for (const needed of [...Object.keys(values).filter((key) => key.endsWith("_new")), "lr"]) {
      needs.add(needed);
    }
  }
  layout.omitted = habit === "some" ? omit(random, values, needs, 0.4) : new Set();
  if (habit === "forward") {
    layout.omitted = new Set(Object.keys(values).filter((key) => /^d|_new$/.test(key)));
  }
  if (habit === "gradients" && needs.size === 0) {
    layout.omitted = new Set(
      Object.keys(values).filter((key) => !/^(X|Y|[Wb]\d|d[Wb]\d)$/.test(key)),
    );
  }
  // Of which network the accuracy is, is only seen where that network is.
  if (settings.accuracyAfter && layout.omitted.has("W1_new")) layout.omitted.add("accuracy");
  const dump = { layout, precision: cell.precision, learningRate: settings.learningRate };
  const arrays = dumpArrays(values, dump);
  if (random.chance(0.25)) arrays.push(...unknownArrays(random, values, batch, dump));
  return {
    name,
    kind: "healthy",
    arrays: random.chance(0.5) ? random.shuffle(arrays) : arrays,
    options: {
      ...(random.chance(0.2) && { activation: settings.activations }),
      ...(random.chance(0.3) && { loss: settings.loss }),
    },
    expected: [],
    allowed: [],
    habits: { ...settings, ...description, smoothing, dropout: Boolean(batch.masks), habit },
  };
}

/** A step that does not raise the loss, with a learning rate that is small enough for it. */
function soundStep(begin, batch, settings, m) {
  for (;;) {
    let state = begin;
    // The moments of momentum are those of a training that has been going on.
    for (let done = 0; done < (settings.optimizer === "momentum" ? 3 : 0); done++) {
      ({ state } = step(state, batch, settings, [], m));
    }
    const result = step(state, batch, settings, [], m);
    const [loss] = step(state, batch, { ...settings, perSample: false }, [], m).values.loss.data;
    if (isSound(result.state, { batch, settings, loss }, m)) return result;
    settings.learningRate /= 4;
    if (settings.learningRate < 1e-7) throw new Error("no learning rate is small enough");
  }
}

/** Arrays that nobody asked for. */
function unknownArrays(random, values, { masks = [] }, dump) {
  const float64 = (name, shape, numbers) => ({
    name,
    shape,
    dtype: "float64",
    values: Float64Array.from(numbers),
  });
  // dA1 and the masks lie as A1 does.
  const beside = (name, matrix) => {
    const arrays = dumpArrays(
      { A1: matrix },
      { ...dump, layout: { ...dump.layout, omitted: undefined } },
    );
    return { ...arrays.find((array) => array.name === "A1"), name };
  };
  const arrays = [
    float64("epoch", [], [random.whole(0, 99)]),
    float64("history", [5], [2.3, 1.9, 1.2, 0.8, 0.6]),
    float64("X_mean", [values.X.columns], new Array(values.X.columns).fill(0)),
  ];
  if (values.dA1) arrays.push(beside("dA1", values.dA1));
  masks.forEach((mask, index) => {
    arrays.push(beside(`D${index + 1}`, mask));
  });
  return arrays;
}
