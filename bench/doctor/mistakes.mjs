/**
 * Every way to make each mistake of the catalogue that can be made in a given network, and how one
 * knows that it left a trace.
 */
import { argmax, step } from "./program.mjs";

/**
 * @typedef {object} Variant
 * @property {string} id
 * @property {string} at
 * @property {string} [variant]
 * @property {string[]} slots of two mistakes that share one, only one can be made
 * @property {string[]} needs arrays without which the mistake cannot be seen
 * @property {object} [requires] of the network: see `cases.mjs`
 * @property {string[]} [traces] quantities that must differ from those without the mistake
 * @property {(context: Context) => void} [prepare] makes it, where it is made before the step
 * @property {(values: Record<string, Matrix>, context: Context) => boolean} [isVisible]
 * @property {string[]} [accepts] other identifiers that name it just as well
 * @property {string[]} [allowed] identifiers of what follows from it
 * @property {boolean} [declares] the caller says which activations he meant
 */

/** @typedef {import("./program.mjs").Matrix} Matrix */
/** @typedef {{ state: object, batch: object, settings: object, random: import("./random.mjs").Random, m: import("./arithmetic.mjs").Arithmetic }} Context */

/** What too large or too small numbers bring with them: none of these is a false alarm then. */
const CONSEQUENCES = [
  "overflow",
  "log-of-zero",
  "inputs-not-finite",
  "symmetric-units",
  "weights-too-large",
  "weights-too-small",
  "initial-loss",
  "learning-rate-too-high",
  "learning-rate-too-low",
  "dead-relu",
  "saturated-units",
  "vanishing-gradient",
  "exploding-gradient",
  "divergence",
  "plateau",
];

const norm = ({ data }) => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
const range = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
const hasNaN = ({ data }) => data.some(Number.isNaN);

/** The logarithm of the largest number, and of the smallest above 0. */
const LIMITS = {
  float64: { largest: 709.8, smallest: 745.2 },
  float32: { largest: 88.8, smallest: 104 },
};

/**
 * @param {{ layers: number, activation: string }} network `layers` 1 … 3, `activation` of hidden ones
 * @returns {Variant[]}
 */
export function variantsOf({ layers, activation }) {
  const last = layers;
  const hidden = range(1, layers - 1);
  const all = range(1, layers);
  const updates = all.flatMap((l) => [`W${l}_new`, `b${l}_new`]);
  /** @type {Variant[]} */
  const variants = [];
  const add = (id, at, variant, rest) => {
    variants.push({ id, at, variant, slots: [`${id}:${at}`], needs: [], ...rest });
  };
  const softmaxOutput = { output: "softmax" };

  // Forward.
  add("softmax-axis", `A${last}`, undefined, {
    requires: softmaxOutput,
    needs: [`A${last}`],
    traces: [`A${last}`],
    slots: [`output`],
  });
  for (const l of [...(activation === "tanh" ? hidden : []), last]) {
    add("overflow", `A${l}`, undefined, {
      requires: l === last ? softmaxOutput : {},
      needs: [`A${l}`],
      slots: [`W${l}`, ...(l === last ? ["output"] : [`activation${l}`])],
      prepare: (context) => scaleUntil(context, l, 1.6 * LIMITS[context.m.precision].largest),
      isVisible: (values) => hasNaN(values[`A${l}`]),
      allowed: CONSEQUENCES,
    });
  }
  for (const l of hidden) {
    for (const name of ["tanh", "relu", "sigmoid", "identity"]) {
      if (name === activation) continue;
      for (const declares of [true, false]) {
        add("wrong-activation", `A${l}`, name, {
          slots: [`activation${l}`],
          needs: [`A${l}`, `dZ${l}`, `dZ${l + 1}`],
          traces: [`A${l}`],
          declares,
          // Without a declaration, forward and backward contradict each other, and either is wrong.
          accepts: declares ? [] : ["wrong-activation-derivative", "activation-derivative-missing"],
          allowed: ["wrong-activation-derivative", "activation-derivative-missing"],
        });
      }
    }
  }
  for (const name of ["sigmoid", "identity"]) {
    add("wrong-activation", `A${last}`, name, {
      requires: softmaxOutput,
      slots: ["output"],
      needs: [`A${last}`],
      traces: [`A${last}`],
      declares: true,
      allowed: ["log-of-zero"],
    });
  }
  for (const l of range(2, layers)) {
    for (const [place, needs] of [
      [`Z${l}`, [`Z${l}`, `Z${l - 1}`, `A${l - 1}`]],
      [`dW${l}`, [`dW${l}`, `dZ${l}`]],
    ]) {
      const slots = [`operand:${place}`];
      add("wrong-operand", place, "Z", { slots, needs, traces: [place] });
      add("wrong-operand", place, "X", {
        slots,
        needs,
        traces: [place],
        requires: { square: true },
      });
    }
  }
  if (layers === 3) {
    const square = { requires: { square: true }, needs: ["dZ1", "dZ2"], traces: ["dZ1"] };
    add("wrong-operand", "dW2", "A", {
      requires: { square: true },
      needs: ["dW2", "dZ2"],
      traces: ["dW2"],
      slots: ["operand:dW2"],
    });
    add("wrong-operand", "dA1", "W1", { ...square, slots: ["operand:dA1"] });
    add("wrong-operand", "dA1", "untransposed", {
      ...square,
      slots: ["operand:dA1"],
      accepts: ["gradient-transposed"],
    });
    if (activation !== "relu") {
      add("wrong-operand", "dZ1", "A2", { ...square, slots: ["derivative1"] });
      add("wrong-operand", "dZ2", "A1", {
        requires: { square: true },
        needs: ["dZ2", "dZ3"],
        traces: ["dZ2"],
        slots: ["derivative2"],
      });
    }
  }

  // Loss.
  for (const variant of ["classes", "classes-summed", "samples-divided"]) {
    add("loss-axis", "loss", variant, {
      slots: ["mean:loss", "reduction"],
      needs: ["loss"],
      traces: ["loss"],
      allowed: ["missing-mean", "double-mean"],
    });
  }
  for (const picked of [false, true]) {
    add("log-of-zero", "loss", picked ? "picked" : "product", {
      requires: softmaxOutput,
      slots: [`W${last}`, "logarithm"],
      needs: ["loss"],
      prepare: (context) => {
        context.settings.guard = undefined;
        context.settings.picked = picked;
        scaleUntil(context, last, 4 * LIMITS[context.m.precision].smallest);
      },
      isVisible: ({ loss }) => loss.data.some((value) => !Number.isFinite(value)),
      allowed: CONSEQUENCES,
    });
  }
  for (const id of ["missing-mean", "mean-by-features", "mean-by-classes", "double-mean"]) {
    const lossOnly = { ...softmaxOutput, loss: "cross-entropy" };
    add(id, "loss", undefined, {
      requires: lossOnly,
      slots: ["mean:loss", "reduction"],
      needs: ["loss"],
      traces: ["loss"],
    });
    // Without the update one cannot tell a sum from a program that divides by n in its update.
    const gradients = {
      slots: ["mean:gradient"],
      needs: ["lr", ...updates, ...all.flatMap((l) => [`dW${l}`, `db${l}`, `dZ${l}`])],
    };
    add(id, `dZ${last}`, undefined, {
      ...gradients,
      requires: { ...softmaxOutput, meanIn: "dZ" },
      traces: [`dZ${last}`],
    });
    add(id, "gradients", undefined, {
      ...gradients,
      requires: { ...softmaxOutput, meanIn: id === "double-mean" ? "dZ" : "dW" },
      traces: all.flatMap((l) => [`dW${l}`, `db${l}`]),
    });
    for (const place of [`db${last}`, `dW${last}`, "dW1", "db1"].slice(0, layers === 1 ? 2 : 4)) {
      add(id, place, undefined, {
        ...gradients,
        requires: { ...softmaxOutput, meanIn: id === "double-mean" ? "dZ" : "dW" },
        traces: [place],
      });
    }
  }

  // Backward.
  add("sign-flipped", `dZ${last}`, undefined, {
    slots: ["sign:dZ"],
    needs: [`dZ${last}`, ...updates, ...all.flatMap((l) => [`dW${l}`, `db${l}`])],
    traces: [`dZ${last}`],
  });
  for (const l of all) {
    add("sign-flipped", `dW${l}`, undefined, {
      needs: [`dW${l}`, `dZ${l}`],
      traces: [`dW${l}`],
    });
  }
  for (const l of hidden) {
    const at = `dZ${l}`;
    const rest = { slots: [`derivative${l}`], needs: [at, `dZ${l + 1}`], traces: [at] };
    add("activation-derivative-missing", at, undefined, rest);
    for (const other of ["tanh", "relu", "sigmoid"]) {
      if (other !== activation) add("wrong-activation-derivative", at, other, rest);
    }
    if (activation !== "relu") {
      add("derivative-of-z", at, undefined, rest);
      add("derivative-of-z", at, "of-a", {
        ...rest,
        accepts: ["wrong-operand", "wrong-activation-derivative"],
      });
    }
    // Of ReLU it makes no difference, which the traces tell.
    add("derivative-applied-twice", at, undefined, rest);
    add("weights-updated-early", at, undefined, {
      slots: [`early${l}`],
      needs: [at, `dZ${l + 1}`, `W${l + 1}_new`, "lr"],
      traces: [at],
    });
  }
  for (const output of ["sigmoid", "tanh"]) {
    add("activation-derivative-missing", `dZ${last}`, output, {
      requires: { output, loss: "mean-squared-error" },
      slots: ["output-derivative"],
      needs: [`dZ${last}`, "loss"],
      traces: [`dZ${last}`],
    });
  }
  for (const [output, loss] of [
    ["softmax", "cross-entropy"],
    ["sigmoid", "binary-cross-entropy"],
  ]) {
    add("extra-output-derivative", `dZ${last}`, output, {
      requires: { output, loss },
      slots: ["output-derivative"],
      needs: [`dZ${last}`, "loss"],
      traces: [`dZ${last}`],
    });
  }
  for (const l of all) {
    add("gradient-transposed", `dW${l}`, undefined, {
      requires: { square: false },
      slots: [`shape:dW${l}`],
      needs: [`dW${l}`, `dZ${l}`],
      traces: [`dW${l}`],
      stops: true,
    });
  }
  for (const l of hidden) {
    add("gradient-transposed", `dW${l}`, "square", {
      requires: { square: true },
      slots: [`shape:dW${l}`],
      needs: [`dW${l}`, `dZ${l}`],
      traces: [`dW${l}`],
    });
  }
  for (const l of all) {
    for (const variant of ["units", "all"]) {
      add("bias-gradient-axis", `db${l}`, variant, {
        slots: [`bias${l}`],
        needs: [`db${l}`, `dZ${l}`],
        traces: [`db${l}`],
        allowed: ["bias-broadcast"],
      });
    }
    add("bias-broadcast", `b${l}`, "initialised", {
      slots: [`bias${l}`],
      needs: [`b${l}`],
      prepare: (context) => broadcastBias(context, l, () => 0),
      isVisible: () => true,
    });
    add("bias-broadcast", `b${l}`, "per-sample", {
      slots: [`bias${l}`],
      needs: [`b${l}`],
      prepare: (context) => broadcastBias(context, l, () => 0.1 * context.random.normal()),
      isVisible: () => true,
    });
    add("bias-broadcast", `b${l}`, "unsummed", {
      slots: [`bias${l}`],
      needs: [`b${l}`, `db${l}`, `b${l}_new`],
      isVisible: (values) => values[`db${l}`].rows > 1,
      accepts: ["bias-gradient-axis"],
      allowed: ["bias-gradient-axis"],
    });
  }

  // Update.
  const descent = (names) => ["lr", ...names.flatMap((name) => [name, `d${name}`, `${name}_new`])];
  const every = all.flatMap((l) => [`W${l}`, `b${l}`]);
  const everyBias = all.map((l) => `b${l}`);
  const plain = { optimizer: "sgd" };
  add("bias-not-updated", "biases", undefined, {
    requires: plain,
    slots: all.map((l) => `update:b${l}`),
    needs: descent(everyBias),
    traces: everyBias.map((name) => `${name}_new`),
  });
  for (const l of all) {
    if (layers > 1) {
      add("bias-not-updated", `b${l}_new`, undefined, {
        requires: plain,
        slots: [`update:b${l}`],
        needs: descent([`b${l}`]),
        traces: [`b${l}_new`],
      });
    }
    add("layer-not-updated", `layer ${l}`, undefined, {
      requires: plain,
      slots: [`update:W${l}`, `update:b${l}`],
      needs: descent([`W${l}`, `b${l}`]),
      traces: [`W${l}_new`],
      allowed: ["bias-not-updated"],
    });
  }
  for (const [id, names] of [
    ["update-sign", [undefined]],
    ["update-scale", ["×10", "÷10", "÷n", "×n", "forgotten"]],
  ]) {
    for (const variant of names) {
      const rated = variant === "forgotten" ? ["rate"] : [];
      add(id, "update", variant, {
        requires: plain,
        slots: [...every.map((name) => `update:${name}`), ...rated],
        needs: descent(every),
        traces: every.map((name) => `${name}_new`),
      });
      for (const name of [`W${last}`, ...(layers > 1 ? ["W1"] : []), `b${last}`]) {
        add(id, `${name}_new`, variant, {
          requires: plain,
          slots: [`update:${name}`, ...rated],
          needs: descent([name]),
          traces: [`${name}_new`],
        });
      }
    }
  }

  // Evaluation.
  for (const variant of ["few", "axis", "never-reset", "by-features"]) {
    add("accuracy-miscounted", "accuracy", variant, {
      slots: ["accuracy"],
      needs: ["accuracy", `A${last}`, ...updates],
      isVisible: (values, context) => !isSomeAccuracy(values, context),
    });
  }

  // Data.
  add("inputs-unscaled", "X", undefined, {
    requires: { data: "images", steps: 0 },
    slots: ["inputs"],
    prepare: (context) => mapInputs(context, (value) => Math.round(value * 255)),
    isVisible: () => true,
    allowed: CONSEQUENCES,
  });
  add("inputs-scaled-twice", "X", undefined, {
    requires: { data: "images", steps: 0 },
    slots: ["inputs"],
    prepare: (context) => mapInputs(context, (value) => value / 255),
    isVisible: () => true,
    allowed: CONSEQUENCES,
  });
  for (const variant of ["copies", "zeros"]) {
    add("inputs-constant", "X", variant, {
      requires: { steps: 0 },
      slots: ["inputs", "relation"],
      prepare: ({ batch }) => {
        const { data, columns } = batch.inputs;
        const first = data.slice(0, columns);
        const values = data.map((_, i) => (variant === "zeros" ? 0 : first[i % columns]));
        batch.inputs = { ...batch.inputs, data: values };
      },
      isVisible: () => true,
      allowed: CONSEQUENCES,
    });
  }
  for (const variant of ["two-ones", "zeros", "integers"]) {
    add("labels-not-one-hot", "Y", variant, {
      requires: { labels: variant === "integers" ? undefined : "one-hot", picked: false },
      slots: ["labels", "relation", ...(variant === "integers" ? ["logarithm"] : [])],
      // A column of labels is how many programs keep them; what they do with it tells.
      needs: variant === "integers" ? [`dZ${last}`, `A${last}`] : [],
      prepare: (context) => breakLabels(context, variant),
      isVisible: () => true,
      allowed: ["labels-off-by-one", "labels-shuffled", "classes-missing", "initial-loss"],
    });
  }
  for (const labels of ["one-hot", "integers"]) {
    add("labels-off-by-one", "Y", labels, {
      requires: { offByOne: true, labels, minimumSamples: 150, steps: 0 },
      slots: ["labels"],
      isVisible: () => true,
      allowed: ["classes-missing"],
    });
  }
  add("labels-shuffled", "Y", undefined, {
    requires: { minimumSamples: 150, steps: 0 },
    slots: ["relation"],
    prepare: ({ batch, random }) => {
      const { rows, columns, data } = batch.targets;
      const order = random.shuffle(range(0, rows - 1));
      const values = order.flatMap((row) => [...data.subarray(row * columns, (row + 1) * columns)]);
      batch.targets = { rows, columns, data: Float64Array.from(values) };
    },
    isVisible: () => true,
  });

  // Start.
  const scaleAll = (factor) => (context) => {
    all.forEach((l) => {
      scaleWeights(context, l, factor);
    });
  };
  const everyWeight = all.map((l) => `W${l}`);
  if (layers > 1) {
    add("zero-initialisation", "W1", "all", {
      requires: { steps: 0 },
      slots: everyWeight,
      prepare: scaleAll(0),
      isVisible: () => true,
      allowed: CONSEQUENCES,
    });
    // With other activations than ReLU, W1 alone may begin at zero: the weights above it differ, and
    // so do its gradients. ReLU is 0 there, and so is its derivative.
    if (activation === "relu") {
      add("zero-initialisation", "W1", "first", {
        requires: { steps: 0 },
        slots: ["W1"],
        prepare: (context) => scaleWeights(context, 1, 0),
        isVisible: () => true,
        allowed: CONSEQUENCES,
      });
    }
    add("weights-too-small", "W1", undefined, {
      requires: { steps: 0 },
      slots: everyWeight,
      prepare: scaleAll(1e-6),
      isVisible: () => true,
      allowed: CONSEQUENCES,
    });
  }
  add("weights-too-large", "W1", undefined, {
    requires: { steps: 0, initial: "glorot" },
    slots: everyWeight,
    prepare: scaleAll(40),
    isVisible: (values, { settings }) =>
      layers > 1 && settings.activations[0] !== "relu"
        ? saturation(values.A1, settings.activations[0]) > 0.7
        : values[`Z${last}`].data.some((z) => Math.abs(z) > 30),
    allowed: CONSEQUENCES,
  });

  // Dynamics.
  const rate = (ratio) => (context) => {
    const { state, batch, settings, m } = context;
    const { values } = step(state, batch, settings, [], m);
    const ratios = all.map((l) => norm(values[`dW${l}`]) / norm(values[`W${l}`]));
    const divisor = settings.meanIn === "update" ? batch.inputs.rows : 1;
    settings.learningRate = Number(
      ((ratio(m.precision) * divisor) / Math.max(...ratios)).toPrecision(2),
    );
  };
  /** Where all gradients vanish no rate has the wanted effect. */
  const hasRate = ({ settings }) => Number.isFinite(settings.learningRate);
  const lrNeeds = ["lr", ...every, ...updates, ...every.map((name) => `d${name}`)];
  add("learning-rate-too-high", "lr", undefined, {
    requires: { ...plain, initial: "glorot" },
    slots: ["rate"],
    needs: lrNeeds,
    prepare: rate(() => 100),
    isVisible: (values, context) =>
      hasRate(context) && lossAfter(values, context) > 3 * lossBefore(values, context),
    allowed: CONSEQUENCES,
  });
  add("learning-rate-too-low", "lr", undefined, {
    requires: plain,
    slots: ["rate"],
    needs: lrNeeds,
    prepare: rate((precision) => (precision === "float32" ? 1e-6 : 1e-9)),
    isVisible: (_, context) => hasRate(context),
    // In float32 such steps are lost in rounding, here and there.
    allowed: [...CONSEQUENCES, "bias-not-updated", "layer-not-updated"],
  });
  for (const l of hidden) {
    if (activation === "relu") {
      for (const share of [0.7, 1]) {
        add("dead-relu", `A${l}`, String(share), {
          slots: [`dead`, `bias${l}`],
          needs: [`A${l}`],
          prepare: (context) => killUnits(context, l, share),
          isVisible: (values) => deadShare(values[`A${l}`]) >= 0.5,
          allowed: CONSEQUENCES,
        });
      }
    }
  }
  if (layers > 1) {
    const upper = range(2, layers);
    const slots = [...upper.map((l) => `W${l}`), "flow"];
    const needs = all.map((l) => `dZ${l}`);
    const flow = (values) => norm(values.dZ1) / norm(values[`dZ${last}`]);
    add("vanishing-gradient", "gradients", "small", {
      slots,
      needs,
      prepare: (context) => {
        for (const l of upper) scaleWeights(context, l, layers === 2 ? 1e-6 : 1e-3);
      },
      isVisible: (values) => flow(values) < 1e-4,
      accepts: ["weights-too-small"],
      allowed: CONSEQUENCES,
    });
    if (activation !== "relu") {
      add("vanishing-gradient", "gradients", "saturated", {
        slots: ["W1", "flow"],
        needs,
        prepare: (context) => scaleWeights(context, 1, 1000),
        isVisible: (values) => flow(values) < 1e-2,
        accepts: ["weights-too-large", "saturated-units"],
        allowed: CONSEQUENCES,
      });
    }
    add("exploding-gradient", "gradients", undefined, {
      slots,
      needs,
      prepare: (context) => {
        for (const l of upper) scaleWeights(context, l, layers === 2 ? 1000 : 100);
      },
      isVisible: (values) => flow(values) > 30,
      accepts: ["weights-too-large"],
      allowed: CONSEQUENCES,
    });
  }
  return variants;
}

function scaleWeights({ state }, layer, factor) {
  const { rows, columns, data } = state.weights[layer - 1];
  state.weights[layer - 1] = { rows, columns, data: data.map((value) => value * factor) };
}

/** Makes a layer's largest |z| equal to `size`. */
function scaleUntil(context, layer, size) {
  const { state, batch, settings, m } = context;
  const z = step(state, batch, settings, [], m).values[`Z${layer}`];
  const factor = size / z.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
  scaleWeights(context, layer, factor);
  const { rows, columns, data } = state.biases[layer - 1];
  state.biases[layer - 1] = { rows, columns, data: data.map((value) => value * factor) };
}

function broadcastBias({ state, batch }, layer, difference) {
  const { columns, data } = state.biases[layer - 1];
  const rows = batch.inputs.rows;
  const values = Float64Array.from(
    { length: rows * columns },
    (_, i) => data[i % columns] + difference(),
  );
  state.biases[layer - 1] = { rows, columns, data: values };
}

function mapInputs({ batch }, f) {
  const { rows, columns, data } = batch.inputs;
  batch.inputs = { rows, columns, data: Float64Array.from(data, f) };
}

function breakLabels({ batch, random }, variant) {
  const { rows, columns, data } = batch.targets;
  if (variant === "integers") {
    const labels = range(0, rows - 1).map((row) =>
      data.subarray(row * columns, (row + 1) * columns).indexOf(1),
    );
    batch.targets = { rows, columns: 1, data: Float64Array.from(labels) };
    return;
  }
  const values = Float64Array.from(data);
  for (let row = 0; row < rows; row++) {
    if (!random.chance(0.2)) continue;
    const label = values.subarray(row * columns, (row + 1) * columns).indexOf(1);
    const other = (label + random.whole(1, columns - 1)) % columns;
    values[row * columns + (variant === "zeros" ? label : other)] = variant === "zeros" ? 0 : 1;
  }
  batch.targets = { rows, columns, data: values };
}

function killUnits({ state, batch, settings, m }, layer, share) {
  const z = step(state, batch, settings, [], m).values[`Z${layer}`];
  const largest = z.data.reduce((top, value) => Math.max(top, value), 0);
  const { rows, columns, data } = state.biases[layer - 1];
  const dead = Math.ceil(share * columns);
  const values = data.map((value, unit) => (unit < dead ? value - largest - 1 : value));
  state.biases[layer - 1] = { rows, columns, data: values };
}

function deadShare({ rows, columns, data }) {
  const dead = range(0, columns - 1).filter((unit) =>
    range(0, rows - 1).every((row) => data[row * columns + unit] === 0),
  );
  return dead.length / columns;
}

function saturation({ data }, name) {
  const low = name === "tanh" ? -1 : 0;
  const margin = 0.025 * (1 - low);
  const saturated = data.filter((a) => a < low + margin || a > 1 - margin);
  return saturated.length / data.length;
}

function lossBefore({ loss }) {
  return loss.data.reduce((sum, value) => sum + value, 0);
}

/** The loss of the weights after the update, or infinity where it is no number. */
function lossAfter(values, { state, batch, settings, m }) {
  const layers = settings.activations.length;
  const weights = range(1, layers).map((l) => values[`W${l}_new`]);
  const biases = range(1, layers).map((l) => values[`b${l}_new`]);
  if (weights.includes(undefined)) return 0;
  const after = step({ ...state, weights, biases }, batch, settings, [], m);
  const loss = lossBefore(after.values);
  return Number.isFinite(loss) ? loss : Number.POSITIVE_INFINITY;
}

/** Whether the accuracy is that of the network before the update, or of the one after it. */
function isSomeAccuracy(values, { state, batch, settings, m }) {
  const claimed = values.accuracy.data[0];
  const layers = settings.activations.length;
  const tolerance = 0.4 / batch.inputs.rows;
  const { Y } = values;
  const labels = Y.columns === 1 ? Y.data : argmax(Y, 1);
  const answers = [values[`A${layers}`]];
  if (values.W1_new) {
    const weights = range(1, layers).map((l) => values[`W${l}_new`]);
    const biases = range(1, layers).map((l) => values[`b${l}_new`]);
    const after = step({ ...state, weights, biases }, batch, settings, [], m);
    answers.push(after.values[`A${layers}`]);
  }
  return answers.some((P) => {
    const hits = argmax(P, 1).filter((guess, sample) => guess === labels[sample]).length;
    return Math.abs(hits / labels.length - claimed) < tolerance;
  });
}
