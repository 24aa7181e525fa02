/** The step that an update takes with the weights or the biases of a layer, beside their gradient. */
import { Matrix } from "../../reference/matrix.js";
import type { Chain } from "./chain.js";
import type { Dump } from "./orientation.js";
import type { BackwardLayer } from "./passes.js";
import { dot, isFiniteArray, multiplyTransposed, norm, transpose } from "./products.js";
import { type Quantity, SINGLE } from "./quantity.js";
import { combine } from "./references.js";

/** A parameter's step, as a multiple of its gradient. */
export interface Step {
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

/** The step of a parameter; none where the dump does not show it, or rounding swallows it. */
export function stepOf(
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
    const gradient = gradientOf(layer, parameter, input);
    const isKnown = gradient && isFiniteArray(gradient.data) && isFiniteArray(old.matrix.data);
    if (isKnown) reportNonFinite(next, old.name, chain);
    else chain.link(name, "unjudged");
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

/** NaN or infinity although the parameters before the step and their gradient are finite. */
function reportNonFinite({ name, matrix, locate }: Quantity, old: string, chain: Chain): void {
  const { data, columns } = matrix;
  const at = data.findIndex((value) => !Number.isFinite(value));
  const count = data.reduce((sum, value) => sum + Number(!Number.isFinite(value)), 0);
  chain.link(name, "wrong");
  chain.discover({
    id: "unexplained",
    at: name,
    evidence: `${name}${locate(Math.floor(at / columns), at % columns)} is ${data[at]}, although ${old} and its gradient are finite; ${count} of ${data.length} entries are not finite`,
    cause: "all that it is computed from is finite: something is divided by 0 or overflows here",
  });
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
export function usualRate(steps: readonly Step[]): number | undefined {
  const rates = steps.map(({ rate = 0 }) => rate);
  const votes = (rate: number) =>
    rates.filter((other) => Math.abs(Math.abs(other / rate) - 1) < 0.02).length;
  const best = rates.toSorted((a, b) => votes(b) - votes(a))[0];
  return best === undefined ? undefined : Math.abs(best);
}

/** Whether the dump holds the gradient that the step is compared with. */
export function hasGradient({
  layer: { dump },
  parameter,
}: Pick<Step, "layer" | "parameter">): boolean {
  return (parameter === "weights" ? dump.dW : dump.db) !== undefined;
}
