/** Dense matrix products, `assembly/gemm.ts`. */
import { bytesOf, define, type ProfiledKernel, room, type Shape, values } from "../kernel.js";
import { gemmNN, gemmNT, gemmTN } from "../loops/gemm.js";

type Product = "gemmNN" | "gemmNT" | "gemmTN";

const LOOPS = { gemmNN, gemmNT, gemmTN };

function gemm(
  product: Product,
  {
    name,
    description,
    shapes,
    sweep,
  }: Pick<ProfiledKernel, "name" | "description" | "shapes" | "sweep">,
): ProfiledKernel {
  return define<readonly [Float32Array, Float32Array, Float32Array]>({
    name,
    description,
    dimensions: ["rows", "columns", "depth"],
    shapes,
    sweep,
    work: ([rows, columns, depth]) => ({
      operations: 2 * rows * columns * depth,
      bytesRead: bytesOf(rows * depth, depth * columns),
      bytesWritten: bytesOf(rows * columns),
    }),
    arrays: ([rows, columns, depth]) => [
      room(rows * columns),
      values(rows * depth, 1),
      values(depth * columns, 2),
    ],
    javascript: ([c, a, b], [rows, columns, depth]) =>
      LOOPS[product](c, a, b, rows, columns, depth),
    scalar: (kernels, [c, a, b], [rows, columns, depth]) =>
      kernels[product](c, a, b, rows, columns, depth),
    simd: ({ engine: { kernels }, regions, pointers: [c, a, b] }, [rows, columns, depth]) => {
      const workspace = regions.allocateBytes(kernels.gemmWorkspace(columns, depth));
      const call = kernels[product];
      return () => call(c, a, b, workspace, rows, columns, depth, 0);
    },
  });
}

const CUBES: readonly Shape[] = [128, 512, 1024].map((size) => [size, size, size]);

export const GEMM: readonly ProfiledKernel[] = [
  gemm("gemmNN", {
    name: "gemm-nn",
    description: "C = A·B: a dense layer forward",
    shapes: [
      [256, 256, 256],
      [256, 256, 512],
      [128, 10, 800],
    ],
    sweep: CUBES,
  }),
  gemm("gemmNT", {
    name: "gemm-nt",
    description: "C = A·Bᵀ: ∂L/∂a of a dense layer",
    shapes: [
      [256, 256, 256],
      [256, 512, 256],
      [128, 800, 10],
    ],
    sweep: CUBES,
  }),
  gemm("gemmTN", {
    name: "gemm-tn",
    description: "C = Aᵀ·B: ∂L/∂W of a dense layer",
    shapes: [
      [256, 256, 256],
      [512, 256, 256],
      [800, 10, 128],
    ],
    sweep: CUBES,
  }),
];
