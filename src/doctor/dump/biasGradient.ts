/** The gradient of the biases of a dump. */
import { Matrix } from "../../reference/matrix.js";
import { type Chain, show } from "./chain.js";
import {
  type Explanation,
  explain,
  type Factor,
  type Hypothesis,
  type Mistake,
} from "./explain.js";
import type { Dump, LayerDump } from "./orientation.js";
import type { ForwardLayer } from "./passes.js";
import type { Quantity } from "./quantity.js";
import { columnSums, rowSums } from "./references.js";

export function examineBiasGradient(
  dump: Dump,
  { layer, db, dZ }: { layer: ForwardLayer; db: Quantity; dZ: Quantity },
  factors: readonly Factor[],
  chain: Chain,
): Explanation | undefined {
  const name = `db${layer.dump.index}`;
  const { samples } = dump;
  const { units } = layer.dump;
  const axis = (cause: string): Mistake => ({ id: "bias-gradient-axis", cause });
  const options = { name, factors, roundoff: dZ.roundoff, from: [dZ] };
  const overUnits: Hypothesis = {
    mistakes: [
      axis(
        `it is summed over the ${units} units, which leaves a number for each of ${samples} samples, not one for each unit`,
      ),
    ],
    compute: () => rowSums(dZ.matrix),
  };
  const textbook: Hypothesis = { mistakes: [], compute: () => columnSums(dZ.matrix) };
  const { rows, columns } = db.matrix;
  if (rows === 1 && columns === units) {
    const everything: Hypothesis = {
      mistakes: [axis("it is summed over samples and units alike")],
      compute: () => {
        const { matrix, sensitivity } = columnSums(dZ.matrix);
        const sum = matrix.data.reduce((total, value) => total + value, 0);
        return { matrix: new Matrix(1, units, new Float64Array(units).fill(sum)), sensitivity };
      },
    };
    return chain.judge(
      db,
      [textbook, ...(units === samples ? [overUnits] : []), everything],
      options,
    );
  }
  // Of the wrong shape it is wrong whatever its numbers.
  examineShape(db, layer.dump, samples, chain);
  if (columns !== 1 || rows === 1) return undefined;
  const found = explain(db, [{ mistakes: [], compute: overUnits.compute }], {
    factors,
    roundoff: dZ.roundoff,
  });
  for (const mistake of found?.reason?.mistakes ?? []) {
    const evidence = `${name} is ${show(found?.factor ?? 0)} times the sum over the units`;
    chain.discover({ at: name, evidence, ...mistake });
  }
  return undefined;
}

export function hasWrongShape({ matrix }: Quantity, { units }: LayerDump): boolean {
  return matrix.rows !== 1 || matrix.columns !== units;
}

export function examineShape(
  { matrix: { rows, columns } }: Quantity,
  { index, units }: LayerDump,
  samples: number,
  chain: Chain,
): void {
  const name = `db${index}`;
  const isList = rows === 1 || columns === 1;
  chain.link(name, "wrong");
  chain.discover({
    id: "bias-gradient-axis",
    at: name,
    evidence: `${name} has ${isList ? rows * columns : `${rows} × ${columns}`} numbers, expected ${units}, one for each unit`,
    cause:
      rows === 1
        ? "it is summed over samples and units alike, which leaves one number"
        : columns === 1
          ? `it is summed over the ${units} units, which leaves a number for each of ${samples} samples`
          : "it is not summed over the samples, which leaves a matrix",
  });
}
