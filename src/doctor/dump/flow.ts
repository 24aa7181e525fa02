/** How the gradient changes its size on its way back through the layers. */
import type { DiagnosisId } from "../catalogue.js";
import { type Chain, show } from "./chain.js";
import { INPUT_CAUSES } from "./inputCauses.js";
import type { Backward } from "./passes.js";
import { isFiniteArray, norm } from "./products.js";

/** From the last layer to the first, by how much ∂L/∂z may shrink or grow. */
const VANISHING = 1e-5;
const EXPLODING = 1e4;

/** Findings that explain a gradient of a strange size. */
const GRADIENT_CAUSES: readonly DiagnosisId[] = [
  ...INPUT_CAUSES,
  "zero-initialisation",
  "symmetric-units",
  "weights-too-small",
  "weights-too-large",
  "saturated-units",
  "dead-relu",
  "overflow",
];

export function examineFlow({ layers }: Backward, chain: Chain): void {
  const isRight = (index: number) =>
    chain.links.find(({ name }) => name === `dZ${index}`)?.verdict !== "wrong";
  const sizes = layers.map(({ dZ }) =>
    dZ && isFiniteArray(dZ.matrix.data)
      ? norm(dZ.matrix.data) / Math.sqrt(dZ.matrix.data.length)
      : 0,
  );
  const top = layers.length - 1;
  if (top < 1 || sizes[0] === 0 || sizes[top] === 0) return;
  if (!layers.every(({ dump }) => isRight(dump.index))) return;
  const ratio = sizes[0] / sizes[top];
  const evidence = `∂L/∂z is ${show(sizes[top])} in layer ${top + 1} and ${show(sizes[0])} in layer 1, in the quadratic mean`;
  if (ratio < VANISHING && !GRADIENT_CAUSES.some((id) => chain.has(id))) {
    chain.discover({
      id: "vanishing-gradient",
      at: "dZ1",
      evidence,
      cause:
        "each layer passes on a small part of the gradient only, and the first ones get next to nothing",
      value: ratio,
      threshold: VANISHING,
    });
  } else if (ratio > EXPLODING) {
    chain.discover({
      id: "exploding-gradient",
      at: "dZ1",
      evidence,
      cause: "each layer multiplies the gradient, and the first ones get more than they can bear",
      value: ratio,
      threshold: EXPLODING,
    });
  }
}
