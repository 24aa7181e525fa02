/** Sums over a batch and over parameters, `assembly/metrics.ts` and `assembly/optimizer.ts`. */
import { bytesOf, define, type ProfiledKernel, room, values } from "../kernel.js";
import { columnSums, sumOfSquares } from "../loops/elementwise.js";

export const REDUCTION: readonly ProfiledKernel[] = [
  define<readonly [Float32Array, Float32Array]>({
    name: "column-sums",
    description: "the gradient of the biases: the sum of each column",
    dimensions: ["rows", "columns"],
    shapes: [
      [128, 800],
      [128, 10],
    ],
    sweep: [[1024, 1024]],
    work: ([rows, columns]) => ({
      operations: rows * columns,
      bytesRead: bytesOf(rows * columns),
      bytesWritten: bytesOf(columns),
    }),
    arrays: ([rows, columns]) => [room(columns), values(rows * columns)],
    javascript: ([sums, matrix], [rows, columns]) => columnSums(sums, matrix, rows, columns),
    scalar: (kernels, [sums, matrix], [rows, columns]) =>
      kernels.columnSums(sums, matrix, rows, columns),
    simd:
      ({ engine: { kernels }, pointers: [sums, matrix] }, [rows, columns]) =>
      () =>
        kernels.columnSums(sums, matrix, rows, columns),
  }),
  define<readonly [Float32Array, Float32Array]>({
    name: "sum-of-squares",
    description: "the norm of a gradient, in float64",
    dimensions: ["count"],
    shapes: [[51_200]],
    sweep: [[4096], [627_200]],
    work: ([count]) => ({
      operations: 2 * count,
      bytesRead: bytesOf(count),
      bytesWritten: bytesOf(1),
    }),
    arrays: ([count]) => [room(1), values(count)],
    javascript: ([sum, squares]) => sumOfSquares(sum, squares),
    scalar: (kernels, [sum, squares], [count]) => kernels.sumOfSquares(sum, squares, count),
    simd:
      ({ engine: { kernels, memory }, pointers: [sum, squares] }, [count]) =>
      () => {
        // A view of each call's own: memory that grows leaves older ones behind.
        memory.floats(sum, 1)[0] = kernels.sumOfSquares(squares, count);
      },
  }),
];
