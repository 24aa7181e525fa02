/** The update of a dump: the parameters after the step against those before it and their gradients. */
import { Matrix } from "../../reference/matrix.js";
import { type Chain, show } from "./chain.js";
import { scalesOf } from "./factors.js";
import type { Objective } from "./loss.js";
import type { Dump } from "./orientation.js";
import type { Backward, BackwardLayer, Forward } from "./passes.js";
import { dot, isFiniteArray, multiplyTransposed, norm, transpose } from "./products.js";
import { HALF, type Quantity, SINGLE } from "./quantity.js";
import { combine } from "./references.js";
import { type StepLength, stepLengthOf } from "./stepLength.js";
import { isConventionalSum } from "./sums.js";

/** A parameter's step, as a multiple of its gradient. */
interface Step {
  /** "W1_new" */
  readonly name: string;
  readonly layer: BackwardLayer;
  readonly parameter: "weights" | "biases";
  /** old − new = rate · gradient; undefined when it is no multiple. */
  readonly rate: number | undefined;
  /** The cosine between the two. */
  readonly cosine: number;
  /** By how much, relatively, rounding may have changed the rate. */
  readonly uncertainty: number;
  readonly isUnchanged: boolean;
  /** old − new */
  readonly difference: Float64Array;
  readonly gradient: Float64Array;
}

interface Update {
  /** The rate that the dump states, or that most of its steps have; undefined when there is none. */
  readonly learningRate: number | undefined;
  /** Whether steps are multiples of their gradients, as they are without momentum and the like. */
  readonly isPlain: boolean;
}

/** Relative tolerance of rates where numbers have 16 bits. */
const COARSE = 0.3;
/** Steps that rounding may have changed by more than this are not judged. */
const MOST_UNCERTAIN = 0.1;

export function examineUpdate(
  dump: Dump,
  forward: Forward,
  backward: Backward,
  { loss, targets }: Objective,
  chain: Chain,
): Update {
  const { isClipped } = backward;
  const steps = backward.layers.flatMap((layer, index) => [
    ...stepOf(dump, layer, "weights", forward.layers[index].input, chain),
    ...stepOf(dump, layer, "biases", forward.layers[index].input, chain),
  ]);
  const plain = steps.filter(({ rate, isUnchanged }) => rate !== undefined && !isUnchanged);
  const stated = dump.learningRate;
  const learningRate = stated ?? usualRate(plain);
  const isTurned =
    plain.length > 0 && plain.every(({ rate = 0 }) => rate * (learningRate ?? 1) < 0);
  const turns = backward.sign < 0 && isTurned;
  if (turns) {
    chain.forget("sign-flipped", `dZ${backward.layers.length}`);
    chain.note(
      "the gradient is that of targets − outputs, and the update adds it: both together are right",
    );
  }
  // A squared error may have a 2 and a mean over the outputs, which only its gradient would tell.
  const scales = scalesOf(loss, dump.outputs);
  const moving = steps.filter(({ isUnchanged }) => !isUnchanged);
  const isComplete = dump.layers.every(
    ({ b, newW, newB, dW, db }) => newW && dW && (!b || (newB && db)),
  );
  const length =
    stated === undefined ? undefined : stepLengthOf(moving, stated, { ...dump, isComplete });
  if (length) chain.note(length.note);
  for (const step of steps) {
    const right = hasGradient(step) ? [1] : scales;
    if (length && !step.isUnchanged) judgeLength(step, length, turns, chain);
    else judgeStep(step, learningRate, turns, { dump, steps, right, isClipped }, chain);
  }
  const unmeaned = backward.layers.flatMap((layer) =>
    (["weights", "biases"] as const)
      .filter((parameter) => layer.sums[parameter] && !isMeanedLater(layer, parameter))
      .map((parameter) => [layer, parameter] as const),
  );
  if (unmeaned.length > 0) {
    if (isConventionalSum(dump, forward, backward, { loss, targets }, chain)) {
      for (const { name } of dump.losses) chain.forget("missing-mean", name);
      chain.note(
        `the gradients are sums over the ${dump.samples} samples, not their means, and the learning rate suits that: it has to change with the size of the batch`,
      );
    } else {
      for (const [layer, parameter] of unmeaned) reportSum(dump, layer, parameter, chain);
    }
  }
  // Of a clipped gradient only the direction is left, and a sum has the same as a mean.
  if (isClipped) for (const { name } of dump.losses) chain.forget("missing-mean", name);
  /** Whether the update takes the mean, or nobody can tell. */
  function isMeanedLater(layer: BackwardLayer, parameter: Step["parameter"]): boolean {
    const isOwn = (step: Step) => step.layer === layer && step.parameter === parameter;
    const own = plain.filter(isOwn);
    // Adam and the like take a step of the same length whatever the gradient's scale.
    const hasStep = (parameter === "weights" ? layer.dump.newW : layer.dump.newB) !== undefined;
    const isJudged = own.some(({ uncertainty }) => uncertainty <= MOST_UNCERTAIN);
    if (hasStep && !isJudged && !steps.some((step) => isOwn(step) && step.isUnchanged)) return true;
    const isMeaned = own.some(({ rate = 0, uncertainty }) => {
      if (learningRate === undefined) return false;
      if (stated === undefined) return Math.abs(rate) <= 2 / dump.samples;
      const ratio = (Math.abs(rate) * dump.samples) / Math.abs(stated);
      return Math.abs(ratio - 1) <= Math.max(1e-3, 4 * uncertainty);
    });
    if (isMeaned) chain.note("the mean over the samples is taken in the update");
    return isMeaned;
  }
  const isPlain =
    steps.length > 0 && steps.every(({ rate, isUnchanged }) => rate !== undefined || isUnchanged);
  if (!length && moving.some(({ rate }) => rate === undefined)) {
    chain.note(
      "the update is no multiple of the gradient, as with momentum or Adam, and is not judged",
    );
  }
  return { learningRate, isPlain };
}

/** A step of a length that is explained may still go the wrong way. */
function judgeLength(
  { name, layer, parameter }: Step,
  { sign }: StepLength,
  isTurned: boolean,
  chain: Chain,
): void {
  const isRight = sign > 0 || isTurned;
  chain.link(name, isRight ? "right" : "wrong");
  if (isRight) return;
  const old = `${parameter === "weights" ? "W" : "b"}${layer.dump.index}`;
  chain.discover({
    id: "update-sign",
    at: name,
    evidence: `every entry of ${name} lies on that side of ${old} to which d${old} points`,
    cause: "the gradient is added, and the step climbs",
  });
}

function stepOf(
  dump: Dump,
  layer: BackwardLayer,
  parameter: Step["parameter"],
  input: Quantity,
  chain: Chain,
): Step[] {
  const { W, b, newW, newB, index } = layer.dump;
  const [old, next] = parameter === "weights" ? [W, newW] : [b, newB];
  if (!old || !next) return [];
  const name = next.name;
  if (!isFiniteArray(next.matrix.data)) {
    chain.link(name, "unjudged");
    return [];
  }
  const { samples } = dump;
  const isMatrix = parameter === "biases" && next.matrix.rows === samples && samples > 1;
  if (isMatrix && old.matrix.rows === 1) {
    const { rows, columns } = next.matrix;
    chain.link(name, "wrong");
    chain.discover({
      id: "bias-broadcast",
      at: name,
      evidence: `${name} has ${rows} × ${columns} numbers where b${index} has ${columns}`,
      cause:
        "adding a column to the row of biases makes a matrix of it, with a row for each sample",
    });
  }
  const gradient = gradientOf(layer, parameter, input);
  if (!gradient || !isFiniteArray(gradient.data)) {
    chain.link(name, "unjudged");
    return [];
  }
  const rows = Math.max(old.matrix.rows, next.matrix.rows);
  const full = (matrix: Matrix) => broadcast(matrix, rows, old.matrix.columns);
  const difference = combine(
    full(old.matrix),
    full(next.matrix),
    (before, after) => before - after,
  );
  const roundoff = Math.max(SINGLE, old.roundoff, next.roundoff);
  const precise = old.roundoff < SINGLE || next.roundoff < SINGLE;
  const noise =
    (precise ? 2 ** -40 : roundoff) * (norm(full(old.matrix).data) + norm(difference.data));
  const size = norm(difference.data);
  // The least that a step may be: a rate that is too small by far would not show either.
  const least = dump.learningRate ?? 1e-4;
  const candidates = [gradient];
  if (gradient.rows === gradient.columns && parameter === "weights")
    candidates.push(transpose(gradient));
  for (const candidate of candidates) {
    const g = full(candidate).data;
    const squares = dot(g, g);
    if (squares === 0) {
      chain.link(name, size > 8 * noise ? "unjudged" : "right");
      return [];
    }
    const rate = dot(difference.data, g) / squares;
    let rest = 0;
    for (let at = 0; at < g.length; at++) rest += (difference.data[at] - rate * g[at]) ** 2;
    const cosine = size === 0 ? 0 : dot(difference.data, g) / (size * Math.sqrt(squares));
    const uncertainty = size === 0 ? 0 : noise / size;
    const isUnchanged =
      next.matrix.data.every((value, at) => value === old.matrix.data[at]) &&
      g.some(
        (value, at) =>
          Math.abs(least * value) >
          4 * roundoff * Math.abs(old.matrix.data[at % old.matrix.data.length]),
      );
    // A step that rounding swallows shows nothing.
    if (size <= 8 * noise && !isUnchanged && least * Math.sqrt(squares) <= 8 * noise) {
      chain.link(name, "unjudged");
      return [];
    }
    const isMultiple = Math.sqrt(rest) <= 4 * noise + 1e-4 * size;
    const isDecayed = !isMultiple && hasDecay(difference.data, g, full(old.matrix).data, noise);
    const step = {
      ...{ name, layer, parameter, cosine, uncertainty, isUnchanged },
      difference: difference.data,
      gradient: g,
    } as const;
    if (isDecayed !== false) return [{ ...step, rate: isDecayed }];
    if (isMultiple || isUnchanged || candidate === candidates[candidates.length - 1]) {
      return [{ ...step, rate: isMultiple ? rate : undefined }];
    }
  }
  return [];
}

/** The rate for which old − new = rate·gradient + µ·old with µ > 0, decoupled weight decay; else false. */
function hasDecay(
  x: Float64Array,
  g: Float64Array,
  w: Float64Array,
  noise: number,
): number | false {
  const [gg, gw, ww, xg, xw] = [dot(g, g), dot(g, w), dot(w, w), dot(x, g), dot(x, w)];
  const determinant = gg * ww - gw * gw;
  if (determinant <= 1e-9 * gg * ww) return false;
  const rate = (xg * ww - xw * gw) / determinant;
  const decay = (xw * gg - xg * gw) / determinant;
  let rest = 0;
  for (let at = 0; at < x.length; at++) rest += (x[at] - rate * g[at] - decay * w[at]) ** 2;
  return decay > 0 && decay < 1 && Math.sqrt(rest) <= 4 * noise + 1e-5 * norm(x) ? rate : false;
}

/** What the program has for a gradient, or else what follows from ∂L/∂z. */
function gradientOf(
  { dump, dZ, mean }: BackwardLayer,
  parameter: Step["parameter"],
  input: Quantity,
): Matrix | undefined {
  const given = parameter === "weights" ? dump.dW : dump.db;
  if (given) return given.matrix;
  if (!dZ || !isFiniteArray(dZ.matrix.data) || !isFiniteArray(input.matrix.data)) return undefined;
  const { rows } = dZ.matrix;
  const a =
    parameter === "weights" ? input.matrix : new Matrix(rows, 1, new Float64Array(rows).fill(1));
  const sum = multiplyTransposed(a, dZ.matrix);
  return mean === "before" ? sum : combine(sum, sum, (value) => value / rows);
}

/** A row, a column or one number, repeated into a matrix. */
function broadcast(matrix: Matrix, rows: number, columns: number): Matrix {
  if (matrix.rows === rows && matrix.columns === columns) return matrix;
  const result = new Matrix(rows, columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result.set(
        row,
        column,
        matrix.at(matrix.rows === 1 ? 0 : row, matrix.columns === 1 ? 0 : column),
      );
    }
  }
  return result;
}

/** Of the rates the one that most steps have. */
function usualRate(steps: readonly Step[]): number | undefined {
  const rates = steps.map(({ rate = 0 }) => rate);
  const votes = (rate: number) =>
    rates.filter((other) => Math.abs(Math.abs(other / rate) - 1) < 0.02).length;
  const best = rates.toSorted((a, b) => votes(b) - votes(a))[0];
  return best === undefined ? undefined : Math.abs(best);
}

function hasGradient({ layer: { dump }, parameter }: Pick<Step, "layer" | "parameter">): boolean {
  return (parameter === "weights" ? dump.dW : dump.db) !== undefined;
}

interface Surroundings {
  readonly dump: Dump;
  readonly steps: readonly Step[];
  /** Multiples of the learning rate that are right. */
  readonly right: readonly number[];
  /** Clipped gradients may be sums as well as means. */
  readonly isClipped: boolean;
}

function judgeStep(
  { name, layer, parameter, rate, uncertainty, isUnchanged }: Step,
  learningRate: number | undefined,
  isTurned: boolean,
  { dump, steps: all, right, isClipped }: Surroundings,
  chain: Chain,
): void {
  const { index } = layer.dump;
  if (isClipped && !hasGradient({ layer, parameter })) {
    chain.link(name, "unjudged");
    return;
  }
  const old = parameter === "weights" ? `W${index}` : `b${index}`;
  const gradient = `d${old}`;
  if (isUnchanged) {
    if (learningRate === 0) return;
    const others = all.filter((step) => step.layer === layer && step.parameter !== parameter);
    const wholeLayer = parameter === "weights" || others.some((step) => step.isUnchanged);
    if (parameter === "biases" && others.some((step) => step.isUnchanged)) return;
    chain.link(name, "wrong");
    chain.discover({
      id: wholeLayer ? "layer-not-updated" : "bias-not-updated",
      at: name,
      evidence: `${name} is ${old} to the last bit, although ${gradient} is not 0`,
      cause: wholeLayer
        ? `the weights of layer ${index} are left as they were`
        : `the biases of layer ${index} are left as they were`,
    });
    return;
  }
  const isCoarse = Math.max(layer.dump.W.roundoff, layer.dump.dW?.roundoff ?? 0) >= HALF;
  const limit = isCoarse ? MOST_UNCERTAIN / 10 : MOST_UNCERTAIN;
  if (rate === undefined || uncertainty > limit || learningRate === undefined) {
    chain.link(name, "unjudged");
    return;
  }
  const ratio = (isTurned ? -rate : rate) / learningRate;
  const tolerance = Math.max(1e-3, 4 * uncertainty, isCoarse ? COARSE : 0);
  const is = (value: number) => Math.abs(ratio / value - 1) <= tolerance;
  const { samples } = dump;
  const mayBeSum = layer.sums[parameter] || isClipped;
  if (right.some(is) || (mayBeSum && (is(1 / samples) || is(-1 / samples)))) {
    chain.link(name, "right");
    return;
  }
  chain.link(name, "wrong");
  const evidence = `${name} is ${old} ${rate < 0 ? "+" : "−"} ${show(Math.abs(rate))} · ${gradient}, expected ${old} ${isTurned ? "+" : "−"} ${show(learningRate)} · ${gradient}`;
  if (ratio < 0) {
    chain.discover({
      id: "update-sign",
      at: name,
      evidence,
      cause: "the gradient is added, and the step climbs",
    });
  }
  if (is(-1)) return;
  // With momentum one step may happen to be a multiple of its gradient.
  if (all.some((step) => step.rate === undefined && !step.isUnchanged)) return;
  chain.discover({
    id: "update-scale",
    at: name,
    evidence,
    cause: scaleCause(Math.abs(rate), Math.abs(ratio), dump, tolerance),
  });
}

function scaleCause(
  rate: number,
  ratio: number,
  { samples, features }: Dump,
  tolerance: number,
): string {
  const near = (value: number, target: number) => Math.abs(value / target - 1) <= tolerance;
  if (near(ratio, 1 / samples))
    return `the step is divided by ${samples}, the number of samples, once more`;
  if (near(ratio, samples)) return `the step is multiplied by ${samples}, the number of samples`;
  if (near(ratio, 1 / features))
    return `the step is divided by ${features}, the number of features`;
  if (near(rate, 1)) return "the learning rate is left out";
  // Numbers of one step cannot tell this from a rate that is divided by 10.
  if (near(ratio, 0.1)) {
    return "the step is a tenth of what the learning rate has it, which is right only in the first step of a moving average of gradients with β = 0.9";
  }
  return `the step is ${show(ratio)} times as long as the learning rate has it`;
}

function reportSum(
  { samples }: Dump,
  { dump: layer }: BackwardLayer,
  parameter: Step["parameter"],
  chain: Chain,
): void {
  const name = `${parameter === "weights" ? "dW" : "db"}${layer.index}`;
  chain.link(name, "wrong");
  chain.discover({
    id: "missing-mean",
    at: name,
    evidence: `${name} is ${samples} times the gradient of the mean loss, and there are ${samples} samples`,
    cause:
      "the sum over the samples is not divided by their number, neither here nor in the update",
  });
}
