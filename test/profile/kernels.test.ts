import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENTRY_BYTES } from "../../src/engine/plan.js";
import { enableRelaxedSimd } from "../../src/node/relaxedSimd.js";
import type { Numbers, ProfiledKernel, Shape } from "../../src/profile/kernel.js";
import { augmentationOperations } from "../../src/profile/kernels/augmentation.js";
import {
  EXP_OPERATIONS,
  LOG_OPERATIONS,
  TANH_OPERATIONS,
} from "../../src/profile/kernels/elementwise.js";
import { KERNELS } from "../../src/profile/kernels/index.js";
import type { Way } from "../../src/profile/variant.js";
import { Workbench } from "../../src/profile/workbench.js";

enableRelaxedSimd();
const workbench = new Workbench();

/** Small, with rests, whole blocks for the transpose. */
const SMALL: Readonly<Record<string, Shape>> = {
  "gemm-nn": [7, 11, 5],
  "gemm-nt": [7, 11, 5],
  "gemm-tn": [7, 11, 5],
  "sparse-forward": [9, 50],
  "sparse-gradient": [9, 50],
  compress: [9, 50],
  transpose: [64, 96],
  tanh: [5, 13],
  relu: [5, 13],
  "tanh-backward": [5, 13],
  "softmax-loss": [6, 11],
  sgd: [23],
  momentum: [23],
  adam: [23],
  "column-sums": [9, 21],
  "sum-of-squares": [23],
  augmentation: [3, 9, 7],
};

/** What a variant makes of the arrays in one call. */
async function result(kernel: ProfiledKernel, way: Way): Promise<readonly Numbers[] | undefined> {
  const ready = await workbench.prepare(kernel, SMALL[kernel.name], way);
  if (!ready) return undefined;
  ready.call();
  const arrays = ready.arrays().map((array) => array.slice());
  ready.free();
  return arrays;
}

function expectClose(actual: Numbers, expected: Numbers): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index], 5);
  });
}

test.each(KERNELS)("$name computes the same whichever way, and something", async (kernel) => {
  const expected = await result(kernel, "simd");
  if (!expected) throw new Error("every kernel has a SIMD variant");
  const [first] = expected;
  if (kernel.name !== "compress") expect(first.some((value) => value !== 0)).toBe(true);
  for (const way of ["javascript", "scalar", "relaxed"] as const) {
    const arrays = await result(kernel, way);
    if (!arrays) continue;
    arrays.forEach((array, index) => {
      expectClose(array, expected[index]);
    });
  }
});

test("but for two every kernel has a plain loop, in JavaScript and in WebAssembly", () => {
  const without = KERNELS.filter(({ javascript, scalar }) => !(javascript && scalar));
  expect(without.map(({ name }) => name)).toEqual(["compress", "augmentation"]);
});

/** Walks the loops of the definition and counts one by one. */
class Counter {
  operations = 0;
  read = 0;
  written = 0;
  /** `body` for every tuple of indices. */
  each(sizes: readonly number[], body: () => void): void {
    const [size, ...rest] = sizes;
    if (size === undefined) {
      body();
      return;
    }
    for (let index = 0; index < size; index++) this.each(rest, body);
  }
}

/** What the definition of each kernel does, by its loops and its arrays. */
const DEFINITIONS: Readonly<Record<string, (counter: Counter, shape: Shape) => void>> = {
  ...Object.fromEntries(
    ["gemm-nn", "gemm-nt", "gemm-tn"].map((name) => [
      name,
      (counter: Counter, shape: Shape) => {
        counter.each(shape, () => {
          counter.operations += 2;
        });
      },
    ]),
  ),
  tanh: (counter, shape) => {
    counter.each(shape, () => {
      counter.operations += 1 + TANH_OPERATIONS;
    });
  },
  relu: (counter, shape) => {
    counter.each(shape, () => {
      counter.operations += 2;
    });
  },
  "tanh-backward": (counter, shape) => {
    counter.each(shape, () => {
      counter.operations += 3;
    });
  },
  "softmax-loss": (counter, [rows, classes]) => {
    counter.each([rows], () => {
      counter.each([classes], () => {
        counter.operations += 1; // the largest
        counter.operations += 1 + EXP_OPERATIONS + 1; // z − m, its exponential, the sum
        counter.operations += 1; // times weight / sum
      });
      counter.operations += 1 + LOG_OPERATIONS + 1; // the label's z − m, the logarithm of the sum, the loss
      counter.operations += 1 + 2 + 1; // weight / sum, weight · (1 − smoothing), and the label's gradient less that
    });
  },
  sgd: (counter, shape) => {
    counter.each(shape, () => {
      counter.operations += 2;
    });
  },
  momentum: (counter, shape) => {
    counter.each(shape, () => {
      counter.operations += 2 + 2;
    });
  },
  adam: (counter, shape) => {
    counter.each(shape, () => {
      counter.operations += 3 + 4 + 5;
    });
  },
  "column-sums": (counter, shape) => {
    counter.each(shape, () => {
      counter.operations += 1;
    });
  },
  "sum-of-squares": (counter, shape) => {
    counter.each(shape, () => {
      counter.operations += 2;
    });
  },
  augmentation: (counter, [samples, height, width]) => {
    counter.each([samples, height, width], () => {
      // Both coordinates: noise smoothed along the column, then along the row.
      counter.each([2, height], () => {
        counter.operations += 2;
      });
      counter.each([2, width], () => {
        counter.operations += 2;
      });
      counter.each([2], () => {
        counter.operations += 2; // A·u + origin
        counter.operations += 1; // displacement
        counter.operations += 2; // clamped
        counter.operations += 1; // floor
      });
      counter.operations += 3 * 3; // three interpolations, a + t·(b − a)
    });
  },
};

describe("declared work", () => {
  test.each(Object.keys(DEFINITIONS))("%s: as many operations as its definition has", (name) => {
    const kernel = KERNELS.find((one) => one.name === name);
    const counter = new Counter();
    DEFINITIONS[name](counter, SMALL[name]);
    expect(kernel?.work(SMALL[name]).operations).toBe(counter.operations);
  });

  test.each(["sparse-forward", "sparse-gradient"])("%s: 32 multiply-adds an entry", (name) => {
    const kernel = KERNELS.find((one) => one.name === name);
    const shape = SMALL[name];
    const bytes = kernel?.arrays(shape)[5] ?? [];
    const entries = Array.from(bytes).filter((byte) => byte !== 0).length;
    expect(entries).toBeGreaterThan(0);
    expect(kernel?.work(shape).operations).toBe(2 * 32 * entries);
  });

  test("every kernel declares its work", () => {
    const counted = [...Object.keys(DEFINITIONS), "sparse-forward", "sparse-gradient"];
    const moving = KERNELS.filter(({ name }) => !counted.includes(name));
    expect(moving.map(({ name }) => name)).toEqual(["compress", "transpose"]);
    for (const kernel of moving) expect(kernel.work(SMALL[kernel.name]).operations).toBe(0);
  });

  test.each(KERNELS.filter(({ name }) => !/sparse|compress|softmax|augment/.test(name)))(
    "$name: every input is read once and every result written once",
    (kernel) => {
      const shape = SMALL[kernel.name];
      const arrays = kernel.arrays(shape);
      const { bytesRead, bytesWritten } = kernel.work(shape);
      const total = arrays.reduce((sum, array) => sum + array.byteLength, 0);
      // What is updated in place is both.
      const inPlace = /sgd|momentum|adam|backward/.test(kernel.name)
        ? arrays.filter((_, index) => index !== 1).reduce((sum, array) => sum + array.byteLength, 0)
        : 0;
      expect(bytesRead + bytesWritten).toBe(total + inPlace);
    },
  );

  test("compress writes an entry by row and one by feature, and where they begin", () => {
    const kernel = KERNELS.find(({ name }) => name === "compress");
    const [rows, features] = SMALL.compress;
    const bytes = kernel?.arrays(SMALL.compress)[1] ?? [];
    const entries = Array.from(bytes).filter((byte) => byte !== 0).length;
    expect(kernel?.work(SMALL.compress)).toMatchObject({
      bytesRead: rows * features,
      bytesWritten: 2 * entries * ENTRY_BYTES + 4 * (rows + 1 + features + 1),
    });
  });

  test("augmentationOperations is symmetric in height and width", () => {
    expect(augmentationOperations(7, 9)).toBe(augmentationOperations(9, 7));
  });
});

const text = readFileSync(join(import.meta.dirname, "../../build/wasmlp.wat"), "utf8");

/** Arithmetic on four floats in a function of the build and those that it calls. */
function arithmeticOf(internal: string): number {
  const start = text.indexOf(`\n (func $${internal} `);
  const body = text.slice(start, text.indexOf("\n (func", start + 1));
  const own = body.match(/f32x4\.(add|sub|mul|div|p?min|p?max|sqrt|nearest|floor)\b/g) ?? [];
  const called = Array.from(body.matchAll(/\bcall \$(\S+)/g), ([, name]) => arithmeticOf(name));
  return own.length + called.reduce((sum, count) => sum + count, 0);
}

test.each([
  ["expInto", EXP_OPERATIONS],
  ["tanhInto", TANH_OPERATIONS],
  ["logInto", LOG_OPERATIONS],
])("%s takes as many operations as are declared", (name, operations) => {
  const [, internal] = new RegExp(`\\(export "${name}" \\(func \\$(.*?)\\)\\)`).exec(text) ?? [];
  expect(arithmeticOf(internal)).toBe(operations);
});
