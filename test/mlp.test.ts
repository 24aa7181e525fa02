import { afterEach, describe, expect, test, vi } from "vitest";
import type { Dataset } from "../src/data/dataset.js";
import { Engine } from "../src/engine/engine.js";
import { EngineError, ModelError, OptionError } from "../src/errors.js";
import { Mlp, type MlpOptions } from "../src/mlp.js";
import { perceptron } from "../src/model/architecture.js";
import { unchecked } from "./support/architectures.js";
import { noise, xor } from "./support/datasets.js";

afterEach(() => vi.restoreAllMocks());

const ARCHITECTURE = perceptron(15, [9], 4, "tanh");
const DATASET: Dataset = noise(20);

describe("creating", () => {
  test("an architecture is enough; the rest has defaults", async () => {
    using model = await Mlp.create({ architecture: ARCHITECTURE });
    expect(model.classNames).toEqual(["0", "1", "2", "3"]);
    expect(model.image).toBeUndefined();
    expect(model.architecture).toEqual(ARCHITECTURE);
    expect(model.parameters).toBe(16 * 9 + 10 * 4);
    expect(model.summary().map(({ parameters }) => parameters)).toEqual([16 * 9, 10 * 4]);
    using same = await Mlp.create({
      architecture: ARCHITECTURE,
      initialization: "glorot",
      seed: 0,
      classNames: ["0", "1", "2", "3"],
    });
    expect(same.save()).toEqual(model.save());
  });

  test("clamped bytes, as pictures have them, are bytes, of a part of their memory too", async () => {
    using model = await Mlp.create({ architecture: ARCHITECTURE, seed: 1 });
    const all = Uint8ClampedArray.from({ length: 60 }, (_, index) => 4 * index);
    const bytes = Uint8Array.from(all).subarray(15, 45);
    const clamped = all.subarray(15, 45);
    expect(model.predict(clamped)).toEqual(model.predict(bytes));
    expect(model.predict(clamped.subarray(15))).toEqual(model.predict(bytes.subarray(15)));
    expect(await model.predictAll(clamped)).toEqual(model.predict(bytes));
  });

  test("names and image are copied", async () => {
    const classNames = ["a", "b", "c", "d"];
    const image = { width: 5, height: 3 };
    using model = await Mlp.create({ architecture: ARCHITECTURE, classNames, image });
    classNames[0] = "changed";
    image.width = 1;
    expect(model.classNames).toEqual(["a", "b", "c", "d"]);
    expect(model.image).toEqual({ width: 5, height: 3 });
  });

  test.each<{ options: Partial<MlpOptions>; message: string }>([
    {
      options: { seed: -1 },
      message: "seed is -1, expected a whole number from 0 to 4294967295",
    },
    {
      options: { classNames: ["a", "b"] },
      message: "classNames has 2 entries, expected 4 as the network tells apart",
    },
    {
      options: { image: { width: 4, height: 4 } },
      message: "image is 4 × 4, expected 15 pixels as there are inputs",
    },
    {
      options: { image: { width: -5, height: -3 } },
      message: "image is -5 × -3, expected 15 pixels as there are inputs",
    },
    {
      options: { image: { width: 0.5, height: 30 } },
      message: "image is 0.5 × 30, expected 15 pixels as there are inputs",
    },
    {
      options: { initialization: "normal:-1" },
      message:
        'the initialisation is "normal:-1", expected glorot, he, lecun, zeros or normal:σ with σ > 0, for instance normal:0.01',
    },
    {
      options: { architecture: unchecked(0, [3], 2) },
      message: "inputs is 0, expected a whole number from 1 to 1048576",
    },
    {
      options: { architecture: { inputs: 4, layers: [] } },
      message: "layers is empty, expected at least one layer",
    },
    {
      // Also no list of 10¹⁵ default names is made first.
      options: { architecture: unchecked(4, [3], 1e15) },
      message: "units of layer 2 is 1000000000000000, expected a whole number from 1 to 1048576",
    },
  ])("refused: $message", async ({ options, message }) => {
    const creation = Mlp.create({ architecture: ARCHITECTURE, ...options });
    await expect(creation).rejects.toThrow(new OptionError(message));
  });

  test("more parameters than the memory holds are refused", async () => {
    const architecture = unchecked(1_000_000, [1_000_000], 2);
    await expect(Mlp.create({ architecture })).rejects.toThrow(ModelError);
  });

  test("a refusal loses no memory", async () => {
    const acquire = vi.spyOn(Engine, "acquire");
    const options = { architecture: ARCHITECTURE, initialization: "normal:-1" } as const;
    await expect(Mlp.create(options)).rejects.toThrow(OptionError);
    for (const { value } of acquire.mock.settledResults) {
      expect(value).toMatchObject({ memory: { allocatedBytes: 0 } });
    }
  });
});

describe("parameters of a layer", () => {
  test("are copies, which change nothing", async () => {
    using model = await Mlp.create({ architecture: ARCHITECTURE });
    const { weights, biases } = model.layerParameters(1);
    expect([weights.length, biases.length]).toEqual([9 * 4, 4]);
    const before = weights.slice();
    weights.fill(7);
    biases.fill(7);
    expect(model.layerParameters(1)).toEqual({ weights: before, biases: new Float32Array(4) });
  });

  test.each([-1, 2, 0.5, Number.NaN])("there is no layer %d", async (index) => {
    using model = await Mlp.create({ architecture: ARCHITECTURE });
    expect(() => model.layerParameters(index)).toThrow(
      new OptionError(`layer ${index} was asked for, expected 0 to 1`),
    );
  });
});

test("probabilities are positive and add up to one", async () => {
  using model = await Mlp.create({ architecture: ARCHITECTURE });
  const probabilities = model.predict(DATASET.inputs);
  expect(probabilities.length).toBe(20 * 4);
  for (let sample = 0; sample < 20; sample++) {
    const row = [...probabilities.subarray(4 * sample, 4 * sample + 4)];
    expect(row.every((value) => value > 0)).toBe(true);
    expect(row.reduce((sum, value) => sum + value)).toBeCloseTo(1, 6);
  }
});

test("predicting and evaluating work while the model is trained", async () => {
  using model = await Mlp.create({ architecture: ARCHITECTURE, seed: 1 });
  const before = model.predict(DATASET.inputs);
  const controller = new AbortController();
  const training = model.fit(DATASET, { epochs: 1e9, signal: controller.signal });
  // Until the training shows: the predictor reads the weights that the kernels write.
  while (model.predict(DATASET.inputs).every((value, index) => value === before[index])) {
    expect((await model.evaluate(DATASET)).samples).toBe(20);
  }
  controller.abort("seen");
  await expect(training).rejects.toBe("seen");
});

describe("disposing", () => {
  /** Every use of the parameters. */
  const USES: Record<string, (model: Mlp) => unknown> = {
    fit: (model) => model.fit(DATASET),
    epochs: (model) => model.epochs(DATASET).next(),
    evaluate: (model) => model.evaluate(DATASET),
    predict: (model) => model.predict(DATASET.inputs),
    predictAll: (model) => model.predictAll(DATASET.inputs),
    layerParameters: (model) => model.layerParameters(0),
    save: (model) => model.save(),
  };

  test.each(Object.keys(USES))("a model that was disposed of refuses %s", async (use) => {
    const model = await Mlp.create({ architecture: ARCHITECTURE });
    model.predict(DATASET.inputs);
    model.dispose();
    const refusal = await Promise.resolve()
      .then(() => USES[use](model))
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(EngineError);
    expect(refusal).toMatchObject({
      code: "disposed",
      message: "the model has been disposed of, expected a live one",
    });
  });

  test("its description can still be read", async () => {
    const image = { width: 5, height: 3 };
    const model = await Mlp.create({ architecture: ARCHITECTURE, image });
    model.dispose();
    expect(model.architecture).toEqual(ARCHITECTURE);
    expect(model.parameters).toBe(16 * 9 + 10 * 4);
    expect(model.summary().length).toBe(2);
    expect(model.classNames.length).toBe(4);
    expect(model.image).toEqual(image);
    expect(model.execution.threads).toBeGreaterThan(0);
  });

  test("a second call does nothing, and `using` calls it", async () => {
    let kept: Mlp;
    {
      using model = await Mlp.create({ architecture: ARCHITECTURE });
      kept = model;
      expect(() => kept.save()).not.toThrow();
    }
    expect(() => kept.save()).toThrow(EngineError);
    expect(() => kept.dispose()).not.toThrow();
  });

  test("during a fit it ends that fit, and disturbs no other model", async () => {
    const model = await Mlp.create({ architecture: ARCHITECTURE, seed: 1 });
    const training = model.fit(DATASET, { epochs: 1e9 });
    setTimeout(() => model.dispose(), 20);
    await expect(training).rejects.toMatchObject({ name: "EngineError", code: "disposed" });
    const fresh = () => Mlp.create({ architecture: ARCHITECTURE, seed: 1 });
    using other = await fresh();
    await other.fit(DATASET, { epochs: 2 });
    using another = await fresh();
    await another.fit(DATASET, { epochs: 2 });
    expect(another.save()).toEqual(other.save());
  });

  test("between the epochs of an iterator it ends it", async () => {
    const model = await Mlp.create({ architecture: ARCHITECTURE });
    const epochs = model.epochs(DATASET);
    await epochs.next();
    model.dispose();
    await expect(epochs.next()).rejects.toMatchObject({ code: "disposed" });
    expect((await epochs.next()).done).toBe(true);
  });
});

test("a thousand models one after another take the memory of one", async () => {
  const acquire = vi.spyOn(Engine, "acquire");
  const architecture = perceptron(2, [8], 2, "tanh");
  const sizes = new Set<number>();
  for (let round = 0; round < 1000; round++) {
    using model = await Mlp.create({ architecture, seed: round });
    await model.fit(xor(), { epochs: 1 });
    model.predict(xor().inputs);
    const engine = await acquire.mock.results[round].value;
    sizes.add(engine.memory.memory.buffer.byteLength);
  }
  const engines = new Set(acquire.mock.settledResults.map(({ value }) => value));
  expect(engines.size).toBe(1);
  expect(sizes.size).toBe(1);
  for (const { memory } of engines) expect(memory.allocatedBytes).toBe(0);
});
