import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createDataset } from "../../src/data/dataset.js";
import type { Pointer } from "../../src/engine/kernels.js";
import {
  ENTRY_BYTES,
  SPARSE_BYTES,
  SPARSE_ROWS,
  writeSparseBatches,
} from "../../src/engine/plan.js";
import { perceptron } from "../../src/model/architecture.js";
import { initialize } from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { evaluate } from "../../src/training/evaluate.js";
import { trainEpochs } from "../../src/training/fit.js";
import { engine, kernels, memory, withArrays } from "../support/kernels.js";
import { largestDifference, randomFloats, randomNumbers } from "../support/numbers.js";

/** Units of a tile, a constant of assembly/sparse.ts. */
const SPARSE_UNITS = 32;
const FLOAT_BYTES = 4;
/** The unit roundoff of float32. */
const UNIT = 2 ** -24;

/** A batch of `rows` rows, taken from `position` on. */
interface Case {
  readonly features: number;
  readonly units: number;
  readonly rows: number;
  readonly density: number;
  readonly kind: "bytes" | "floats";
  readonly order: "stored" | "permuted";
}

const FEATURES = [1, 3, 15, 16, 17, 63, 64, 65, 784, 800];
const UNITS = [1, 3, 4, 5, 10, 31, 32, 33, 60, 64, 100];
const DENSITIES = [0, 0.01, 0.2, 1];
/** The last three make several chunks. */
const ROWS = [1, 5, 127, 128, 129, 256, 300];

/** Each number of features with each of rows; the rest in turn. */
const CASES: Case[] = FEATURES.flatMap((features, i) =>
  ROWS.map((rows, j) => ({
    features,
    units: UNITS[(i * ROWS.length + j) % UNITS.length],
    rows,
    density: DENSITIES[(i + j) % DENSITIES.length],
    kind: i % 2 === j % 2 ? ("bytes" as const) : ("floats" as const),
    order: (i + Math.floor(j / 2)) % 2 === 0 ? ("stored" as const) : ("permuted" as const),
  })),
);

/** Samples before and after the batch: the data set is larger. */
const POSITION = 3;
const REST = 2;

interface Problem extends Case {
  /** `[POSITION + rows + REST, features]` */
  readonly inputs: Uint8Array | Float32Array;
  readonly permutation: Int32Array | undefined;
  /** The batch as the kernels are to see it: `[rows, features]` float32. */
  readonly batch: Float32Array;
}

function makeProblem(setting: Case): Problem {
  const { features, rows, density, kind, order } = setting;
  const samples = POSITION + rows + REST;
  const next = randomNumbers(features + rows);
  const draw = () => {
    if (Math.abs(next()) >= density) return 0;
    return kind === "bytes" ? 1 + Math.floor(Math.abs(next()) * 255) : next();
  };
  const values = Array.from({ length: samples * features }, draw);
  const inputs = kind === "bytes" ? Uint8Array.from(values) : Float32Array.from(values);
  // Every sample comes up once, unless their number is a multiple of the prime 101.
  const permutation =
    order === "permuted"
      ? Int32Array.from({ length: samples }, (_, position) => (101 * position + 1) % samples)
      : undefined;
  const batch = Float32Array.from({ length: rows * features }, (_, index) => {
    const position = POSITION + Math.floor(index / features);
    const value = inputs[(permutation?.[position] ?? position) * features + (index % features)];
    return kind === "bytes" ? value * Math.fround(1 / 255) : value;
  });
  return { ...setting, inputs, permutation, batch };
}

/** How many of a chunk's rows there are. */
function chunkRows(rows: number, chunk: number): number {
  return Math.min(SPARSE_ROWS, rows - chunk * SPARSE_ROWS);
}

function countChunks(rows: number): number {
  return Math.ceil(rows / SPARSE_ROWS);
}

/** A chunk's entries, feature after feature, rows in ascending order. */
interface Entries {
  /** Of each feature how many there are. */
  readonly counts: number[];
  readonly offsets: number[];
  readonly values: number[];
}

function expectedEntries({ batch, rows, features, units }: Problem): Entries[] {
  return Array.from({ length: countChunks(rows) }, (_, chunk) => {
    const counts: number[] = new Array(features).fill(0);
    const offsets: number[] = [];
    const values: number[] = [];
    for (let feature = 0; feature < features; feature++) {
      for (let row = 0; row < chunkRows(rows, chunk); row++) {
        const value = batch[(chunk * SPARSE_ROWS + row) * features + feature];
        if (value === 0) continue;
        counts[feature]++;
        offsets.push(row * units * FLOAT_BYTES);
        values.push(value);
      }
    }
    return { counts, offsets, values };
  });
}

/**
 * Compresses the problem's batch into memory that has room for its entries and no more, and calls
 * `use` with the batch. Returns the entries as they stand in memory.
 */
function compress(problem: Problem, use: (batch: Pointer) => void = () => undefined): Entries[] {
  const { features, units, rows, inputs, permutation } = problem;
  const chunks = countChunks(rows);
  const entryBytes = largestChunk(problem) * ENTRY_BYTES;
  const entries = new Int32Array((chunks * entryBytes) / 4);
  const starts = new Int32Array(chunks * (features + 1));
  const batch = memory.allocate(SPARSE_BYTES);
  let firstEntry = 0;
  withArrays(
    [entries, starts, new Uint8Array(chunks * features), inputs, permutation ?? new Int32Array(0)],
    (entriesAt, startsAt, countsAt, inputsAt, permutationAt) => {
      firstEntry = entriesAt;
      writeSparseBatches(engine, batch, [
        { features, entryBytes, entries: entriesAt, starts: startsAt, counts: countsAt },
      ]);
      for (let chunk = 0; chunk < chunks; chunk++) {
        kernels.compressChunk(
          batch,
          chunk,
          inputsAt,
          inputs instanceof Uint8Array ? 1 : 0,
          permutation ? permutationAt : 0,
          POSITION + chunk * SPARSE_ROWS,
          chunkRows(rows, chunk),
          units * FLOAT_BYTES,
        );
      }
      use(batch);
    },
  );
  memory.free(batch);
  const values = new Float32Array(entries.buffer);
  return Array.from({ length: chunks }, (_, chunk) => {
    const chunkStarts = starts.subarray(chunk * (features + 1), (chunk + 1) * (features + 1));
    expect(chunkStarts[0], "a chunk's own room").toBe(firstEntry + chunk * entryBytes);
    const counts = Array.from({ length: features }, (_, feature) => {
      return (chunkStarts[feature + 1] - chunkStarts[feature]) / ENTRY_BYTES;
    });
    const first = (chunk * entryBytes) / 4;
    const end = first + (chunkStarts[features] - chunkStarts[0]) / 4;
    const isOffset = (_: number, index: number) => index % 2 === 0;
    const isValue = (_: number, index: number) => index % 2 === 1;
    return {
      counts,
      offsets: [...entries.subarray(first, end).filter(isOffset)],
      values: [...values.subarray(first, end).filter(isValue)],
    };
  });
}

/** The non-zero values of the chunk that has most. */
function largestChunk({ batch, rows, features }: Problem): number {
  const counts = Array.from({ length: countChunks(rows) }, (_, chunk) => {
    const start = chunk * SPARSE_ROWS * features;
    return batch.subarray(start, start + SPARSE_ROWS * features).filter((x) => x !== 0).length;
  });
  return Math.max(...counts);
}

function checkCompression(setting: Case): void {
  const problem = makeProblem(setting);
  const actual = compress(problem);
  expectedEntries(problem).forEach((expected, chunk) => {
    for (const part of ["counts", "offsets", "values"] as const) {
      const { difference, index } = largestDifference(actual[chunk][part], expected[part]);
      expect(difference, `${part} of chunk ${chunk}, at ${index}`).toBe(0);
    }
  });
}

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
  const z = new Float32Array(rows * units).fill(Number.NaN);
  compress(problem, (batchAt) => {
    withArrays([z, weights], (zAt, weightsAt) => {
      for (let chunk = 0; chunk < countChunks(rows); chunk++) {
        const chunkAt = zAt + chunk * SPARSE_ROWS * units * FLOAT_BYTES;
        for (let unit = 0; unit < units; unit += SPARSE_UNITS) {
          const count = chunkRows(rows, chunk);
          kernels.multiplySparse(chunkAt, batchAt, chunk, weightsAt, count, unit, units);
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
  expect(largestExcess(z, exact, bound)).toBeLessThanOrEqual(1);
}

/** W after a step, in tiles of `tileFeatures` by 32. */
function descend(
  problem: Problem,
  before: Float32Array,
  gradient: Float32Array,
  learningRate: number,
  tileFeatures: number,
): Float32Array {
  const { features, units, rows } = problem;
  const weights = before.slice();
  const sums = new Float32Array(tileFeatures * SPARSE_UNITS);
  compress(problem, (batchAt) => {
    withArrays([weights, gradient, sums], (weightsAt, gradientAt, sumsAt) => {
      for (let first = 0; first < features; first += tileFeatures) {
        for (let unit = 0; unit < units; unit += SPARSE_UNITS) {
          kernels.descendSparse(
            weightsAt,
            gradientAt,
            batchAt,
            countChunks(rows),
            first,
            Math.min(first + tileFeatures, features),
            unit,
            units,
            learningRate,
            sumsAt,
          );
        }
      }
    });
  });
  return weights;
}

/**
 * Checks W −= η·Xᵀ·G against float64: n roundings for the sum, then one each for the product with η
 * and for the difference.
 */
function checkDescent(setting: Case): void {
  const problem = makeProblem(setting);
  const { features, units, rows, batch } = problem;
  const learningRate = Math.fround(0.3);
  const before = randomFloats(features * units, 3);
  const gradient = randomFloats(rows * units, 4);
  const after = descend(problem, before, gradient, learningRate, features);
  const step = new Float64Array(features * units);
  const stepBound = new Float64Array(features * units);
  batch.forEach((x, index) => {
    if (x === 0) return;
    const row = Math.floor(index / features) * units;
    const feature = (index % features) * units;
    for (let unit = 0; unit < units; unit++) {
      const product = learningRate * x * gradient[row + unit];
      step[feature + unit] += product;
      stepBound[feature + unit] += (rows + 2) * UNIT * Math.abs(product);
    }
  });
  const exact = step.map((value, index) => before[index] - value);
  const bound = stepBound.map((error, index) => error + UNIT * (Math.abs(exact[index]) + error));
  expect(largestExcess(after, exact, bound)).toBeLessThanOrEqual(1);
  for (const tile of [Math.ceil(features / 3), 112]) {
    const other = descend(problem, before, gradient, learningRate, tile);
    expect(largestDifference(other, after).difference, "in other tiles").toBe(0);
  }
}

const NAME = "$features features, $units units, $rows rows, density $density, $kind, $order";

test.each(CASES)(`a batch becomes the entries that are not 0: ${NAME}`, checkCompression);
test.each(CASES)(`X·W agrees with float64: ${NAME}`, checkProduct);
test.each(CASES)(`W − η·Xᵀ·G agrees with float64: ${NAME}`, checkDescent);

test("any batch", () => {
  const setting = fc.record<Case>({
    features: fc.integer({ min: 1, max: 80 }),
    units: fc.integer({ min: 1, max: 70 }),
    rows: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300 })),
    density: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom("bytes", "floats"),
    order: fc.constantFrom("stored", "permuted"),
  });
  fc.assert(
    fc.property(setting, (drawn) => {
      checkCompression(drawn);
      checkProduct(drawn);
      checkDescent(drawn);
    }),
    { numRuns: 60 },
  );
});

describe("a tile", () => {
  const SETTING: Case = {
    features: 17,
    units: 100,
    rows: 150,
    density: 0.5,
    kind: "floats",
    order: "stored",
  };
  const problem = makeProblem(SETTING);

  /** Whether each value of `[rows, units]` changed; the columns of a row as a string. */
  function changes(before: Float32Array, after: Float32Array): string[] {
    const marks = Array.from(after, (value, index) => (value === before[index] ? "." : "x"));
    return Array.from({ length: after.length / SETTING.units }, (_, row) =>
      marks.slice(row * SETTING.units, (row + 1) * SETTING.units).join(""),
    );
  }

  test.each([0, 32, 64, 96])("of Z is rows of a chunk and 32 units from %i on", (unit) => {
    const z = new Float32Array(150 * 100).fill(7);
    const before = z.slice();
    compress(problem, (batchAt) => {
      withArrays([z, randomFloats(17 * 100)], (zAt, weightsAt) => {
        const chunkAt = zAt + SPARSE_ROWS * 100 * FLOAT_BYTES;
        kernels.multiplySparse(chunkAt, batchAt, 1, weightsAt, 22, unit, 100);
      });
    });
    const count = Math.min(32, 100 - unit);
    const changed = ".".repeat(unit) + "x".repeat(count) + ".".repeat(100 - unit - count);
    expect(changes(before, z)).toEqual(
      Array.from({ length: 150 }, (_, row) => (row < SPARSE_ROWS ? ".".repeat(100) : changed)),
    );
  });

  test.each([0, 32, 64, 96])("of W is its features and 32 units from %i on", (unit) => {
    const before = randomFloats(17 * 100, 3);
    const weights = before.slice();
    compress(problem, (batchAt) => {
      withArrays(
        [weights, randomFloats(150 * 100, 4), new Float32Array(4 * SPARSE_UNITS)],
        (weightsAt, gradientAt, sumsAt) => {
          kernels.descendSparse(weightsAt, gradientAt, batchAt, 2, 5, 9, unit, 100, 0.5, sumsAt);
        },
      );
    });
    const count = Math.min(32, 100 - unit);
    const changed = ".".repeat(unit) + "x".repeat(count) + ".".repeat(100 - unit - count);
    expect(changes(before, weights)).toEqual(
      Array.from({ length: 17 }, (_, row) => (5 <= row && row < 9 ? changed : ".".repeat(100))),
    );
  });
});

test.each([0, 1, 15, 16, 17, 100])("non-zero values among %i are counted", (count) => {
  const bytes = Uint8Array.from({ length: count }, (_, index) => (index % 3 === 0 ? 200 : 0));
  const floats = Float32Array.from(bytes, (byte) => (byte === 0 ? -0 : -1e-40));
  withArrays([bytes, floats], (bytesAt, floatsAt) => {
    expect(kernels.countNonZeroBytes(bytesAt, count)).toBe(Math.ceil(count / 3));
    expect(kernels.countNonZeroFloats(floatsAt, count)).toBe(Math.ceil(count / 3));
  });
});

describe("the way through the first layer", () => {
  afterEach(() => vi.restoreAllMocks());

  interface Result {
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
    for await (const _ of trainEpochs(network, dataset, { epochs, batchSize: 130, seed: 9 }));
    const { losses } = await evaluate(network, dataset);
    const parameters = network.layers.flatMap(({ weights, biases, inputs: rows, units }) => [
      ...network.engine.memory.floats(weights, rows * units),
      ...network.engine.memory.floats(biases, units),
    ]);
    vi.restoreAllMocks();
    network.dispose();
    return { parameters, losses };
  }

  test.each(["bytes", "floats"] as const)(
    "makes no difference but rounding, for %s",
    async (kind) => {
      const start = await train(kind, "sparse", 1);
      const sparse = await train(kind, "sparse", 5);
      const dense = await train(kind, "dense", 5);
      const difference = largestDifference(sparse.parameters, dense.parameters).difference;
      // Fifteen steps move parameters by about 0.3; what rounding adds is 10⁵ times smaller. That
      // there is a difference shows that these are two ways.
      expect(largestDifference(start.parameters, sparse.parameters).difference).toBeGreaterThan(
        0.01,
      );
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThan(2e-6);
      expect(largestDifference(sparse.losses, dense.losses).difference).toBeLessThan(1e-5);
    },
  );
});
