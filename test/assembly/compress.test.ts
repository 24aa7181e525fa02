import fc from "fast-check";
import { expect, test } from "vitest";
import { SPARSE_ROWS } from "../../src/engine/plan.js";
import { kernels, withArrays } from "../support/kernels.js";
import { largestDifference } from "../support/numbers.js";
import {
  anyCase,
  CASES,
  type Case,
  type Compressed,
  chunkRows,
  compress,
  countChunks,
  type Entries,
  makeProblem,
  type Problem,
  ROW_BYTES,
} from "../support/sparseBatch.js";

function expectedEntries(problem: Problem): Compressed {
  const { batch, rows, features } = problem;
  const chunks = Array.from({ length: countChunks(rows) }, (_, chunk) => chunk);
  return {
    rows: chunks.map((chunk) =>
      collect(chunkRows(rows, chunk), features, (row, feature) => {
        return batch[(chunk * SPARSE_ROWS + row) * features + feature];
      }),
    ),
    features: chunks.map((chunk) =>
      collect(features, chunkRows(rows, chunk), (feature, row) => {
        return batch[(chunk * SPARSE_ROWS + row) * features + feature];
      }),
    ),
  };
}

/** The values of a matrix `[rows, columns]` that are not 0, row by row. */
function collect(
  rows: number,
  columns: number,
  valueAt: (row: number, column: number) => number,
): Entries {
  const counts: number[] = new Array(rows).fill(0);
  const offsets: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = valueAt(row, column);
      if (value === 0) continue;
      counts[row]++;
      offsets.push(column * ROW_BYTES);
      values.push(value);
    }
  }
  return { counts, offsets, values };
}

function checkCompression(setting: Case): void {
  const problem = makeProblem(setting);
  const actual = compress(problem);
  const expected = expectedEntries(problem);
  for (const by of ["rows", "features"] as const) {
    expected[by].forEach((entries, chunk) => {
      for (const part of ["counts", "offsets", "values"] as const) {
        const { difference, index } = largestDifference(actual[by][chunk][part], entries[part]);
        expect(difference, `${part} by ${by} of chunk ${chunk}, at ${index}`).toBe(0);
      }
    });
  }
}

test.each(CASES)(
  "a batch becomes the entries that are not 0: $features features, $rows rows, density $density, $kind, $order",
  checkCompression,
);

test("any batch", () => {
  fc.assert(fc.property(anyCase, checkCompression), { numRuns: 60 });
});

test.each([0, 1, 15, 16, 17, 100])("non-zero values among %i are counted", (count) => {
  const bytes = Uint8Array.from({ length: count }, (_, index) => (index % 3 === 0 ? 200 : 0));
  const floats = Float32Array.from(bytes, (byte) => (byte === 0 ? -0 : -1e-40));
  withArrays([bytes, floats], (bytesAt, floatsAt) => {
    expect(kernels.countNonZeroBytes(bytesAt, count)).toBe(Math.ceil(count / 3));
    expect(kernels.countNonZeroFloats(floatsAt, count)).toBe(Math.ceil(count / 3));
  });
});
