/** A forward pass of the textbook with other parameters than the dump's. */
import { Matrix } from "../../reference/matrix.js";
import { softmax } from "../../reference/network.js";
import type { Dump } from "./orientation.js";
import type { Forward } from "./passes.js";
import { multiply } from "./products.js";

/** A forward pass with other parameters than the dump's. */
interface Pass {
  /** z of each layer. */
  readonly sums: readonly Matrix[];
  /** Activations of the hidden layers. */
  readonly activations: readonly Matrix[];
  /** What the loss takes. */
  readonly outputs: Matrix;
}

/** The pass of the textbook, had the step begun with other parameters; biases are rows. */
export function outputsWith(
  { X }: Pick<Dump, "X">,
  { layers, output }: Forward,
  parameters: readonly { readonly W: Matrix; readonly b: Matrix | undefined }[],
): Pass {
  const sums: Matrix[] = [];
  const activations: Matrix[] = [];
  let a = X.matrix;
  parameters.forEach(({ W, b }, index) => {
    const z = multiply(a, W);
    if (b) for (let at = 0; at < z.data.length; at++) z.data[at] += b.data[at % b.data.length];
    sums.push(z);
    const f = index === layers.length - 1 ? output : layers[index].activation;
    a =
      f === "softmax"
        ? softmax(z)
        : new Matrix(
            z.rows,
            z.columns,
            z.data.map((value) => f.of(value)),
          );
    if (index < layers.length - 1) activations.push(a);
  });
  return { sums, activations, outputs: a };
}
