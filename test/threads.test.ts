/** The promise about threads: they change how long training takes, and nothing else. */
import { createHash } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createDataset, type Dataset } from "../src/data/dataset.js";
import { Engine } from "../src/engine/engine.js";
import { PLAN_BYTES, PLAN_FIELDS } from "../src/engine/plan.js";
import { WorkerPool } from "../src/engine/pool.js";
import { Mlp, type MlpOptions } from "../src/mlp.js";
import {
  HIDDEN_ACTIVATIONS,
  type HiddenActivation,
  perceptron,
} from "../src/model/architecture.js";
import { enableRelaxedSimd } from "../src/node/relaxedSimd.js";
import type { FitOptions } from "../src/training/options.js";
import { noise } from "./support/datasets.js";
import { randomNumbers } from "./support/numbers.js";

enableRelaxedSimd();

/** Small layers are compressed too, which only large ones are worth. */
vi.mock("../src/model/sparseLayout.js", async (load) => ({
  ...(await load<typeof import("../src/model/sparseLayout.js")>()),
  isWorthCompressing: (inputs: number, units: number) => inputs * units > 1000,
}));

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Units that are multiples of the tiles, and units that are not. */
const HIDDEN = [[64], [100, 60], [33, 17, 5]];
/** Around the chunks of 32 and 128 rows, and of several chunks. */
const BATCH_SIZES = [1, 7, 32, 100, 128, 129, 300, "full"] as const;
const KINDS = ["sparse bytes", "dense bytes", "sparse floats", "dense floats"] as const;

/** Ways to learn; each keeps state, draws numbers or adds a phase of its own. */
const RULES: Partial<Record<string, FitOptions>> = {
  plain: {},
  adam: {
    optimizer: "adamw",
    learningRate: 0.01,
    schedule: { kind: "one-cycle", rise: 0.3, start: 0.04, end: 0.01 },
    dropout: { input: 0.1, hidden: 0.3 },
    averaging: 0.9,
  },
  norms: { optimizer: "nesterov", clipNorm: 0.5, maxNorm: 1, labelSmoothing: 0.1, warmup: 1 },
  distorted: {
    optimizer: "rmsprop",
    learningRate: 0.01,
    augmentation: { elastic: 8, rotation: 9 },
  },
  dropped: {
    optimizer: "adam",
    learningRate: 0.01,
    dropout: { input: 0.2, hidden: 0.5 },
    clipNorm: 0.5,
    maxNorm: 1,
    averaging: 0.9,
  },
};

interface Case {
  readonly rule: string;
  readonly hidden: readonly number[];
  readonly activation: HiddenActivation;
  readonly batchSize: number | "full";
  readonly kind: (typeof KINDS)[number];
}

/** Hidden layers that are compressed, some of them between dense ones. */
const COMPRESSED: Case[] = [1, 32, 129, 300].flatMap((batchSize, i) =>
  [
    [131, 77, 109],
    [100, 90, 5, 300, 40],
  ].map((hidden, j) => {
    const kind = KINDS[(i + j) % KINDS.length];
    return { rule: j === i % 2 ? "dropped" : "plain", hidden, activation: "relu", batchSize, kind };
  }),
);

const CASES: Case[] = HIDDEN.flatMap((hidden, i): Case[] =>
  BATCH_SIZES.flatMap((batchSize, j) =>
    KINDS.map((kind, k) => {
      const activation = HIDDEN_ACTIVATIONS[(i + j + k) % HIDDEN_ACTIVATIONS.length];
      // Only images of bytes are distorted.
      const rules = Object.keys(RULES).slice(0, kind.endsWith("bytes") ? 4 : 3);
      const rule = rules[(i + j + (k >> 1)) % rules.length];
      return { rule, hidden, activation, batchSize, kind };
    }),
  ),
).concat(COMPRESSED);

/** Pictures of 13 × 9 pixels: more than one tile of features. */
const [WIDTH, HEIGHT] = [13, 9];
const CLASSES = 10;

/**
 * Random pictures. Sparse ones are like those of digits: black around the edge, mostly black within.
 */
function pictures(kind: Case["kind"], samples: number): Dataset {
  const next = randomNumbers(samples);
  const features = WIDTH * HEIGHT;
  const draw = (_: unknown, index: number) => {
    const row = Math.floor((index % features) / WIDTH);
    const column = index % WIDTH;
    const edge = row === 0 || row === HEIGHT - 1 || column < 2 || column > WIDTH - 3;
    if (kind.startsWith("sparse") && (edge || next() > -0.4)) return 0;
    return kind.endsWith("bytes") ? 1 + Math.abs(next()) * 255 : next() || 1;
  };
  const values = Array.from({ length: samples * features }, draw);
  return createDataset({
    name: kind,
    inputs: kind.endsWith("bytes") ? Uint8Array.from(values) : Float32Array.from(values),
    features,
    image: { width: WIDTH, height: HEIGHT },
    targets: {
      kind: "classes",
      labels: Uint8Array.from({ length: samples }, () => Math.abs(next()) * CLASSES),
      names: Array.from({ length: CLASSES }, (_, index) => String(index)),
    },
  });
}

function sha256(...parts: (Uint8Array | Float32Array | Int32Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** What two epochs come to, to the bit. */
async function train(
  { rule, hidden, activation, batchSize, kind }: Case,
  options: Pick<MlpOptions, "threads" | "simd">,
): Promise<Record<"model" | "history" | "evaluation" | "prediction", string>> {
  // Two whole batches and a smaller one.
  const dataset = pictures(kind, batchSize === "full" ? 330 : Math.ceil(2.3 * batchSize) + 5);
  using model = await Mlp.create({
    ...options,
    architecture: perceptron(dataset.features, hidden, CLASSES, activation),
    seed: 3,
  });
  const { epochs } = await model.fit(dataset, {
    epochs: 2,
    batchSize,
    learningRate: 0.1,
    seed: 4,
    ...RULES[rule],
  });
  const { loss, losses, predicted } = await model.evaluate(dataset);
  return {
    model: sha256(model.save()),
    history: JSON.stringify(epochs.map((epoch) => [epoch.loss, epoch.accuracy])),
    evaluation: `${loss} ${sha256(losses, predicted)}`,
    prediction: sha256(model.predict(dataset.inputs)),
  };
}

describe.each(["plain", "relaxed"] as const)("with %s SIMD", (simd) => {
  // Relaxed SIMD differs from machine to machine, not from thread to thread; a sample will do.
  const cases = simd === "plain" ? CASES : CASES.filter((_, index) => index % 5 === 0);
  const expected: Awaited<ReturnType<typeof train>>[] = [];

  beforeAll(async () => {
    for (const setting of cases) expected.push(await train(setting, { simd, threads: 1 }));
    // Else all that follows would be easy.
    expect(new Set(expected.map(({ model }) => model)).size).toBe(cases.length);
  });

  test.each([2, 3, 4, 7])("%i threads learn the same as one, to the bit", async (threads) => {
    for (const [index, setting] of cases.entries()) {
      const actual = await train(setting, { simd, threads });
      expect(actual, JSON.stringify(setting)).toEqual(expected[index]);
    }
  });

  test.each([
    ["", 0],
    [" of a single tile", 17],
  ])("so does a host that shares no memory, in slices%s", async (_, milliseconds) => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    if (milliseconds > 0) {
      // Whatever is done takes longer than a slice has.
      let now = 0;
      vi.spyOn(performance, "now").mockImplementation(() => (now += milliseconds));
    }
    const acquire = vi.spyOn(Engine, "acquire");
    for (const [index, setting] of cases.entries()) {
      const actual = await train(setting, { simd });
      expect(actual, JSON.stringify(setting)).toEqual(expected[index]);
    }
    expect(acquire).toHaveBeenCalledTimes(cases.length);
    for (const [execution] of acquire.mock.calls) {
      expect(execution).toMatchObject({ memory: "private", threads: 1, simd });
    }
  });
});

test.each([1, 2, 3])("%i threads all work", async (threads) => {
  using model = await Mlp.create({ architecture: perceptron(15, [32], 4, "relu"), threads });
  // A thread that multiplies packs rows into scratch memory of its own: whether it has done so can
  // be seen there afterwards.
  const UNTOUCHED = 0xa5;
  const run = WorkerPool.prototype.run;
  const engines = vi.spyOn(Engine.prototype, "workers");
  let idle = new Set(Array.from({ length: threads }, (_, thread) => thread));
  vi.spyOn(WorkerPool.prototype, "run").mockImplementation(async function (
    this: WorkerPool,
    order,
  ) {
    const { memory } = engines.mock.contexts[0] as Engine;
    const view = memory.fields(order.plan, PLAN_BYTES);
    const field = (name: (typeof PLAN_FIELDS)[number]) =>
      view.getUint32(4 * PLAN_FIELDS.indexOf(name), true);
    const stride = field("scratchStride");
    const scratchOf = (thread: number) => memory.bytes(field("scratch") + thread * stride, stride);
    expect(field("threads")).toBe(threads);
    for (const thread of idle) scratchOf(thread).fill(UNTOUCHED);
    await run.call(this, order);
    idle = new Set(
      [...idle].filter((thread) => scratchOf(thread).every((byte) => byte === UNTOUCHED)),
    );
  });
  // A thread that gets no core for a while leaves its share to the others, but not for ever.
  for (let epoch = 0; epoch < 100 && idle.size > 0; epoch++) {
    await model.fit(noise(2000), { epochs: 1, batchSize: 64 });
  }
  expect([...idle]).toEqual([]);
});
