import { expect, test } from "vitest";
import { atEndOfMemory } from "../support/edge.js";
import { kernels, withArrays } from "../support/kernels.js";
import { randomFloats, randomNumbers } from "../support/numbers.js";

const FEATURES = [1, 3, 5, 7, 8, 9, 17, 784];
const SAMPLES = 11;
/** A permutation of the samples. */
const ORDER = Int32Array.of(7, 3, 10, 0, 5, 1, 9, 2, 8, 6, 4);
/** First position and number of rows: the beginning, the middle, the end, and everything. */
const RANGES = [
  [0, 4],
  [3, 5],
  [10, 1],
  [0, SAMPLES],
];

function randomBytes(count: number): Uint8Array {
  const next = randomNumbers(6);
  return Uint8Array.from({ length: count }, () => Math.floor((next() + 1) * 128));
}

/** The rows of `inputs` that a batch is to consist of. */
function expectedRows(
  inputs: Uint8Array | Float32Array,
  order: Int32Array | undefined,
  [first, rows]: readonly number[],
  features: number,
): number[] {
  return Array.from({ length: rows }, (_, row) => {
    const sample = order?.[first + row] ?? first + row;
    return [...inputs.subarray(sample * features, (sample + 1) * features)];
  }).flat();
}

/** Gathers from inputs that stand at the end of the memory. */
function gather(
  kernel: "gatherBytes" | "gatherFloats",
  inputs: Uint8Array | Float32Array,
  order: Int32Array | undefined,
  [first, rows]: readonly number[],
  features: number,
): Float32Array {
  const batch = new Float32Array(rows * features);
  const scale = kernel === "gatherBytes" ? 1 / 255 : 1;
  withArrays([batch, order ?? new Int32Array(0)], (batchAt, orderAt) => {
    atEndOfMemory(inputs, (inputsAt) => {
      kernels[kernel](batchAt, inputsAt, order ? orderAt : 0, first, rows, features, scale);
    });
  });
  return batch;
}

test.each(FEATURES)("%i floats a sample arrive as they are, in either order", (features) => {
  const inputs = randomFloats(SAMPLES * features, 4);
  for (const order of [undefined, ORDER]) {
    for (const range of RANGES) {
      const batch = gather("gatherFloats", inputs, order, range, features);
      expect([...batch]).toEqual(expectedRows(inputs, order, range, features));
    }
  }
});

test.each(FEATURES)("%i bytes a sample arrive divided by 255, in either order", (features) => {
  const inputs = randomBytes(SAMPLES * features);
  for (const order of [undefined, ORDER]) {
    for (const range of RANGES) {
      const batch = gather("gatherBytes", inputs, order, range, features);
      const bytes = expectedRows(inputs, order, range, features);
      expect(batch.length).toBe(bytes.length);
      // 1 / 255 and the product are rounded, by 2⁻²⁴ relative each.
      const bound = (1 + 2 ** -24) ** 2 - 1;
      const wrong = batch.findIndex((value, index) => {
        const exact = bytes[index] / 255;
        return Math.abs(value - exact) > bound * exact;
      });
      expect(wrong).toBe(-1);
    }
  }
});

test("the bytes 0 and 255 become 0 and 1 exactly, and larger bytes larger numbers", () => {
  const inputs = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const batch = gather("gatherBytes", inputs, undefined, [0, 1], 256);
  expect([batch[0], batch[255]]).toEqual([0, 1]);
  expect(batch.every((value, index) => index === 0 || value > batch[index - 1])).toBe(true);
});

test("a byte becomes the same float wherever it stands in a sample", () => {
  const inputs = new Uint8Array(19).fill(77);
  const batch = gather("gatherBytes", inputs, undefined, [0, 1], 19);
  expect(new Set(batch).size).toBe(1);
});

test("labels arrive in either order", () => {
  const labels = Int32Array.from({ length: SAMPLES }, (_, sample) => sample * sample);
  for (const order of [undefined, ORDER]) {
    for (const range of RANGES) {
      const [first, rows] = range;
      const batch = new Int32Array(rows);
      withArrays([batch, order ?? new Int32Array(0)], (batchAt, orderAt) => {
        atEndOfMemory(labels, (labelsAt) => {
          kernels.gatherLabels(batchAt, labelsAt, order ? orderAt : 0, first, rows);
        });
      });
      const expected = Array.from(
        { length: rows },
        (_, row) => order?.[first + row] ?? first + row,
      );
      expect([...batch]).toEqual(expected.map((sample) => sample * sample));
    }
  }
});

test("nothing is read beyond the part of the order that is asked for", () => {
  const inputs = randomFloats(SAMPLES * 3);
  const batch = new Float32Array(4 * 3);
  withArrays([batch, inputs], (batchAt, inputsAt) => {
    atEndOfMemory(ORDER, (orderAt) => {
      kernels.gatherFloats(batchAt, inputsAt, orderAt, SAMPLES - 4, 4, 3, 1);
    });
  });
  expect([...batch]).toEqual(expectedRows(inputs, ORDER, [SAMPLES - 4, 4], 3));
});
