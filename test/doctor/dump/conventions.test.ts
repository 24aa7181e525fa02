/** What programs do otherwise than the textbook without being wrong: no finding, a note that says what it is. */
import { describe, expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/dump/diagnose.js";
import {
  array,
  byNorm,
  byValue,
  SIZES,
  type StepOptions,
  trainingStep,
} from "../../support/trainingStep.js";

const softplus = (z: number) => Math.log1p(Math.exp(z));
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** (z − mean)/σ of each column. */
function batchNormalised(z: number[][]): number[][] {
  const columns = z[0].map((_, j) => z.map((row) => row[j]));
  const moments = columns.map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const square = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    return { mean, deviation: Math.sqrt(square + 1e-5) };
  });
  return z.map((row) => row.map((value, j) => (value - moments[j].mean) / moments[j].deviation));
}

const CONVENTIONS: readonly [string, StepOptions, RegExp | undefined][] = [
  ["nothing unusual", {}, undefined],
  ["smoothed targets", { smoothing: 0.1 }, /the targets are smoothed: 0\.1 of each/],
  [
    "smoothed targets without dZ",
    { smoothing: 0.2, without: ["dZ2", "dZ1"] },
    /smoothed: 0\.2 of each/,
  ],
  [
    "smoothed targets in the loss only",
    { smoothing: 0.1, without: ["dZ2", "dZ1", "dW1", "db1", "dW2", "db2", "W1_new", "W2_new"] },
    /smoothed: 0\.1 of each/,
  ],
  [
    "class weights",
    { weightOf: (_, label) => 1 + label },
    /the samples count differently in dZ2, as with class weights/,
  ],
  [
    "inverted dropout",
    { maskOf: (i, j) => ((i * 3 + j) % 4 === 0 ? 0 : 4 / 3) },
    /A1 went through dropout/,
  ],
  [
    "dropout that is not inverted",
    { maskOf: (i, j) => Number((i * 3 + j) % 4 !== 0) },
    /A1 went through dropout/,
  ],
  ["batch normalisation", { normalise: batchNormalised }, /each unit is normalised, as batch/],
  [
    "a leaky ReLU of any slope",
    {
      activation: [(z) => (z > 0 ? z : 0.07 * z), (z) => (z > 0 ? 1 : 0.07)],
    },
    undefined,
  ],
  [
    "mish",
    {
      activation: [
        (z) => z * Math.tanh(softplus(z)),
        (z) => {
          const t = Math.tanh(softplus(z));
          return t + z * (1 - t * t) * sigmoid(z);
        },
      ],
    },
    undefined,
  ],
  [
    "a clipped norm",
    { clip: byNorm(0.25) },
    /× 0\.\d+, in every layer alike: clipped to a norm of 0\.25$/,
  ],
  [
    "a clipped norm with smoothed targets",
    { clip: byNorm(0.1), smoothing: 0.1 },
    /clipped to a norm of 0\.1$/,
  ],
  [
    "a clipped norm, biases not dumped",
    { clip: byNorm(0.25), without: ["db1", "db2"] },
    /in every layer alike: clipped to a norm of some size/,
  ],
  [
    "a clipped norm of sums",
    { clip: byNorm(1), reduction: "sum", loss: "sum" },
    /clipped to a norm of 1$/,
  ],
  ["clipped values", { clip: byValue(0.02) }, /entries of the gradients are ±0\.02/],
  [
    "a norm clipped in the update",
    { clipInUpdate: byNorm(0.25) },
    /clipped to a norm of 0\.25 on their way/,
  ],
  [
    "values clipped in the update",
    { clipInUpdate: byValue(0.02) },
    /clipped to ±0\.02 on their way/,
  ],
  [
    "each norm clipped by itself",
    { clip: (gradients) => gradients.map((gradient) => byNorm(0.02)([gradient])[0]) },
    /each gradient is clipped to a norm of 0\.02 by itself/,
  ],
  ["a penalty on squares", { penalty: (w) => 0.01 * w }, /a penalty on the weights/],
  [
    "a penalty on absolute values",
    { penalty: (w) => 0.01 * Math.sign(w), without: ["loss", "db1", "db2", "b1_new", "b2_new"] },
    /a penalty on the absolute values of the weights/,
  ],
  [
    "biases that are not in the dump",
    { without: ["b1", "b2", "b1_new", "b2_new"] },
    /b1 is not in the dump, and follows from Z1/,
  ],
  ["decoupled weight decay", { update: (g, w) => 0.1 * g + 0.001 * w }, undefined],
  ["Adam's first step", { update: (g) => 0.001 * Math.sign(g) }, /every entry moves by 0\.001/],
  [
    "Nesterov's first step",
    { update: (g) => 0.19 * g },
    /1\.9 times the learning rate .* Nesterov/,
  ],
  [
    "sums with a learning rate for sums",
    { reduction: "sum", learningRate: 0.005 },
    /the gradients are sums over the 20 samples/,
  ],
  [
    "sums, and no loss that says otherwise",
    { reduction: "sum", learningRate: 0.005, loss: "none" },
    /the gradients are sums over the 20 samples/,
  ],
  [
    "large inputs with small weights",
    { inputScale: 200, learningRate: 1e-6 },
    /X is not scaled, and weights and learning rate are made for that/,
  ],
];

test.each(CONVENTIONS)("%s", (_, options, note) => {
  const { findings, notes } = diagnose(trainingStep(options));
  expect(findings).toEqual([]);
  if (note) expect(notes.join("\n")).toMatch(new RegExp(note.source, "m"));
});

describe("what only looks like a convention is named", () => {
  const idsOf = (options: StepOptions) =>
    diagnose(trainingStep(options)).findings.map(({ id, at }) => `${id}@${at}`);

  test("a gradient that is too small in one layer only is not clipped", () => {
    const clip: StepOptions["clip"] = ([first, ...others]) => [
      first.map((row) => row.map((g) => 0.37 * g)),
      ...others,
    ];
    expect(idsOf({ clip })).toEqual(["unexplained@dW1"]);
  });

  test("gradients that are a part of themselves without a round norm are not clipped", () => {
    const clip: StepOptions["clip"] = (gradients) => byNorm(0.2137)(gradients);
    expect(idsOf({ clip })).toEqual(
      ["dW2", "db2", "dW1", "db1"].map((name) => `unexplained@${name}`),
    );
  });

  test("sums beside a mean loss have lost their mean", () => {
    expect(idsOf({ reduction: "sum", learningRate: 0.005, loss: "mean" })).toContain(
      "missing-mean@dW1",
    );
  });

  test("sums whose step goes too far have lost their mean", () => {
    expect(idsOf({ reduction: "sum", learningRate: 3 })).toContain("missing-mean@dW1");
  });

  test("a first step like Adam's that climbs", () => {
    expect(idsOf({ update: (g) => -0.001 * Math.sign(g) })).toContain("update-sign@W1_new");
  });

  test.each([
    [0.01, "divided by 10 somewhere", "β = 0.9 "],
    [0.001, "divided by 100 somewhere", "β = 0.99 "],
  ])(
    "a step of %d where 0.1 is stated may be a first average, and both is said",
    (rate, ...both) => {
      const { findings } = diagnose(trainingStep({ update: (g) => rate * g }));
      expect(findings[0].id).toBe("update-scale");
      for (const reading of both) expect(findings[0].cause).toContain(reading);
    },
  );

  test("a tenth of the step in one layer only is no average", () => {
    const arrays = trainingStep().map((each) => {
      if (each.name !== "W1_new") return each;
      const old = trainingStep().find(({ name }) => name === "W1")?.values ?? [];
      const values = each.values.map(
        (value, at) => Number(old[at]) + 0.1 * (value - Number(old[at])),
      );
      return { ...each, values };
    });
    const [{ id, at, cause }] = diagnose(arrays).findings;
    expect([id, at]).toEqual(["update-scale", "W1_new"]);
    expect(cause).toBe("the step is 0.1 times as long as the learning rate has it");
  });
});

test("numbers of 16 bits in arrays of 32 are judged as such", () => {
  const short = (value: number) => {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    view.setUint16(2, 0);
    return view.getFloat32(0);
  };
  const arrays = trainingStep().map((each) => ({
    ...each,
    dtype: "float32" as const,
    values: each.values.map(short),
  }));
  expect(diagnose(arrays).findings).toEqual([]);
});

test("an absolute error or Huber's loss in a regression", () => {
  const { samples, features, hidden } = SIZES;
  const kept = trainingStep().filter(({ name }) => /^(X|W1|b1|Z1|A1)$/.test(name));
  const a = kept.find(({ name }) => name === "A1")?.values ?? [];
  const w = Array.from({ length: hidden }, (_, k) => [0.3 * (k - 2)]);
  const z = Array.from({ length: samples }, (_, i) => [
    w.reduce((sum, [weight], k) => sum + weight * a[i * hidden + k], 0),
  ]);
  const Y = z.map(([value], i) => [value + Math.sin(5 * i)]);
  const dZ = z.map(([value], i) => [Math.max(-0.5, Math.min(0.5, value - Y[i][0])) / samples]);
  const mean = dZ.reduce((sum, [g]) => sum + Math.abs(g), 0);
  const dump = [
    ...kept,
    array("Y", Y),
    array("W2", w),
    array("Z2", z),
    array("dZ2", dZ),
    array("loss", mean),
  ];
  const { findings, notes } = diagnose(dump);
  expect(features).toBe(6);
  expect(findings).toEqual([]);
  expect(notes.join()).toContain("as of an absolute error or Huber's loss");
});
