/** Inputs that were dumped before the program scaled them: layer 1 takes α·X + β, the same for every input. */
import { columnSums, type Matrix, map } from "../../reference/matrix.js";
import { show } from "./chain.js";
import type { Dump } from "./orientation.js";
import { dot, multiply, norm, rootMeanSquare } from "./products.js";
import { SINGLE } from "./quantity.js";

/** Of the sums, what may be left unexplained. */
const REST = 1e-5;
/** By how much α may miss 1, and β 0, for the inputs to be the dump's. */
const UNCHANGED = 1e-4;
/** Scaled inputs are about as large as these, in the quadratic mean; others are a mistake. */
const USUAL = { least: 0.05, most: 4 } as const;

/** What bytes are multiplied by. */
const PIXEL_SCALES = [1 / 255, 1 / 256, 2 / 255] as const;

export interface ScaledDump {
  readonly dump: Dump;
  readonly note: string;
}

/** The dump with its inputs as layer 1 takes them; undefined when it takes X, or nobody can tell. */
export function scaledInside(dump: Dump): ScaledDump | undefined {
  const { X, layers } = dump;
  const [{ W, b, Z }] = layers;
  if (!Z || (b && b.matrix.rows !== 1)) return undefined;
  const sums = multiply(X.matrix, W.matrix);
  const ones = columnSums(W.matrix).data;
  const target = Float64Array.from(
    Z.matrix.data,
    (z, at) => z - (b ? b.matrix.data[at % ones.length] : 0),
  );
  const fit = scaleAndShift(target, sums, ones);
  if (!fit) return undefined;
  const { scale, shift } = fit;
  const size = Math.max(1, rootMeanSquare(X.matrix));
  if (Math.abs(scale - 1) < UNCHANGED && Math.abs(shift) < UNCHANGED * size) return undefined;
  // Without biases the sums may have the factor as well, unless it is one that pixels are scaled by.
  const isBiased = b !== undefined && norm(b.matrix.data) > 0;
  const isPixels = PIXEL_SCALES.some((usual) => Math.abs(scale / usual - 1) < UNCHANGED);
  if (!isBiased && !isPixels && Math.abs(shift) < UNCHANGED * size) return undefined;
  const matrix = map(X.matrix, (value) => scale * value + shift);
  const scaledSize = rootMeanSquare(matrix);
  if (!(scale > 0 && scaledSize >= USUAL.least && scaledSize <= USUAL.most)) return undefined;
  const roundoff = Math.max(SINGLE, X.roundoff);
  const offset =
    Math.abs(shift) < UNCHANGED ? "" : ` ${shift < 0 ? "−" : "+"} ${show(Math.abs(shift))}`;
  const factor = scale < 1 ? `${X.name} / ${show(1 / scale)}` : `${show(scale)} · ${X.name}`;
  return {
    dump: { ...dump, X: { ...X, matrix, roundoff } },
    note: `layer 1 takes ${factor}${offset}: ${X.name} is dumped before it is scaled`,
  };
}

/** α and β of target = α·sums + β·ones in every row, by least squares; undefined when that leaves a rest. */
function scaleAndShift(
  target: Float64Array,
  { data }: Matrix,
  ones: Float64Array,
): { scale: number; shift: number } | undefined {
  if (target.length !== data.length) return undefined;
  const constant = Float64Array.from(data, (_, at) => ones[at % ones.length]);
  const [ss, so, oo] = [dot(data, data), dot(data, constant), dot(constant, constant)];
  const [st, ot] = [dot(data, target), dot(constant, target)];
  const determinant = ss * oo - so * so;
  if (!(determinant > 1e-9 * ss * oo)) return undefined;
  const scale = (st * oo - ot * so) / determinant;
  const shift = (ot * ss - st * so) / determinant;
  const rest = target.map((value, at) => value - scale * data[at] - shift * constant[at]);
  return norm(rest) <= REST * norm(target) ? { scale, shift } : undefined;
}
