import { createHash } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.js";
import { OptionError, TrainingError } from "../../src/errors.js";
import { Mlp, type MlpOptions } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { initialize } from "../../src/model/initialization.js";
import { Network } from "../../src/model/network.js";
import { Trace } from "../../src/trace/index.js";
import { trainEpochs } from "../../src/training/fit.js";
import type { EpochReport, FitOptions, Progress } from "../../src/training/options.js";
import { corners, noise, xor } from "../support/datasets.js";
import { ONE_THREAD, PRIVATE } from "../support/execution.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** More epochs than anybody waits for: a training that goes on until it is stopped. */
const FOREVER = 1_000_000_000;

/** A network for the pictures of `noise`. */
function noiseModel(options: Partial<MlpOptions> = {}): Promise<Mlp> {
  return Mlp.create({ architecture: perceptron(15, [9], 4, "tanh"), seed: 1, ...options });
}

function sha256(model: Mlp): string {
  return createHash("sha256").update(model.save()).digest("hex");
}

/** What a training leaves behind: the model's bytes, and every figure that was reported. */
async function outcome(
  dataset: Dataset,
  options: FitOptions,
  model: Partial<MlpOptions> = {},
): Promise<{ bytes: string; figures: object[] }> {
  using trained = await noiseModel(model);
  const { epochs } = await trained.fit(dataset, options);
  return { bytes: sha256(trained), figures: epochs.map(({ seconds, ...figures }) => figures) };
}

describe("learning", () => {
  test("a hidden layer learns exclusive or, none does not", async () => {
    const options = { epochs: 500, batchSize: "full", learningRate: 0.5 } as const;
    using deep = await Mlp.create({ architecture: perceptron(2, [8], 2, "tanh"), seed: 1 });
    await deep.fit(xor(), options);
    expect(await deep.evaluate(xor())).toMatchObject({ accuracy: 1, correct: 4 });
    using flat = await Mlp.create({ architecture: perceptron(2, [], 2, "tanh"), seed: 1 });
    await flat.fit(xor(), options);
    expect((await flat.evaluate(xor())).accuracy).toBeLessThan(1);
  });

  test.each(["tanh", "relu", "sigmoid"] as const)(
    "%s learns three groups of points without error",
    async (activation) => {
      using model = await Mlp.create({ architecture: perceptron(2, [8], 3, activation), seed: 2 });
      await model.fit(corners(300), { epochs: 60, batchSize: 10, learningRate: 0.5 });
      expect((await model.evaluate(corners(300, 2))).accuracy).toBe(1);
    },
  );
});

describe("reports", () => {
  test("iterator, callback and result report the same epochs", async () => {
    const called: EpochReport[] = [];
    const iterated: EpochReport[] = [];
    using model = await noiseModel();
    const epochs = model.epochs(noise(50), { epochs: 3, onEpoch: (report) => called.push(report) });
    for (;;) {
      const next = await epochs.next();
      if (next.done) {
        expect(next.value.epochs).toEqual(iterated);
        const seconds = iterated.reduce((sum, report) => sum + report.seconds, 0);
        expect(next.value.seconds).toBeCloseTo(seconds, 9);
        break;
      }
      iterated.push(next.value);
    }
    expect(called).toEqual(iterated);
    expect(iterated.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(iterated.every(({ seconds }) => seconds > 0)).toBe(true);
    using other = await noiseModel();
    const { epochs: fitted } = await other.fit(noise(50), { epochs: 3 });
    const figures = (reports: readonly EpochReport[]) =>
      reports.map(({ loss, accuracy }) => [loss, accuracy]);
    expect(figures(fitted)).toEqual(figures(iterated));
  });

  test("loss and accuracy are those before each update", async () => {
    const dataset = noise(53);
    using model = await noiseModel();
    const before = await model.evaluate(dataset);
    const { epochs } = await model.fit(dataset, { epochs: 1, batchSize: "full" });
    expect(epochs[0].loss).toBeCloseTo(before.loss, 6);
    expect(epochs[0].accuracy).toBe(before.accuracy);
  });

  test("loss and accuracy are means over samples, also when the last batch is smaller", async () => {
    const dataset = noise(53);
    using model = await noiseModel();
    const before = await model.evaluate(dataset);
    // A step this small changes no weight, so that every batch meets the same network.
    const { epochs } = await model.fit(dataset, { epochs: 2, batchSize: 10, learningRate: 1e-30 });
    for (const { loss, accuracy } of epochs) {
      expect(loss).toBeCloseTo(before.loss, 6);
      expect(accuracy).toBe(before.accuracy);
    }
  });

  test("validation is evaluated after each epoch, and only where it is asked for", async () => {
    const validation = noise(31, 5, 2);
    using model = await noiseModel();
    for await (const report of model.epochs(noise(53), { epochs: 3, validation })) {
      const { loss, accuracy } = await model.evaluate(validation);
      expect(report.validationLoss).toBe(loss);
      expect(report.validationAccuracy).toBe(accuracy);
    }
    const { epochs } = await model.fit(noise(53), { epochs: 1 });
    expect(Object.keys(epochs[0])).toEqual([
      "epoch",
      "loss",
      "accuracy",
      "seconds",
      "learningRate",
    ]);
  });

  test("validation does not change what is learned", async () => {
    const options = { epochs: 2, batchSize: 10 };
    const validated = { ...options, validation: noise(31) };
    expect((await outcome(noise(53), validated)).bytes).toBe(
      (await outcome(noise(53), options)).bytes,
    );
  });

  test("progress leads from the first samples to all of each epoch", async () => {
    const seen: Progress[] = [];
    using model = await noiseModel();
    const { epochs } = await model.fit(noise(3000), {
      epochs: 2,
      batchSize: 7,
      onProgress: (progress) => seen.push(progress),
    });
    for (const { epoch, loss, accuracy } of epochs) {
      const own = seen.filter((progress) => progress.epoch === epoch);
      const done = own.map(({ samplesDone }) => samplesDone);
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(done[0]).toBeGreaterThan(0);
      const last = own[own.length - 1];
      expect(last).toMatchObject({ epochs: 2, samplesDone: 3000, samples: 3000, accuracy });
      expect(last.loss).toBeCloseTo(loss, 9);
    }
  });
});

describe("the same seed gives the same bits", () => {
  const dataset = noise(100);
  const options: FitOptions = { epochs: 3, batchSize: 7, learningRate: 0.5, seed: 5 };

  /** Milliseconds that pass from one look at the clock to the next. */
  const ADVANCES = [0, 1, 30, 1000];

  /**
   * A clock that stands still makes one long slice of all steps, a fast one a slice of each; in
   * between, figures are summed up in groups of steps.
   */
  function setClock(advance: number): void {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => {
      now += advance;
      return now;
    });
  }

  test("twice in a row", async () => {
    expect(await outcome(dataset, options)).toEqual(await outcome(dataset, options));
  });

  test("but not another one, of the weights or of the order", async () => {
    const { bytes } = await outcome(dataset, options);
    expect((await outcome(dataset, { ...options, seed: 6 })).bytes).not.toBe(bytes);
    expect((await outcome(dataset, options, { seed: 2 })).bytes).not.toBe(bytes);
    expect((await outcome(dataset, { ...options, shuffle: false })).bytes).not.toBe(bytes);
  });

  test("whatever the number of threads", async () => {
    const expected = await outcome(dataset, options, { threads: 1 });
    for (const threads of [2, 3, 5]) {
      expect(await outcome(dataset, options, { threads })).toEqual(expected);
    }
  });

  test("with and without shared memory, and however the steps are sliced", async () => {
    const expected = await outcome(dataset, options);
    vi.stubGlobal("SharedArrayBuffer", undefined);
    for (const advance of ADVANCES) {
      setClock(advance);
      expect(await outcome(dataset, options)).toEqual(expected);
    }
  });

  test("and with them the same figures, even of losses whose sum depends on the order", async () => {
    // Losses of about 1 and of about 10⁹ in turn: more digits than float64 has.
    const inputs = Float32Array.from(dataset.inputs, (byte, index) => {
      return byte * (Math.floor(index / dataset.features) % 2 ? 1e-2 : 1e7);
    });
    const uneven = createDataset({ ...dataset, inputs });
    const small = { epochs: 1, batchSize: 1, learningRate: 1e-30 };
    const flat = { architecture: perceptron(15, [], 4, "tanh") };
    const expected = await outcome(uneven, small, flat);
    vi.stubGlobal("SharedArrayBuffer", undefined);
    for (const advance of ADVANCES) {
      setClock(advance);
      expect(await outcome(uneven, small, flat)).toEqual(expected);
    }
  });

  test("while somebody predicts and evaluates", async () => {
    using model = await noiseModel();
    const training = model.fit(dataset, options);
    for (let call = 0; call < 5; call++) {
      model.predict(dataset.inputs);
      await model.evaluate(dataset);
    }
    await training;
    expect(sha256(model)).toBe((await outcome(dataset, options)).bytes);
  });

  test("of labels in bytes or in integers, and of samples from a larger array", async () => {
    const labels = Int32Array.from(dataset.targets.labels);
    const same = createDataset({
      ...dataset,
      inputs: new Uint8Array([9, 9, 9, ...dataset.inputs]).subarray(3),
      targets: { ...dataset.targets, labels },
    });
    expect(await outcome(same, options)).toEqual(await outcome(dataset, options));
  });

  test("for years to come: this result is pinned", async () => {
    // Training through every kernel; a change here changes everybody's results.
    const { bytes } = await outcome(dataset, options);
    expect(bytes).toMatchInlineSnapshot(
      `"f54193e60ecef961daedaa09a1f5ea68196d353874134ad77446dcec845bb31a"`,
    );
  });
});

describe("order", () => {
  test("without shuffling, an epoch is the batches in the order of the data set", async () => {
    const options = { batchSize: 10, shuffle: false };
    using whole = await noiseModel();
    await whole.fit(noise(50), { ...options, epochs: 2 });
    using parts = await noiseModel();
    for (let epoch = 1; epoch <= 2; epoch++) {
      await parts.fit(noise(50), { ...options, epochs: 1 });
    }
    expect(sha256(parts)).toBe(sha256(whole));
  });

  test("shuffling draws a fresh order for each epoch", async () => {
    using whole = await noiseModel();
    await whole.fit(noise(50), { batchSize: 10, epochs: 2 });
    using repeated = await noiseModel();
    for (let epoch = 1; epoch <= 2; epoch++) {
      await repeated.fit(noise(50), { batchSize: 10, epochs: 1 });
    }
    expect(sha256(repeated)).not.toBe(sha256(whole));
  });

  test("a full batch needs no order", async () => {
    const options = { epochs: 2, batchSize: "full", seed: 5 } as const;
    expect(await outcome(noise(50), options)).toEqual(
      await outcome(noise(50), { ...options, shuffle: false, seed: 6 }),
    );
  });
});

describe.each([
  { where: "on workers", shared: true },
  { where: "on this thread", shared: false },
])("stopping, $where", ({ shared }) => {
  function create(): Promise<Mlp> {
    if (!shared) vi.stubGlobal("SharedArrayBuffer", undefined);
    return noiseModel();
  }

  test("a signal stops training, whose promise rejects with its reason; what was learned stays", async () => {
    using model = await create();
    const untrained = sha256(model);
    const controller = new AbortController();
    const reason = new Error("enough");
    const training = model.fit(noise(100), { epochs: FOREVER, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await expect(training).rejects.toBe(reason);
    expect(sha256(model)).not.toBe(untrained);
    expect(model.predict(noise(5).inputs).every(Number.isFinite)).toBe(true);
    await expect(model.fit(noise(100), { epochs: 1 })).resolves.toBeDefined();
  });

  test("a signal stops in the middle of an epoch", async () => {
    using model = await create();
    const controller = new AbortController();
    const done: number[] = [];
    const training = model.fit(noise(300_000), {
      epochs: 1,
      batchSize: 1,
      signal: controller.signal,
      onProgress: ({ samplesDone }) => done.push(samplesDone),
    });
    setTimeout(() => controller.abort(), 20);
    await expect(training).rejects.toMatchObject({ name: "AbortError" });
    expect(done.every((samples) => samples < 300_000)).toBe(true);
  });

  test("what a callback does between epochs counts: the model is that of the epochs before", async () => {
    const options = { batchSize: 10, learningRate: 0.3 };
    using expected = await create();
    await expected.fit(noise(100), { ...options, epochs: 2 });
    using model = await create();
    const controller = new AbortController();
    const training = model.fit(noise(100), {
      ...options,
      epochs: FOREVER,
      signal: controller.signal,
      onEpoch: ({ epoch }) => epoch === 2 && controller.abort("two are enough"),
    });
    await expect(training).rejects.toBe("two are enough");
    expect(sha256(model)).toBe(sha256(expected));
  });

  test("a signal that aborted before lets nothing be learned", async () => {
    using model = await create();
    const untrained = sha256(model);
    await expect(model.fit(noise(100), { signal: AbortSignal.abort("no") })).rejects.toBe("no");
    expect(sha256(model)).toBe(untrained);
  });

  test.each(["onEpoch", "onProgress"])("what %s throws ends the training", async (callback) => {
    using model = await create();
    const failure = new Error("of the callback");
    const training = model.fit(noise(100), {
      epochs: FOREVER,
      [callback]: () => {
        throw failure;
      },
    });
    await expect(training).rejects.toBe(failure);
    await expect(model.fit(noise(100), { epochs: 1 })).resolves.toBeDefined();
  });

  test("leaving the loop ends the training; what was learned stays", async () => {
    using expected = await create();
    await expected.fit(noise(100), { epochs: 2 });
    using model = await create();
    for await (const { epoch } of model.epochs(noise(100), { epochs: FOREVER })) {
      if (epoch === 2) break;
    }
    expect(sha256(model)).toBe(sha256(expected));
    await expect(model.fit(noise(100), { epochs: 1 })).resolves.toBeDefined();
  });
});

test("a signal that aborts in validation leaves the averaged weights too", async () => {
  const options = { epochs: 1, averaging: 0.99, validation: noise(50), seed: 3 };
  using expected = await noiseModel();
  await expected.fit(noise(100), options);
  using model = await noiseModel();
  const controller = new AbortController();
  const { signal } = controller;
  const trace = new Trace();
  vi.spyOn(trace, "begin").mockImplementation((name) => {
    if (name === "validation") controller.abort("validated enough");
  });
  const training = model.fit(noise(100), { ...options, signal, trace });
  await expect(training).rejects.toBe("validated enough");
  expect(sha256(model)).toBe(sha256(expected));
});

test("a second fit at the same time is refused, and the first goes on", async () => {
  using model = await noiseModel();
  const first = model.fit(noise(100), { epochs: 20 });
  await expect(model.fit(noise(100))).rejects.toThrow(
    new OptionError(
      "fit was called while the model is being trained, expected that to have ended: an iterator of epochs() that is stepped by hand ends by return()",
    ),
  );
  expect((await first).epochs.length).toBe(20);
  await expect(model.fit(noise(100), { epochs: 1 })).resolves.toBeDefined();
});

test("two models are trained at the same time, each as if alone", async () => {
  const dataset = noise(100);
  const options = { epochs: 5, batchSize: 7 };
  const alone = await outcome(dataset, options);
  const together = await Promise.all([outcome(dataset, options), outcome(dataset, options)]);
  expect(together).toEqual([alone, alone]);
});

describe("diverging", () => {
  const large = createDataset({ ...xor(), inputs: xor().inputs.map((value) => 1e4 * value) });

  test("a loss that is no number ends the training with epoch and step", async () => {
    using model = await Mlp.create({ architecture: perceptron(2, [8], 2, "relu"), seed: 1 });
    const error = await model
      .fit(large, { epochs: 50, batchSize: 1, learningRate: 1e30 })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrainingError);
    expect(error).toMatchObject({
      code: "diverged",
      message: expect.stringMatching(
        /^training diverged in epoch 1, step [2-4] of 4: the loss is (NaN|Infinity) after layer \d overflowed, expected a finite number; try a learning rate below 1e\+30, or clipping the gradient's norm$/,
      ),
    });
  });

  test("so does a parameter after the last step, which no loss shows", async () => {
    using model = await Mlp.create({ architecture: perceptron(2, [8], 2, "relu"), seed: 1 });
    await expect(
      model.fit(large, { epochs: 1, batchSize: "full", learningRate: 3e38 }),
    ).rejects.toThrow(
      /^training diverged in epoch 1: (weight|bias) \[.*\] of layer \d is (NaN|-?Infinity) after it, expected a finite number; try a learning rate below 3e\+38, or clipping the gradient's norm$/,
    );
  });

  test.each([0, 0.5])(
    "leaves the parameters of the last whole epoch, averaged by %d",
    async (averaging) => {
      const values = createDataset({
        name: "a line",
        inputs: Float32Array.of(10, -10),
        features: 1,
        targets: { kind: "values", values: Float32Array.of(1, -1), names: ["y"] },
      });
      const architecture = perceptron(1, [], 1, "identity", "identity");
      const left = async (epochs: number) => {
        const model = await Mlp.create({ architecture, seed: 1 });
        const reports: EpochReport[] = [];
        const options = { epochs, batchSize: 1, learningRate: 0.5, averaging };
        const onEpoch = (report: EpochReport) => reports.push(report);
        const refusal = await model.fit(values, { ...options, onEpoch }).catch(String);
        return { model, refusal, whole: reports.length };
      };
      const { model, refusal, whole } = await left(100);
      expect(refusal).toMatch(/^TrainingError: training diverged in epoch/);
      expect(whole).toBeGreaterThan(2);
      const { model: shorter } = await left(whole);
      expect(model.save()).toEqual(shorter.save());
      expect(Number.isFinite(model.predict(Float32Array.of(0))[0])).toBe(true);
      model.dispose();
      shorter.dispose();
    },
  );

  test("in the first epoch leaves the parameters that there were before", async () => {
    using model = await Mlp.create({ architecture: perceptron(2, [8], 2, "relu"), seed: 1 });
    const before = model.save();
    const options = { epochs: 50, batchSize: 1, learningRate: 1e30 };
    await expect(model.fit(large, options)).rejects.toThrow(TrainingError);
    expect(model.save()).toEqual(before);
  });

  test("a loss on the validation set that is no number is named as such", async () => {
    using model = await Mlp.create({
      architecture: perceptron(1, [], 1, "identity", "identity"),
      seed: 1,
    });
    const line = (inputs: Float32Array) =>
      createDataset({
        name: "far away",
        inputs,
        features: 1,
        targets: { kind: "values", values: Float32Array.of(1), names: ["y"] },
      });
    const validation = line(Float32Array.of(3e38));
    await expect(model.fit(line(Float32Array.of(1)), { epochs: 1, validation })).rejects.toThrow(
      new TrainingError("far away: the loss is Infinity, expected a finite number"),
    );
  });

  test("the first such step is named, on one thread and in slices too", async () => {
    const messages = new Set<string>();
    for (const threads of [1, 3]) {
      for (const shared of [true, false]) {
        if (!shared) vi.stubGlobal("SharedArrayBuffer", undefined);
        using model = await Mlp.create({
          architecture: perceptron(2, [8], 2, "relu"),
          seed: 1,
          threads: shared ? threads : 1,
        });
        vi.unstubAllGlobals();
        const options = { epochs: 50, batchSize: 1, learningRate: 1e30 };
        messages.add(await model.fit(large, options).then(String, String));
      }
    }
    expect(messages.size).toBe(1);
  });
});

describe.each([
  { where: "on a worker", execution: ONE_THREAD },
  { where: "on this thread", execution: PRIVATE },
])("memory, $where", ({ execution }) => {
  async function network(): Promise<Network> {
    const created = await Network.create(perceptron(15, [9], 4, "tanh"), execution);
    initialize(created, "glorot", 1);
    return created;
  }

  /** What `use` changes in the memory that a network holds. */
  async function change(use: (network: Network) => Promise<unknown>): Promise<number> {
    const used = await network();
    const { memory } = used.engine;
    const before = memory.allocatedBytes;
    await use(used).catch(() => undefined);
    const after = memory.allocatedBytes;
    used.dispose();
    return after - before;
  }

  test("nothing is allocated between epochs", async () => {
    const used = await network();
    const during = new Set<number>();
    for await (const _ of trainEpochs(used, noise(50), { epochs: 5, validation: noise(20) })) {
      during.add(used.engine.memory.allocatedBytes);
    }
    expect(during.size).toBe(1);
    used.dispose();
  });

  test("all is given back at the end", async () => {
    const finished = async (used: Network) => {
      for await (const _ of trainEpochs(used, noise(50), { epochs: 2, validation: noise(20) }));
    };
    expect(await change(finished)).toBe(0);
  });

  test("all is given back when the loop is left", async () => {
    const left = async (used: Network) => {
      for await (const _ of trainEpochs(used, noise(50), { validation: noise(20) })) break;
    };
    expect(await change(left)).toBe(0);
  });

  test("all is given back when a signal aborts", async () => {
    const aborted = async (used: Network) => {
      const options = { epochs: FOREVER, signal: AbortSignal.timeout(20), validation: noise(20) };
      for await (const _ of trainEpochs(used, noise(50), options));
    };
    expect(await change(aborted)).toBe(0);
  });

  test("all is given back when a data set does not fit", async () => {
    for (const [training, validation] of [
      [noise(50), noise(20, 6)],
      [noise(50, 6), noise(20)],
    ]) {
      const refused = (used: Network) => trainEpochs(used, training, { validation }).next();
      expect(await change(refused)).toBe(0);
      const used = await network();
      await expect(refused(used)).rejects.toThrow(
        new OptionError("noise: samples have 18 features, expected 15 as the network has inputs"),
      );
      used.dispose();
    }
  });
});

test("an option out of range is refused before anything is learned", async () => {
  using model = await noiseModel();
  const before = sha256(model);
  await expect(model.fit(noise(10), { epochs: 0 })).rejects.toThrow(
    new OptionError("epochs is 0, expected a whole number from 1 to 1000000000"),
  );
  expect(sha256(model)).toBe(before);
});
