/** Activations forward and backward, and the loss: `assembly/activation.ts`, `assembly/loss.ts`. */
import { ACTIVATION_CODES } from "../../engine/plan.js";
import { bytesOf, define, type ProfiledKernel, room, type Shape, values } from "../kernel.js";
import {
  activateRelu,
  activateTanh,
  differentiateTanh,
  softmaxCrossEntropy,
} from "../loops/elementwise.js";

/** Operations of the approximations in `assembly/math.ts`, a value; a test counts them. */
export const EXP_OPERATIONS = 22;
export const TANH_OPERATIONS = 21;
export const LOG_OPERATIONS = 28;

type Activation = readonly [Float32Array, Float32Array, Float32Array];

function activation(
  {
    name,
    code,
    operations,
  }: { readonly name: string; readonly code: number; readonly operations: number },
  loops: Pick<ProfiledKernel<Activation>, "javascript" | "scalar">,
): ProfiledKernel {
  return define<Activation>({
    name,
    description: "a = f(z + bias) of a layer",
    dimensions: ["rows", "units"],
    shapes: [[128, 800]],
    sweep: [
      [128, 64],
      [1024, 1024],
    ],
    work: ([rows, units]) => ({
      // The bias is one more.
      operations: rows * units * (operations + 1),
      bytesRead: bytesOf(rows * units, units),
      bytesWritten: bytesOf(rows * units),
    }),
    arrays: ([rows, units]) => [
      room(rows * units),
      values(rows * units).map((z) => 6 * z),
      values(units, 2),
    ],
    ...loops,
    simd:
      ({ engine: { kernels }, pointers: [a, z, bias] }, [rows, units]) =>
      () =>
        kernels.activate(code, a, 0, units, z, units, bias, rows, units),
  });
}

const LOSS_SHAPES: readonly Shape[] = [[128, 10]];

export const ELEMENTWISE: readonly ProfiledKernel[] = [
  activation(
    { name: "tanh", code: ACTIVATION_CODES.tanh, operations: TANH_OPERATIONS },
    {
      javascript: ([a, z, bias], [rows, units]) => activateTanh(a, z, bias, rows, units),
      scalar: (kernels, [a, z, bias], [rows, units]) =>
        kernels.activateTanh(a, z, bias, rows, units),
    },
  ),
  activation(
    { name: "relu", code: ACTIVATION_CODES.relu, operations: 1 },
    {
      javascript: ([a, z, bias], [rows, units]) => activateRelu(a, z, bias, rows, units),
      scalar: (kernels, [a, z, bias], [rows, units]) =>
        kernels.activateRelu(a, z, bias, rows, units),
    },
  ),
  define<readonly [Float32Array, Float32Array]>({
    name: "tanh-backward",
    description: "∂L/∂z = ∂L/∂a ⊙ (1 − a²), in place",
    dimensions: ["rows", "units"],
    shapes: [[128, 800]],
    sweep: [[1024, 1024]],
    work: ([rows, units]) => ({
      operations: 3 * rows * units,
      bytesRead: bytesOf(2 * rows * units),
      bytesWritten: bytesOf(rows * units),
    }),
    // With a = 0 the factor is 1: any number of calls leaves the gradient what it is.
    arrays: ([rows, units]) => [values(rows * units), room(rows * units)],
    javascript: ([gradient, a]) => differentiateTanh(gradient, a),
    scalar: (kernels, [gradient, a], [rows, units]) =>
      kernels.differentiateTanh(gradient, a, rows * units),
    simd:
      ({ engine: { kernels }, pointers: [gradient, a] }, [rows, units]) =>
      () =>
        kernels.differentiate(ACTIVATION_CODES.tanh, gradient, a, 0, rows * units),
  }),
  define<readonly [Float32Array, Float32Array, Int32Array, Float32Array, Int32Array]>({
    name: "softmax-loss",
    description: "the loss of a batch, its gradient, and the predicted classes",
    dimensions: ["rows", "classes"],
    shapes: LOSS_SHAPES,
    sweep: [
      [1024, 10],
      [128, 1000],
    ],
    work: ([rows, classes]) => ({
      // Of an element: the maximum, z − m, its exponential, the sum, and the product with 1 / batch. Of a
      // row: the logarithm, two differences, the quotient, and the label's share, which is a product
      // and two differences.
      operations: rows * classes * (EXP_OPERATIONS + 4) + rows * (LOG_OPERATIONS + 6),
      bytesRead: bytesOf(rows * classes, rows),
      bytesWritten: bytesOf(rows * classes, rows, rows),
    }),
    arrays: ([rows, classes]) => [
      room(rows * classes),
      room(rows),
      new Int32Array(rows),
      values(rows * classes).map((z) => 8 * z),
      Int32Array.from({ length: rows }, (_, row) => (row * 7) % classes),
    ],
    javascript: ([gradient, losses, predicted, logits, labels], [rows, classes]) =>
      softmaxCrossEntropy(gradient, losses, predicted, logits, labels, rows, classes),
    scalar: (kernels, [gradient, losses, predicted, logits, labels], [rows, classes]) =>
      kernels.softmaxCrossEntropy(gradient, losses, predicted, logits, labels, rows, classes),
    simd: ({ engine: { kernels }, pointers }, [rows, classes]) => {
      const [gradient, losses, predicted, logits, labels] = pointers;
      const weight = 1 / rows;
      return () =>
        kernels.softmaxCrossEntropy(
          ...([gradient, losses, predicted, logits, labels] as const),
          ...([rows, classes, 0, weight] as const),
        );
    },
  }),
];
