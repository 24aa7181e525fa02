/** z = a·W + b of a dump, layer by layer. */
import { Matrix } from "../../reference/matrix.js";
import type { Chain } from "./chain.js";
import type { Hypothesis, Mistake, Reference } from "./explain.js";
import { ONE } from "./factors.js";
import type { Dump, LayerDump } from "./orientation.js";
import type { ForwardLayer } from "./passes.js";
import { norm, transpose } from "./products.js";
import { computed, type Quantity } from "./quantity.js";
import { product } from "./references.js";

/** z = a·W + b */
export function weightedSums(
  dump: Dump,
  layer: LayerDump,
  input: Quantity,
  below: readonly ForwardLayer[],
  chain: Chain,
): Quantity {
  const { W, b, Z, newW, index } = layer;
  const roundoff = Math.max(input.roundoff, W.roundoff, b?.roundoff ?? 0);
  const bias = b && b.matrix.rows === dump.samples && dump.samples > 1 ? "matrix" : "row";
  if (b && bias === "matrix") {
    chain.discover({
      id: "bias-broadcast",
      at: b.name,
      evidence: `${b.name} has ${b.matrix.rows} × ${b.matrix.columns} numbers, expected ${layer.units}, one for each unit`,
      cause: "the bias has become a matrix with a row for each sample",
    });
    chain.link(b.name, "wrong");
  }
  const sums = (a: Matrix, w: Matrix, sign = 1): Reference => {
    const result = product(a, w);
    return b && sign !== 0 ? withBias(result, b.matrix, sign) : result;
  };
  const textbook: Hypothesis = { mistakes: [], compute: () => sums(input.matrix, W.matrix) };
  const name = `Z${index}`;
  if (!Z) return computed(name, textbook.compute().matrix, roundoff, input.origin);
  const hypotheses: Hypothesis[] = [textbook];
  if (!b && dump.samples > 1) {
    hypotheses.push({
      mistakes: [],
      note: `b${index} is not in the dump, and follows from ${name}`,
      compute: () => withRest(sums(input.matrix, W.matrix), Z.matrix),
    });
  }
  const add = (mistake: Mistake, compute: () => Reference) =>
    hypotheses.push({ mistakes: [mistake], compute });
  const operand = (text: string): Mistake => ({ id: "wrong-operand", cause: text });
  const inputName = index === 1 ? "X" : `A${index - 1}`;
  if (b && norm(b.matrix.data) > 0) {
    add(operand(`${name} is computed without b${index}`), () => sums(input.matrix, W.matrix, 0));
    add(operand(`b${index} is subtracted, not added`), () => sums(input.matrix, W.matrix, -1));
    add(operand(`b${index} is added twice`), () => sums(input.matrix, W.matrix, 2));
  }
  for (const { dump: other, Z: z, A } of below) {
    for (const quantity of [z, A]) {
      if (quantity === input || quantity.matrix.columns !== layer.inputs) continue;
      const used = quantity === z ? `Z${other.index}` : `A${other.index}`;
      add(operand(`${name} is computed from ${used}, not from ${inputName}`), () =>
        sums(quantity.matrix, W.matrix),
      );
    }
  }
  if (index > 1 && dump.features === layer.inputs) {
    add(operand(`${name} is computed from X, not from ${inputName}`), () =>
      sums(dump.X.matrix, W.matrix),
    );
  }
  if (newW) {
    add(operand(`${name} is computed with W${index} as it is after the update`), () =>
      sums(input.matrix, newW.matrix),
    );
  }
  for (const other of dump.layers) {
    if (other === layer || other.inputs !== layer.inputs || other.units !== layer.units) continue;
    add(operand(`${name} is computed with ${other.W.name}, not with ${W.name}`), () =>
      sums(input.matrix, other.W.matrix),
    );
  }
  if (layer.inputs === layer.units) {
    add(operand(`${name} is computed with the transposed ${W.name}`), () =>
      sums(input.matrix, transpose(W.matrix)),
    );
  }
  if (index === 1) {
    for (const [scale, id, text] of [
      [1 / 255, "inputs-scaled-twice", "X is divided by 255 once more on its way into layer 1"],
      [255, "inputs-unscaled", "X is multiplied by 255 on its way into layer 1"],
    ] as const) {
      add({ id, cause: text }, () => sums(scaled(input.matrix, scale), W.matrix));
    }
  }
  chain.judge(Z, hypotheses, { name, factors: ONE, roundoff, from: [input] });
  return Z;
}

/** Sums and the bias that is lacking: what they differ by in the mean over the samples. */
function withRest(sums: Reference, { data }: Matrix): Reference {
  const { rows, columns } = sums.matrix;
  const rest = new Matrix(1, columns);
  for (let at = 0; at < data.length; at++) {
    rest.data[at % columns] += (data[at] - sums.matrix.data[at]) / rows;
  }
  return withBias(sums, rest, 1);
}

function withBias(sums: Reference, bias: Matrix, sign: number): Reference {
  const { matrix } = sums;
  const { rows, columns, data } = matrix;
  const isRow = bias.rows === 1;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      data[row * columns + column] += sign * bias.data[isRow ? column : row * columns + column];
    }
  }
  const size = norm(bias.data) * (isRow ? Math.sqrt(rows) : 1);
  return { matrix, sensitivity: sums.sensitivity + size };
}

export function scaled(matrix: Matrix, scale: number): Matrix {
  return new Matrix(
    matrix.rows,
    matrix.columns,
    matrix.data.map((value) => scale * value),
  );
}
