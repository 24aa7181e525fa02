import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NumericArray } from "../../../src/data/arrays/namedArray.js";
import { diagnose } from "../../../src/doctor/dump/diagnose.js";
import { DataError, OptionError } from "../../../src/errors.js";
import { SIZES, trainingStep } from "../../support/trainingStep.js";

const SAMPLES = 12;
const FEATURES = 5;
const HIDDEN = 4;
const CLASSES = 3;

/** Numbers between −1 and 1 that look drawn at random. */
function numbers(count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => Math.sin(12.9898 * (index + 1) * seed));
}

function array(name: string, shape: readonly number[], values: ArrayLike<number>): NumericArray {
  return { name, shape, dtype: "float64", values: Float64Array.from(values) };
}

/** X, labels and W of a single layer, X from `numbers(…, 1)`. */
function softmaxRegression(): NumericArray[] {
  const labels = Array.from({ length: SAMPLES }, (_, row) => row % CLASSES);
  return [
    array("X", [SAMPLES, FEATURES], numbers(SAMPLES * FEATURES, 1)),
    array("Y", [SAMPLES], labels),
    array("W1", [FEATURES, CLASSES], numbers(FEATURES * CLASSES, 2)),
  ];
}

/** Y one-hot, a network of one hidden layer, nothing else. */
function network(): NumericArray[] {
  const Y = new Float64Array(SAMPLES * CLASSES);
  for (let row = 0; row < SAMPLES; row++) Y[row * CLASSES + (row % CLASSES)] = 1;
  return [
    array("X", [SAMPLES, FEATURES], numbers(SAMPLES * FEATURES, 1)),
    array("Y", [SAMPLES, CLASSES], Y),
    array("W1", [FEATURES, HIDDEN], numbers(FEATURES * HIDDEN, 2)),
    array("b1", [HIDDEN], numbers(HIDDEN, 3)),
    array("W2", [HIDDEN, CLASSES], numbers(HIDDEN * CLASSES, 4)),
    array("b2", [CLASSES], numbers(CLASSES, 5)),
  ];
}

function replaced(name: string, change: (array: NumericArray) => NumericArray): NumericArray[] {
  return network().map((each) => (each.name === name ? change(each) : each));
}

/** Z1 = X·W1 + b1 of `network()`. */
function sums(): Float64Array {
  const [x, , w, b] = network().map(({ values }) => values);
  return Float64Array.from({ length: SAMPLES * HIDDEN }, (_, index) => {
    const [row, unit] = [Math.floor(index / HIDDEN), index % HIDDEN];
    let z = b[unit];
    for (let k = 0; k < FEATURES; k++) z += x[row * FEATURES + k] * w[k * HIDDEN + unit];
    return z;
  });
}

describe("what is needed", () => {
  test("X, Y and the weights are enough", () => {
    const { findings, sizes, samples, orientation } = diagnose(network());
    expect(findings).toEqual([]);
    expect(sizes).toEqual([FEATURES, HIDDEN, CLASSES]);
    expect(samples).toBe(SAMPLES);
    expect(orientation).toEqual({ samples: "rows", weights: "inputs × units" });
  });

  test("names are recognised whatever their case and punctuation, others are listed", () => {
    const names = ["x", "labels", "w_1", "b[1]", "W.2", "B2"];
    const arrays = network().map((each, index) => ({ ...each, name: names[index] }));
    const extra = array("epoch", [], [3]);
    expect(diagnose([...arrays, extra]).ignored).toEqual(["epoch"]);
  });

  test.each([
    ["X", "the dump has no X among Y, W1, b1, W2, b2, expected X, Y and W1, W2, …"],
    ["W1", "the dump has no W1 among X, Y, b1, W2, b2, expected X, Y and W1, W2, …"],
  ])("a dump without %s is refused", (name, message) => {
    const arrays = network().filter((each) => each.name !== name);
    expect(() => diagnose(arrays)).toThrow(new DataError(message));
  });

  test("the same quantity twice is refused", () => {
    const twice = [...network(), array("w1", [1], [0])];
    expect(() => diagnose(twice)).toThrow(
      new DataError('"w1" and "W1" are the same, expected one'),
    );
  });

  test("a number in a name asks for no memory", () => {
    const { ignored } = diagnose([...network(), array("W99999999", [1, 1], [0])]);
    expect(ignored).toEqual(["W99999999"]);
  });
});

describe("what cannot be read is refused in a sentence", () => {
  test.each([
    ["W1", [7, HIDDEN], /^W1 has shape \[7, 4\], expected .*5 features with X of shape \[12, 5\]$/],
    ["b1", [9], /^b1 has shape \[9\], expected \[4\] as the layer has units$/],
    ["Y", [7, 2], /^Y has shape \[7, 2\], expected \[12, 3\], a row for each sample, or its label/],
  ] as const)("%s of shape %j", (name, shape, message) => {
    const values = numbers(
      shape.reduce((product: number, size) => product * size, 1),
      6,
    );
    const arrays = replaced(name, () => array(name, shape, values));
    expect(() => diagnose(arrays)).toThrow(DataError);
    expect(() => diagnose(arrays)).toThrow(message);
  });

  test.each(["X", "W1", "b2"])("NaN in %s", (name) => {
    const arrays = replaced(name, (each) => ({
      ...each,
      values: each.values.map((value, index) => (index === 1 ? Number.NaN : value)),
    }));
    expect(() => diagnose(arrays)).toThrow(
      /^\w+ has 1 of \d+ entries that are NaN or infinite, expected finite numbers: dump an earlier step$/,
    );
  });

  test("labels that are not whole", () => {
    const labels = array("Y", [SAMPLES], new Float64Array(SAMPLES).fill(0.5));
    expect(() => diagnose(replaced("Y", () => labels))).toThrow(
      /^Y has 12 numbers, 0.5 among them, where the network has 3 outputs; expected class labels/,
    );
  });

  test("options that do not fit", () => {
    expect(() => diagnose(network(), { activation: ["tanh"] })).toThrow(
      new OptionError("activation has 1 names, expected 2 as there are layers"),
    );
    expect(() => diagnose(network(), { activation: ["softmax", "softmax"] })).toThrow(
      /^activation of layer 1 is "softmax", expected one of tanh, relu, /,
    );
    expect(() => diagnose(network(), { loss: "hinge" })).toThrow(
      /^loss is "hinge", expected one of cross-entropy, /,
    );
  });
});

describe("orientation", () => {
  const turned = ({ name, shape, values }: NumericArray): NumericArray => {
    if (shape.length < 2) return array(name, shape, values);
    const [rows, columns] = shape;
    const turnedValues = Float64Array.from(
      { length: values.length },
      (_, index) => values[(index % rows) * columns + Math.floor(index / rows)],
    );
    return array(name, [columns, rows], turnedValues);
  };

  test("samples in columns and weights by units are found out", () => {
    const { orientation, findings } = diagnose(network().map(turned));
    expect(orientation).toEqual({ samples: "columns", weights: "units × inputs" });
    expect(findings).toEqual([]);
  });

  test("of a square matrix the numbers tell", () => {
    const inputs = 3;
    const x = numbers(inputs * inputs, 1);
    const w = numbers(inputs * inputs, 2);
    const z = Float64Array.from({ length: 9 }, (_, index) => {
      const [row, unit] = [Math.floor(index / 3), index % 3];
      // Weights by units: w[unit, k].
      return [0, 1, 2].reduce((sum, k) => sum + x[row * 3 + k] * w[unit * 3 + k], 0);
    });
    const { orientation, findings } = diagnose([
      array("X", [3, 3], x),
      array("Y", [3], [0, 1, 2]),
      array("W1", [3, 3], w),
      array("Z1", [3, 3], z),
    ]);
    expect(orientation.weights).toBe("units × inputs");
    expect(findings).toEqual([]);
  });

  test("as many samples as features, units and classes: a loss that is right settles no orientation", () => {
    const size = 5;
    const [x, w1, w2] = [1, 2, 4].map((seed) => numbers(size * size, seed));
    // Weights by units, as PyTorch has them: (a · wᵀ)[row, unit].
    const through = (a: ArrayLike<number>, w: ArrayLike<number>) =>
      Float64Array.from({ length: size * size }, (_, index) => {
        const [row, unit] = [Math.floor(index / size), index % size];
        let sum = 0;
        for (let k = 0; k < size; k++) sum += a[row * size + k] * w[unit * size + k];
        return sum;
      });
    const z1 = through(x, w1);
    const a1 = z1.map(Math.tanh);
    const z2 = through(a1, w2);
    const a2 = z2.map((z, index) => {
      const first = index - (index % size);
      const total = z2.subarray(first, first + size).reduce((sum, each) => sum + Math.exp(each), 0);
      return Math.exp(z) / total;
    });
    const labels = [0, 1, 2, 3, 4];
    const loss = labels.reduce((sum, label, row) => sum - Math.log(a2[row * size + label]), 0);
    const square = [size, size];
    const { orientation, findings } = diagnose([
      array("X", square, x),
      array("Y", [size], labels),
      array("W1", square, w1),
      array("W2", square, w2),
      array("Z1", square, z1),
      array("A1", square, a1),
      array("Z2", square, z2),
      array("A2", square, a2),
      array("loss", [], [loss / size]),
    ]);
    expect(orientation).toEqual({ samples: "rows", weights: "units × inputs" });
    expect(findings).toEqual([]);
  });

  test("images need not be flattened", () => {
    const x = array("X", [SAMPLES, 1, FEATURES, 1], numbers(SAMPLES * FEATURES, 1));
    expect(diagnose(replaced("X", () => x)).sizes[0]).toBe(FEATURES);
  });
});

describe("a finding", () => {
  test("has the numbers, the cause, advice, and the line in three languages", () => {
    const z = sums();
    const tanhOfMinus = array(
      "A1",
      [SAMPLES, HIDDEN],
      z.map((value) => Math.tanh(-value)),
    );
    const dump = [...network(), array("Z1", [SAMPLES, HIDDEN], z), tanhOfMinus];
    const { findings, chain } = diagnose(dump, { activation: ["tanh", "softmax"] });
    expect(chain).toEqual([
      { name: "Z1", verdict: "right" },
      { name: "A1", verdict: "wrong" },
    ]);
    expect(findings).toMatchObject([
      {
        id: "wrong-activation",
        at: "A1",
        evidence: expect.stringMatching(/^A1\[\d+, \d+\] is -?[\d.]+, expected -?[\d.]+$/),
        code: {
          numpy: "A1 = np.tanh(Z1)",
          pytorch: "A1 = torch.tanh(Z1)",
          javascript: "A1 = Z1.map((row) => row.map((z) => Math.tanh(z)));",
        },
      },
    ]);
  });

  test.each([
    [1 / FEATURES, "mean-by-features", `is 1/${FEATURES} times`],
    [-1 / SAMPLES, "sign-flipped", "all of it is -1 times"],
  ])("holds A − Y times %d against what it was meant to be", (factor, id, evidence) => {
    // A softmax of the dump's own probabilities: dZ = A − Y is right, and so is its mean.
    const a = numbers(SAMPLES * CLASSES, 7).map(Math.abs);
    for (let row = 0; row < SAMPLES; row++) {
      const own = a.subarray(row * CLASSES, (row + 1) * CLASSES);
      const sum = own.reduce((total, value) => total + value, 0);
      for (let index = 0; index < CLASSES; index++) own[index] /= sum;
    }
    const dZ = a.map((value, index) => {
      const label = Math.floor(index / CLASSES) % CLASSES;
      return (value - (index % CLASSES === label ? 1 : 0)) * factor;
    });
    const { findings } = diagnose([
      ...softmaxRegression(),
      array("A1", [SAMPLES, CLASSES], a),
      array("dZ1", [SAMPLES, CLASSES], dZ),
    ]);
    const finding = findings.find(({ at }) => at === "dZ1");
    expect(finding).toMatchObject({ id });
    expect(finding?.evidence.replace(/is [\d.e-]+ = /, "is ")).toContain(evidence);
  });

  test("names the factor of a gradient and where it comes from", () => {
    // A softmax regression: dW1 = Xᵀ·(A − Y)/n, here with the mean over features.
    const x = numbers(SAMPLES * FEATURES, 1);
    const dZ = numbers(SAMPLES * CLASSES, 7);
    const dW = new Float64Array(FEATURES * CLASSES);
    for (let row = 0; row < SAMPLES; row++)
      for (let k = 0; k < FEATURES; k++)
        for (let j = 0; j < CLASSES; j++)
          dW[k * CLASSES + j] += (x[row * FEATURES + k] * dZ[row * CLASSES + j]) / FEATURES;
    const { findings } = diagnose([
      ...softmaxRegression(),
      array("dZ1", [SAMPLES, CLASSES], dZ),
      array("dW1", [FEATURES, CLASSES], dW),
    ]);
    expect(findings.find(({ at }) => at === "dW1")).toMatchObject({
      id: "mean-by-features",
      evidence: expect.stringContaining("2.4 = 12/5 times what it should be"),
      cause: "the mean divides by 5, the number of features, not by 12, the number of samples",
    });
  });
});

test("whatever the numbers are, a dump is judged or refused in a sentence", () => {
  const value = fc.oneof(
    fc.double({ noDefaultInfinity: true }),
    fc.constantFrom(0, 1, -1, 1e308, -1e308, Number.NaN, Number.POSITIVE_INFINITY),
  );
  const names = [
    "Z1",
    "A1",
    "Z2",
    "A2",
    "dZ2",
    "dW2",
    "db2",
    "dZ1",
    "dW1",
    "db1",
    "W1_new",
    "loss",
  ];
  const sizes: Record<string, readonly number[]> = {
    Z1: [SAMPLES, HIDDEN],
    A1: [SAMPLES, HIDDEN],
    Z2: [SAMPLES, CLASSES],
    A2: [SAMPLES, CLASSES],
    dZ2: [SAMPLES, CLASSES],
    dW2: [HIDDEN, CLASSES],
    db2: [CLASSES],
    dZ1: [SAMPLES, HIDDEN],
    dW1: [FEATURES, HIDDEN],
    db1: [HIDDEN],
    W1_new: [FEATURES, HIDDEN],
    loss: [],
  };
  const extra = fc.subarray(names).chain((chosen) =>
    fc.tuple(
      ...chosen.map((name) => {
        const length = sizes[name].reduce((product, size) => product * size, 1);
        return fc
          .array(value, { minLength: length, maxLength: length })
          .map((values) => array(name, sizes[name], values));
      }),
    ),
  );
  fc.assert(
    fc.property(extra, (arrays) => {
      const { findings } = diagnose([...network(), ...arrays]);
      for (const { evidence, cause, advice } of findings) {
        expect(`${evidence} ${cause} ${advice}`).not.toMatch(/undefined|\[object/);
      }
    }),
    { numRuns: 60 },
  );
});

describe("an accuracy that is miscounted", () => {
  /** The network's own outputs, the label of each sample, and how many of them it gets right. */
  const dump = (accuracy: (right: boolean[]) => number) => {
    const step = trainingStep();
    const valuesOf = (name: string) => step.find((each) => each.name === name)?.values ?? [];
    const [outputs, targets] = [valuesOf("A2"), valuesOf("Y")];
    const largest = (values: ArrayLike<number>, row: number) => {
      const own = Array.from({ length: SIZES.classes }, (_, k) => values[row * SIZES.classes + k]);
      return own.indexOf(Math.max(...own));
    };
    const right = Array.from(
      { length: SIZES.samples },
      (_, row) => largest(outputs, row) === largest(targets, row),
    );
    return { arrays: [...step, array("accuracy", [], [accuracy(right)])], right };
  };
  const count = (right: boolean[]) => right.filter(Boolean).length;

  test("of a percentage the evidence is one too", () => {
    const { arrays, right } = dump((all) => (100 * count(all)) / SIZES.classes);
    const share = (100 * count(right)) / SIZES.samples;
    expect(diagnose(arrays).findings[0]).toMatchObject({
      id: "accuracy-miscounted",
      evidence: expect.stringContaining(` %, expected ${share} %: `),
      cause: "the hits are divided by 4, the number of classes",
    });
  });

  test("a counter that is never set back to 0 is named", () => {
    const { arrays } = dump((all) => (count(all) + 40) / SIZES.samples);
    expect(diagnose(arrays).findings[0].cause).toBe(
      "the counter is never set back to 0, and goes on from one pass to the next",
    );
  });

  test("… and one that goes on over the first samples only", () => {
    const { arrays } = dump((all) => (count(all.slice(0, SIZES.classes)) + 1) / SIZES.samples);
    expect(diagnose(arrays).findings[0].cause).toMatch(
      /^\d hits are counted, of which this pass has \d among the first 4 samples: only those .* never set back to 0/,
    );
  });
});

test("what follows from another mistake says so", () => {
  const rows = (name: string) => trainingStep().find((each) => each.name === name)?.values ?? [];
  const dZ2 = rows("dZ2");
  const perSample = Array.from({ length: SIZES.samples }, (_, i) =>
    [0, 1, 2, 3].reduce((sum, k) => sum + dZ2[i * SIZES.classes + k], 0),
  );
  const b2 = rows("b2");
  const next = perSample.flatMap((g) => Array.from(b2, (b) => b - 0.1 * g));
  const arrays = [
    ...trainingStep({ without: ["db2", "b2_new"] }),
    array("db2", [SIZES.samples, 1], perSample),
    array("b2_new", [SIZES.samples, SIZES.classes], next),
  ];
  expect(diagnose(arrays).findings.map(({ id, at, follows }) => [id, at, follows])).toEqual([
    ["bias-gradient-axis", "db2", undefined],
    ["bias-broadcast", "b2_new", "bias-gradient-axis"],
  ]);
});

test.each([
  ["Z1", Number.NaN],
  ["dZ1", Number.NaN],
  ["dW1", Number.POSITIVE_INFINITY],
  ["W1_new", Number.NaN],
])("%s that is %d although all before it is finite", (name, value) => {
  const arrays = trainingStep().map((each) =>
    each.name === name
      ? { ...each, values: each.values.map((v, at) => (at === 2 ? value : v)) }
      : each,
  );
  const found = diagnose(arrays).findings.filter(({ at }) => at === name);
  expect(found).toMatchObject([
    { id: "unexplained", evidence: expect.stringMatching(`is ${value}, (expected|although)`) },
  ]);
});
