import { expect, test } from "vitest";
import { digits } from "../../../src/data/digits/index.js";
import { RunExaminer } from "../../../src/doctor/run/examiner.js";
import { Mlp } from "../../../src/mlp.js";
import { type HiddenActivation, perceptron } from "../../../src/model/architecture.js";
import type { Initialization } from "../../../src/model/initialization.js";
import type { EpochReport, FitOptions } from "../../../src/training/options.js";

const set = digits({ samples: 2000, seed: 3 });
const few = digits({ samples: 60, seed: 5 });
const unseen = digits({ samples: 300, seed: 4 });

interface Run {
  readonly hidden?: readonly number[];
  readonly activation?: HiddenActivation;
  readonly initialization?: Initialization;
  readonly data?: typeof set;
  readonly fit?: FitOptions;
}

async function idsOf({
  hidden = [32],
  activation = "relu",
  initialization = "he",
  data = set,
  fit = {},
}: Run): Promise<string[]> {
  const architecture = perceptron(784, hidden, 10, activation);
  using model = await Mlp.create({ architecture, initialization, seed: 1, threads: 1 });
  const examiner = new RunExaminer(10);
  const ids: string[] = [];
  await model.fit(data, {
    epochs: 4,
    batchSize: 50,
    learningRate: 0.1,
    seed: 1,
    ...fit,
    inspect(report, layers) {
      for (const { id, at, epoch } of examiner.observe(report, layers)) {
        expect(epoch).toBe(report.epoch);
        ids.push(`${id} at ${at}`);
      }
    },
  });
  return ids;
}

const HEALTHY: readonly Run[] = [
  {},
  { activation: "tanh", initialization: "glorot" },
  { activation: "sigmoid", initialization: "glorot", fit: { learningRate: 0.5 } },
  {
    hidden: [64, 32, 16],
    fit: { optimizer: "adam", learningRate: 0.002, dropout: { hidden: 0.3 } },
  },
  { fit: { optimizer: "momentum", learningRate: 0.02 } },
  { fit: { optimizer: "adam", learningRate: 1e-4 } },
  { fit: { optimizer: "adam", schedule: { kind: "cosine", floor: 0 }, learningRate: 0.002 } },
];

test.each(HEALTHY)("a healthy run is left alone: %j", async (run) => {
  expect(await idsOf(run)).toEqual([]);
});

const SICK: readonly (readonly [string, Run])[] = [
  ["symmetric-units at layer 1", { initialization: "zeros" }],
  ["saturated-units at layer 1", { activation: "tanh", initialization: "normal:1" }],
  ["learning-rate-too-low at weights", { fit: { learningRate: 1e-7 } }],
  ["learning-rate-too-low at weights", { fit: { learningRate: 1e-5 } }],
  ["dead-relu at layer 1", { fit: { learningRate: 100 } }],
  ["vanishing-gradient at layer 1", { activation: "sigmoid", hidden: new Array(12).fill(16) }],
  [
    "overfitting at validation",
    {
      data: few,
      hidden: [128],
      fit: { epochs: 150, optimizer: "adam", learningRate: 0.03, validation: unseen },
    },
  ],
];

test.each(SICK)("%s is found", async (finding, run) => {
  expect(await idsOf(run)).toContain(finding);
});

function observe(losses: readonly number[]): string[] {
  const examiner = new RunExaminer(10);
  return losses.flatMap((loss, index) => {
    const report: EpochReport = { epoch: index + 1, loss, seconds: 1, learningRate: 0.1 };
    return examiner.observe(report, []).map(({ id, epoch }) => `${id} in ${epoch}`);
  });
}

test("losses alone tell of plateaus, oscillation and divergence, once each", () => {
  expect(observe([2.4, 2.3, 9, 8, 9.5, 8.2, 9.1, 8.4])).toEqual([
    "divergence in 3",
    "oscillation in 7",
  ]);
  expect(observe([0.02, 0.01, 0.02, 0.01, 0.02, 0.01, 0.02, 0.01, 0.02])).toEqual([]);
  expect(observe([2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3])).toEqual(["plateau in 6"]);
  expect(observe([1, 2, 1, 2, 1, 2, 1, 2, 1])).toContain("oscillation in 7");
  expect(observe([2, 5, 40, 300])).toEqual(["divergence in 2"]);
  // Of ten classes a guess costs 2.3: a start at twice that, which is no fault, is not taken for divergence.
  expect(observe([4.5, 3, 2, 1])).toEqual([]);
  expect(observe([7.2, 7, 7])).toEqual(["divergence in 1"]);
  expect(observe([2, 1, 0.5, 0.4, 0.35, 0.33, 0.32, 0.315, 0.312, 0.311, 0.3105])).toEqual([]);
});

test("what was found before the first step is not found again, nor taken for divergence", () => {
  const before = [
    { id: "initial-loss", at: "loss", evidence: "", cause: "", advice: "", value: 900 },
    { id: "plateau", at: "loss", evidence: "", cause: "", advice: "" },
  ] as const;
  const examiner = new RunExaminer(10, { before });
  const found = [800, 700, 700, 700, 700, 700, 700, 1500].flatMap((loss, index) =>
    examiner.observe({ epoch: index + 1, loss, seconds: 1, learningRate: 0.1 }, []),
  );
  expect(found.map(({ id, epoch }) => `${id} in ${epoch}`)).toEqual(["divergence in 8"]);
});

test("a breakdown is a divergence in the epoch under way", () => {
  const examiner = new RunExaminer(10);
  examiner.observe({ epoch: 1, loss: 2, seconds: 1, learningRate: 1 }, []);
  const found = examiner.observeBreakdown("the loss is NaN, expected a finite number; try less");
  expect(found).toMatchObject([
    { id: "divergence", epoch: 2, evidence: "the loss is NaN, expected a finite number" },
  ]);
});

test("watching changes no bit of the result", async () => {
  const weights = async (fit: FitOptions) => {
    using model = await Mlp.create({ architecture: perceptron(784, [16], 10, "relu"), seed: 1 });
    await model.fit(set, { epochs: 2, seed: 1, averaging: 0.9, ...fit });
    return model.save();
  };
  const examiner = new RunExaminer(10);
  const watched = await weights({ inspect: (report, layers) => examiner.observe(report, layers) });
  expect(watched).toEqual(await weights({}));
});
