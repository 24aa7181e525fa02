import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createDataset } from "../../src/data/dataset.js";
import { SPARSE_ROWS } from "../../src/engine/plan.js";
import { perceptron } from "../../src/model/architecture.js";
import { initialize } from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { evaluate } from "../../src/training/evaluate.js";
import { trainEpochs } from "../../src/training/fit.js";
import { engine, kernels, withArrays } from "../support/kernels.js";
import { largestDifference, randomFloats } from "../support/numbers.js";
import {
  anyCase,
  BLOCK_UNITS,
  blocked,
  CASES,
  type Case,
  chunkRows,
  compress,
  countChunks,
  makeProblem,
  type Problem,
  ROW_BYTES,
  unblocked,
} from "../support/sparseBatch.js";

/** The unit roundoff of float32. */
const UNIT = 2 ** -24;

/** The largest |actual − expected| / bound; 0 / 0 counts as 0. */
function largestExcess(actual: Float32Array, expected: Float64Array, bound: Float64Array): number {
  let largest = 0;
  actual.forEach((value, index) => {
    const distance = Math.abs(value - expected[index]);
    if (distance > 0) largest = Math.max(largest, distance / bound[index]);
    if (Number.isNaN(distance)) largest = Number.POSITIVE_INFINITY;
  });
  return largest;
}

/**
 * Checks Z = X·W against float64. The rounding error of a sum of n products is below n·u·Σ|x·w|
 * (Higham, Accuracy and Stability, 2002, eq. 3.5).
 */
function checkProduct(setting: Case): void {
  const problem = makeProblem(setting);
  const { features, units, rows, batch } = problem;
  const weights = randomFloats(features * units, 2);
  // What was there before is overwritten.
  const z = blocked(new Float32Array(rows * units).fill(Number.NaN), rows, units);
  compress(problem, (batchAt) => {
    withArrays([z, blocked(weights, features, units)], (zAt, weightsAt) => {
      for (let block = 0; block * BLOCK_UNITS < units; block++) {
        const blockAt = weightsAt + block * features * ROW_BYTES;
        for (let chunk = 0; chunk < countChunks(rows); chunk++) {
          const chunkAt = zAt + (block * rows + chunk * SPARSE_ROWS) * ROW_BYTES;
          kernels.multiplySparse(chunkAt, batchAt, chunk, blockAt, chunkRows(rows, chunk));
        }
      }
    });
  });
  const exact = new Float64Array(rows * units);
  const bound = new Float64Array(rows * units);
  batch.forEach((x, index) => {
    if (x === 0) return;
    const row = Math.floor(index / features) * units;
    const feature = (index % features) * units;
    for (let unit = 0; unit < units; unit++) {
      exact[row + unit] += x * weights[feature + unit];
      bound[row + unit] += features * UNIT * Math.abs(x * weights[feature + unit]);
    }
  });
  expect(largestExcess(unblocked(z, rows, units), exact, bound)).toBeLessThanOrEqual(1);
}

/** Xᵀ·G in blocks, in tiles of `tileFeatures` features of a block. */
function multiplyTransposed(
  { features, units, rows, ...problem }: Problem,
  gradient: Float32Array,
  tileFeatures: number,
): Float32Array {
  const sums = blocked(new Float32Array(features * units).fill(9), features, units);
  compress({ features, units, rows, ...problem }, (batchAt) => {
    const arrays = [sums, blocked(gradient, rows, units)] as const;
    withArrays(arrays, (sumsAt, gradientAt) => {
      for (let block = 0; block * BLOCK_UNITS < units; block++) {
        for (let first = 0; first < features; first += tileFeatures) {
          kernels.gradientSparse(
            sumsAt + (block * features + first) * ROW_BYTES,
            gradientAt + block * rows * ROW_BYTES,
            batchAt,
            countChunks(rows),
            first,
            Math.min(first + tileFeatures, features),
          );
        }
      }
    });
  });
  return sums;
}

/** Checks Xᵀ·G against float64: n roundings for a sum of n products. */
function checkTransposed(setting: Case): void {
  const problem = makeProblem(setting);
  const { features, units, rows, batch } = problem;
  const gradient = randomFloats(rows * units, 4);
  const sums = multiplyTransposed(problem, gradient, features);
  const exact = new Float64Array(features * units);
  const bound = new Float64Array(features * units);
  batch.forEach((x, index) => {
    if (x === 0) return;
    const row = Math.floor(index / features) * units;
    const feature = (index % features) * units;
    for (let unit = 0; unit < units; unit++) {
      const product = x * gradient[row + unit];
      exact[feature + unit] += product;
      bound[feature + unit] += (rows + 1) * UNIT * Math.abs(product);
    }
  });
  expect(largestExcess(unblocked(sums, features, units), exact, bound)).toBeLessThanOrEqual(1);
  const filling = blocked(new Float32Array(features * units).fill(1), features, units);
  expect(sums.filter((value, index) => filling[index] === 0 && value !== 0)).toHaveLength(0);
  for (const tile of [Math.ceil(features / 3), 112]) {
    const other = multiplyTransposed(problem, gradient, tile);
    expect(largestDifference(other, sums).difference, "in other tiles").toBe(0);
  }
}

const NAME = "$features features, $units units, $rows rows, density $density, $kind, $order";

test.each(CASES)(`X·W agrees with float64: ${NAME}`, checkProduct);
test.each(CASES)(`Xᵀ·G agrees with float64: ${NAME}`, checkTransposed);

test("any batch", () => {
  fc.assert(
    fc.property(anyCase, (drawn) => {
      checkProduct(drawn);
      checkTransposed(drawn);
    }),
    { numRuns: 60 },
  );
});

describe("blocks", () => {
  const ROWS = 7;

  test.each([1, 31, 32, 33, 64, 100])("of %i units hold the matrix, and zeros", (units) => {
    const matrix = randomFloats(ROWS * units);
    const expected = blocked(matrix, ROWS, units);
    expect(kernels.blockedBytes(ROWS, units)).toBe(expected.byteLength);
    const packed = new Float32Array(expected.length).fill(Number.NaN);
    const back = new Float32Array(matrix.length);
    withArrays([packed, matrix, back], (packedAt, matrixAt, backAt) => {
      // In two pieces, as two threads would.
      kernels.packBlocks(packedAt, matrixAt + 3 * units * 4, 3, ROWS - 3, ROWS, units);
      kernels.packBlocks(packedAt, matrixAt, 0, 3, ROWS, units);
      kernels.unpackBlocks(backAt, packedAt, ROWS, units);
    });
    expect([...packed]).toEqual([...expected]);
    expect([...back]).toEqual([...matrix]);
  });
});

test("a tile is its features, and no others", () => {
  const problem = makeProblem({
    features: 17,
    units: BLOCK_UNITS,
    rows: 150,
    density: 0.5,
    kind: "floats",
    order: "stored",
  });
  const gradient = randomFloats(150 * BLOCK_UNITS, 4);
  const whole = multiplyTransposed(problem, gradient, 17);
  const sums = new Float32Array(4 * BLOCK_UNITS);
  compress(problem, (batchAt) => {
    withArrays([sums, gradient], (sumsAt, gradientAt) => {
      kernels.gradientSparse(sumsAt, gradientAt, batchAt, 2, 5, 9);
    });
  });
  expect([...sums]).toEqual([...whole.subarray(5 * BLOCK_UNITS, 9 * BLOCK_UNITS)]);
});

describe("the way through the first layer", () => {
  afterEach(() => vi.restoreAllMocks());

  interface Result {
    /** The way that was taken. */
    readonly taken: "sparse" | "dense";
    readonly parameters: number[];
    readonly losses: Float32Array;
  }

  /** Trains and evaluates on pictures of which one pixel in five is not black. */
  async function train(
    kind: "bytes" | "floats",
    way: "sparse" | "dense",
    epochs: number,
  ): Promise<Result> {
    const [samples, features, classes] = [300, 300, 4];
    const setting = { features, units: classes, rows: samples, density: 0.2 };
    const { batch, inputs } = makeProblem({ ...setting, kind, order: "stored" });
    const dataset = createDataset({
      name: "pictures",
      inputs: inputs.subarray(0, batch.length),
      features,
      targets: {
        kind: "classes",
        labels: Uint8Array.from({ length: samples }, (_, sample) => sample % classes),
        names: ["a", "b", "c", "d"],
      },
    });
    const network = await Network.create(
      perceptron(features, [60, 33], classes, "tanh"),
      engine.execution,
    );
    initialize(network, "glorot", 5);
    if (way === "dense") {
      // As if nothing were 0.
      for (const count of ["countNonZeroBytes", "countNonZeroFloats"] as const) {
        vi.spyOn(network.engine.kernels, count).mockImplementation((_, length) => length);
      }
    }
    const blockedBytes = vi.spyOn(network.engine.kernels, "blockedBytes");
    for await (const _ of trainEpochs(network, dataset, { epochs, batchSize: 130, seed: 9 }));
    const { losses } = await evaluate(network, dataset);
    // Only a layer over compressed inputs is laid out in blocks.
    const taken = blockedBytes.mock.calls.length > 0 ? "sparse" : "dense";
    const parameters = network.layers.flatMap(({ weights, biases, inputs: rows, units }) => [
      ...network.engine.memory.floats(weights, rows * units),
      ...network.engine.memory.floats(biases, units),
    ]);
    vi.restoreAllMocks();
    network.dispose();
    return { taken, parameters, losses };
  }

  // A product with 0 adds nothing to a sum, and both ways add the others in the same order.
  test.each(["bytes", "floats"] as const)("makes no difference, for %s", async (kind) => {
    const start = await train(kind, "sparse", 1);
    const sparse = await train(kind, "sparse", 5);
    const dense = await train(kind, "dense", 5);
    expect(sparse.taken).toBe("sparse");
    expect(dense.taken).toBe("dense");
    const learned = largestDifference(start.parameters, sparse.parameters).difference;
    expect(learned).toBeGreaterThan(0.01);
    expect(largestDifference(sparse.parameters, dense.parameters).difference).toBe(0);
    expect(largestDifference(sparse.losses, dense.losses).difference).toBe(0);
  });
});
