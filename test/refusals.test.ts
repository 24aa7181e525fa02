/** What callers without a type checker may hand over: each is refused in one sentence, and does no harm. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeNpz, encodeNpz } from "../src/data/arrays/npz.js";
import { learnEncoding } from "../src/data/csv/encode.js";
import { splitTable } from "../src/data/csv/splitTable.js";
import { type Table, TableReader } from "../src/data/csv/table.js";
import { createDataset, type Dataset } from "../src/data/dataset.js";
import { digits } from "../src/data/digits/index.js";
import { digitsOf } from "../src/data/pictures/digitsOf.js";
import type { LabelledSamples } from "../src/data/samples/arraySamples.js";
import { learnSamplesEncoding } from "../src/data/samples/encodeSamples.js";
import { splitSamples } from "../src/data/samples/splitSamples.js";
import { splitDataset } from "../src/data/split.js";
import { examineData } from "../src/doctor/data/examineData.js";
import { diagnose } from "../src/doctor/dump/diagnose.js";
import { gradientCheck } from "../src/doctor/gradientCheck.js";
import { checkNetwork } from "../src/doctor/networkCheck.js";
import { RunExaminer } from "../src/doctor/run/examiner.js";
import { locateFiles } from "../src/engine/locate.js";
import { DataError, OptionError } from "../src/errors.js";
import { Mlp } from "../src/mlp.js";
import { perceptron } from "../src/model/architecture.js";
import { encodeJavaScript } from "../src/model/formats/javascript.js";
import { encodeModel } from "../src/model/formats/modelFile.js";
import { decodeModelNpz, encodeModelNpz } from "../src/model/formats/npz.js";
import { encodeOnnx } from "../src/model/formats/onnx.js";
import { decodeStateDict } from "../src/model/formats/stateDictFile.js";
import { readArrays } from "../src/node/arrayFiles.js";
import { readCsvFile } from "../src/node/csvFile.js";
import { openRunLog } from "../src/node/logs/runLog.js";
import { openTensorBoardLog } from "../src/node/logs/tensorBoard.js";
import { findMnist, loadMnist } from "../src/node/mnist.js";
import { loadModel } from "../src/node/modelFiles.js";
import { readSamples } from "../src/node/samples.js";
import { disassemble } from "../src/profile/disassembly/disassemble.js";
import { KERNELS } from "../src/profile/kernels/index.js";
import { profile } from "../src/profile/profile.js";
import { reproduce } from "../src/reproduce/reproduce.js";
import { Trace } from "../src/trace/trace.js";
import { formatSchedule } from "../src/training/schedule.js";
import { noise } from "./support/datasets.js";

const DATASET = noise(20);
const ARCHITECTURE = perceptron(15, [9], 4, "tanh");
/** Whose options are refused before anybody looks at it. */
const TABLE: Table = {
  place: "t",
  columns: [],
  rows: 0,
  hasHeader: true,
  isHeaderTold: false,
  decimal: "point",
};
const SAMPLES: LabelledSamples = {
  place: "s",
  inputs: { name: "x", shape: [0, 1], dtype: "uint8", values: new Uint8Array() },
  targets: { name: "y", shape: [0], dtype: "uint8", values: new Uint8Array() },
};
/** It is said to be of whatever type is wanted. */
const wrong = (value: unknown): never => value as never;

let model: Mlp;
beforeAll(async () => {
  model = await Mlp.create({ architecture: ARCHITECTURE, seed: 1 });
});
afterAll(() => model.dispose());

async function refusalOf(call: () => unknown): Promise<unknown> {
  return Promise.resolve()
    .then(call)
    .then(() => "nothing was refused")
    .catch((error: unknown) => error);
}

const INPUTS: readonly (readonly [unknown, string])[] = [
  [undefined, "undefined"],
  [null, "null"],
  ["abc", 'the string "abc"'],
  [5, "5"],
  [[1, 2, 3], "an Array"],
  [{ length: 15 }, "an Object"],
  [new Float64Array(15), "a Float64Array"],
  [new Int8Array(15), "an Int8Array"],
  [new Uint8ClampedArray(15), "a Uint8ClampedArray"],
  [new ArrayBuffer(60), "an ArrayBuffer"],
];

describe.each(INPUTS)("inputs that are %s", (inputs, found) => {
  const refusal = (name: string) =>
    new OptionError(`${name} is ${found}, expected a Uint8Array or a Float32Array`);

  const isTaken = inputs instanceof Uint8ClampedArray;
  test.skipIf(isTaken).each(["predict", "predictAll"] as const)("%s", async (method) => {
    expect(await refusalOf(() => model[method](wrong(inputs)))).toEqual(
      refusal(`inputs of ${method}`),
    );
  });

  test.each(["fit", "evaluate", "findLearningRate"] as const)("%s", async (method) => {
    const dataset = { ...DATASET, inputs: wrong(inputs) };
    const name = `${DATASET.name}: inputs`;
    expect(await refusalOf(() => model[method](dataset))).toEqual(refusal(name));
    if (isTaken) return;
    expect(await refusalOf(() => createDataset(dataset))).toEqual(refusal(name));
  });
});

test.each([[new Float64Array(4)], [[0, 0, 0, 0]], [null], ["abcd"], [new Uint8Array(4)]])(
  "room for outputs that is %s",
  async (outputs) => {
    const sentence = /^OptionError: outputs of predict(All)? is .*, expected a Float32Array$/;
    const inputs = new Float32Array(15);
    for (const call of [
      () => model.predict(inputs, wrong(outputs)),
      () => model.predictAll(inputs, { outputs: wrong(outputs) }),
    ]) {
      const refusal = await refusalOf(call);
      expect(refusal).toBeInstanceOf(OptionError);
      expect(String(refusal)).toMatch(sentence);
    }
  },
);

test.each([undefined, null, 5, "digits", []])("a data set that is %s", async (dataset) => {
  const sentence = /^OptionError: the data set is .*, expected an object$/;
  for (const method of ["fit", "evaluate", "findLearningRate"] as const) {
    expect(String(await refusalOf(() => model[method](wrong(dataset))))).toMatch(sentence);
  }
  expect(String(await refusalOf(() => createDataset(wrong(dataset))))).toMatch(sentence);
});

test.each<readonly [part: string, dataset: unknown, sentence: string]>([
  ["name", { name: 5 }, "name is 5, expected a string"],
  ["targets", { targets: undefined }, "d: targets is undefined, expected an object"],
  [
    "kind",
    { targets: { kind: "labels", names: [] } },
    'd: targets.kind is the string "labels", expected "classes" or "values"',
  ],
  [
    "names",
    { targets: { kind: "classes", labels: new Uint8Array(20) } },
    "d: targets.names is undefined, expected an array",
  ],
  [
    "a name",
    { targets: { kind: "classes", labels: new Uint8Array(20), names: ["a", 5] } },
    "an entry of d: targets.names is 5, expected a string",
  ],
  [
    "labels",
    { targets: { kind: "classes", labels: [0, 1], names: ["a", "b"] } },
    "d: targets.labels is an Array, expected a Uint8Array or an Int32Array",
  ],
  [
    "labels with fractions",
    { targets: { kind: "classes", labels: new Float32Array(20), names: ["a", "b"] } },
    "d: targets.labels is a Float32Array, expected a Uint8Array or an Int32Array",
  ],
  [
    "values",
    { targets: { kind: "values", values: [0, 1], names: ["v"] } },
    "d: targets.values is an Array, expected a Float32Array",
  ],
])("a data set's %s", async (_, part, sentence) => {
  const dataset = { ...DATASET, name: "d", ...(part as Partial<Dataset>) };
  const refusal = new OptionError(sentence);
  expect(await refusalOf(() => createDataset(dataset))).toEqual(refusal);
  for (const method of ["fit", "evaluate", "findLearningRate"] as const) {
    expect(await refusalOf(() => model[method](dataset))).toEqual(refusal);
  }
});

test("labels and sizes are checked also where createDataset was not asked", async () => {
  const labels = new Uint8Array(20).fill(200);
  const strays = { ...DATASET, targets: { ...DATASET.targets, labels } };
  const refusal = new DataError(`${DATASET.name}: the label of sample 0 is 200, expected 0 to 3`);
  const longer = { ...DATASET, samples: 1e6 };
  for (const method of ["fit", "evaluate", "findLearningRate"] as const) {
    expect(await refusalOf(() => model[method](strays))).toEqual(refusal);
    expect(await refusalOf(() => model[method](longer))).toBeInstanceOf(DataError);
  }
  expect(await refusalOf(() => model.fit(DATASET, { validation: strays }))).toEqual(refusal);
});

test.each<readonly [option: string, value: unknown, sentence: string]>([
  ["epochs", "3", 'epochs is the string "3", expected a whole number from 1 to 1000000000'],
  ["learningRate", "0.1", 'learningRate is the string "0.1", expected a number'],
  ["learningRate", null, "learningRate is null, expected a number"],
  ["weightDecay", "0", 'weightDecay is the string "0", expected a number'],
  ["labelSmoothing", true, "labelSmoothing is true, expected a number from 0 to below 1"],
  ["dropout", 0.5, "dropout is 0.5, expected an object"],
  ["augmentation", 5, "augmentation is 5, expected an object"],
  ["earlyStopping", 5, "earlyStopping is 5, expected an object"],
  ["shuffle", "no", 'shuffle is the string "no", expected a boolean'],
  ["signal", 5, "signal is 5, expected an AbortSignal"],
  ["signal", {}, "signal is an Object, expected an AbortSignal"],
  ["onEpoch", 5, "onEpoch is 5, expected a function"],
  ["onProgress", {}, "onProgress is an Object, expected a function"],
  ["onCheckpoint", [], "onCheckpoint is an Array, expected a function"],
  ["inspect", 5, "inspect is 5, expected a function"],
  ["trace", 5, "trace is 5, expected an object"],
  ["resume", "file", 'resume is the string "file", expected a Uint8Array'],
  ["validation", 5, "the data set is 5, expected an object"],
  ["optimizer", null, "optimizer is null, expected a name or an object"],
  ["optimizer", 5, "optimizer is 5, expected a name or an object"],
  [
    "schedule",
    "cosine",
    'schedule is the string "cosine", expected an object, which parseSchedule makes of text',
  ],
])("the option %s as %j", async (option, value, sentence) => {
  expect(await refusalOf(() => model.fit(DATASET, { [option]: value }))).toEqual(
    new OptionError(sentence),
  );
  // Whatever was refused, the model can still be trained.
  await expect(model.fit(DATASET, { epochs: 1 })).resolves.toBeDefined();
});

test.each([null, 5, "fast", []])("options that are %s", async (options) => {
  const sentence = /^OptionError: options is .*, expected an object$/;
  const file = model.save();
  for (const call of [
    () => Mlp.create(wrong(options)),
    () => Mlp.load(file, wrong(options)),
    () => Mlp.fromSnapshot(model.snapshot(), wrong(options)),
    () => model.fit(DATASET, wrong(options)),
    () => model.findLearningRate(DATASET, wrong(options)),
    () => model.save(wrong(options)),
    () => digits(wrong(options)),
  ]) {
    expect(String(await refusalOf(call))).toMatch(sentence);
  }
});

test.each<readonly [options: unknown, sentence: string]>([
  [{}, "architecture is undefined, expected an object"],
  [{ architecture: { inputs: 5, layers: 5 } }, "layers is 5, expected an array"],
  [{ architecture: { inputs: 5, layers: [5] } }, "layer 1 is 5, expected an object"],
  [{ architecture: ARCHITECTURE, image: 5 }, "image is 5, expected an object"],
  [
    { architecture: ARCHITECTURE, classNames: "abcd" },
    'classNames is the string "abcd", expected an array',
  ],
  [
    { architecture: ARCHITECTURE, classNames: [1, 2, 3, 4] },
    "an entry of classNames is 1, expected a string",
  ],
  [
    { architecture: ARCHITECTURE, preprocessing: {} },
    "preprocessing is an Object, expected one with columns and targets",
  ],
  [
    { architecture: ARCHITECTURE, seed: "1" },
    'seed is the string "1", expected a whole number from 0 to 4294967295',
  ],
])("a model of %j", async (options, sentence) => {
  expect(await refusalOf(() => Mlp.create(wrong(options)))).toEqual(new OptionError(sentence));
});

test.each<readonly [file: unknown, found: string]>([
  [undefined, "undefined"],
  [new ArrayBuffer(8), "an ArrayBuffer"],
  [new Float32Array(5), "a Float32Array"],
])("a model's file that is %s", async (file, found) => {
  expect(await refusalOf(() => Mlp.load(wrong(file)))).toEqual(
    new OptionError(`model is ${found}, expected a Uint8Array`),
  );
});

test.each<readonly [snapshot: (of: Mlp) => unknown, sentence: string]>([
  [() => undefined, "snapshot is undefined, expected an object"],
  [
    (of) => ({ ...of.snapshot(), layers: [5, 5] }),
    "layer 1 of the snapshot is 5, expected an object",
  ],
  [
    (of) => ({
      ...of.snapshot(),
      layers: of.snapshot().layers.map((layer) => ({ ...layer, biases: [...layer.biases] })),
    }),
    "the biases of layer 1 is an Array, expected a Float32Array",
  ],
])("a snapshot, number %#", async (snapshot, sentence) => {
  expect(await refusalOf(() => Mlp.fromSnapshot(wrong(snapshot(model))))).toEqual(
    new OptionError(sentence),
  );
});

test.each([{ run: { nested: 1 } }, { steps: 1n }, { of: () => 1 }, "text"])(
  "a training record that JSON does not keep, number %#",
  async (training) => {
    expect(await refusalOf(() => model.save({ training: wrong(training) }))).toBeInstanceOf(
      OptionError,
    );
  },
);

test("one number for hidden layers, a layer by name, a place that is no function", async () => {
  expect(await refusalOf(() => perceptron(784, wrong(64), 10, "tanh"))).toEqual(
    new OptionError("hidden is 64, expected an array"),
  );
  expect(await refusalOf(() => model.layerParameters(wrong("0")))).toEqual(
    new OptionError("layer 0 was asked for, expected 0 to 1"),
  );
  expect(await refusalOf(() => locateFiles(wrong("/static/")))).toEqual(
    new OptionError('locate is the string "/static/", expected a function'),
  );
});

test("findLearningRate waits for nobody: the parameters are one's at a time", async () => {
  const many = noise(2000);
  const controller = new AbortController();
  const training = model.fit(many, { epochs: 1e6, signal: controller.signal });
  expect(await refusalOf(() => model.findLearningRate(many))).toEqual(
    new OptionError(
      "findLearningRate was called while the model is being trained, expected that to have ended: an iterator of epochs() that is stepped by hand ends by return()",
    ),
  );
  controller.abort("seen");
  await expect(training).rejects.toBe("seen");
  await expect(model.findLearningRate(many)).resolves.toMatchObject({});
});

test.each<readonly [call: () => unknown, sentence: string]>([
  [
    () => model.fit(DATASET, wrong({ learningrate: 1 })),
    'fit or epochs was given a property "learningrate", expected learningRate',
  ],
  [
    () => model.epochs(DATASET, wrong({ epoch: 3 })).next(),
    'fit or epochs was given a property "epoch", expected epochs',
  ],
  [
    () => model.findLearningRate(DATASET, wrong({ lowst: 1 })),
    'findLearningRate was given a property "lowst", expected lowest',
  ],
  [
    () => model.evaluate(DATASET, wrong({ singal: undefined, sginal: 5 })),
    'evaluate was given a property "sginal", expected signal',
  ],
  [
    () => model.predictAll(DATASET.inputs, wrong({ output: new Float32Array(80) })),
    'predictAll was given a property "output", expected outputs',
  ],
  [
    () => model.save(wrong({ record: {} })),
    'save was given a property "record", expected training',
  ],
  [
    () => Mlp.create(wrong({ architecture: ARCHITECTURE, thread: 1 })),
    'Mlp.create was given a property "thread", expected threads',
  ],
  [
    () => Mlp.load(model.save(), wrong({ SIMD: "plain" })),
    'Mlp.load was given a property "SIMD", expected simd',
  ],
  [
    () => Mlp.fromSnapshot(model.snapshot(), wrong({ worker: 1 })),
    'Mlp.fromSnapshot was given a property "worker", expected threads, simd',
  ],
  [
    () => createDataset(wrong({ ...DATASET, images: { width: 5, height: 3 } })),
    'createDataset was given a property "images", expected image',
  ],
  [
    () => splitDataset(DATASET, wrong({ fractoin: 0.5, seed: 1 })),
    'splitDataset was given a property "fractoin", expected fraction',
  ],
  [
    () => gradientCheck(() => 0, [1], [0], wrong({ steps: 1 })),
    'gradientCheck was given a property "steps", expected step',
  ],
  [
    () => digitsOf({ width: 1, height: 1, pixels: new Uint8Array(1) }, wrong({ hold: "one" })),
    'digitsOf was given a property "hold", expected holds',
  ],
  [
    () => loadModel("model.safetensors", wrong({ activations: "relu" })),
    'loadModel was given a property "activations", expected activation',
  ],
  [
    () => loadMnist(wrong({ data: "." })),
    'loadMnist was given a property "data", expected dataDirectory',
  ],
  [
    () => new TableReader(wrong({ place: "t", delimeter: ";" })),
    'TableReader was given a property "delimeter", expected delimiter, decimal',
  ],
  [
    () => readCsvFile("t.csv", wrong({ headers: true })),
    'readCsvFile was given a property "headers", expected header',
  ],
  [
    () => learnEncoding(TABLE, wrong({ categorys: ["a"] })),
    'learnEncoding was given a property "categorys", expected categories',
  ],
  [
    () => splitTable(TABLE, wrong({ fraction: 0.5, seed: 1, stratta: "a" })),
    'splitTable was given a property "stratta", expected strata',
  ],
  [
    () => splitSamples(SAMPLES, wrong({ fraction: 0.5, seed: 1, stratta: "targets" })),
    'splitSamples was given a property "stratta", expected strata',
  ],
  [
    () => learnSamplesEncoding(SAMPLES, wrong({ standardise: false })),
    'learnSamplesEncoding was given a property "standardise", expected standardize',
  ],
  [
    () => readSamples("x.npy", wrong({ targets: "y" })),
    'readSamples was given a property "targets", expected target',
  ],
  [
    () => decodeNpz(new Uint8Array(), "a.npz", wrong({ limt: 1 })),
    'decodeNpz was given a property "limt", expected onUnreadable, onTexts, maximumEntries, maximumBytes',
  ],
  [
    () => readArrays("a.npy", wrong({ maximumByte: 1 })),
    'readArrays was given a property "maximumByte", expected maximumEntries, maximumBytes',
  ],
  [
    () => encodeNpz([], wrong({ compress: "deflate" })),
    'encodeNpz was given a property "compress", expected compression',
  ],
  [
    () => encodeModel(model.snapshot(), wrong({ quantise: "int8" })),
    'encodeModel was given a property "quantise", expected quantize',
  ],
  [
    () => encodeModelNpz(model.snapshot(), wrong({ quantise: "int8" })),
    'encodeModelNpz was given a property "quantise", expected quantize',
  ],
  [
    () => encodeOnnx(model.snapshot(), wrong({ quantise: "int8" })),
    'encodeOnnx was given a property "quantise", expected quantize',
  ],
  [
    () => encodeJavaScript(model.snapshot(), wrong({ quantise: "int8" })),
    'encodeJavaScript was given a property "quantise", expected quantize',
  ],
  [
    () => encodeJavaScript(model.snapshot(), { quantize: wrong("int4") }),
    'quantize is the string "int4", expected "int8"',
  ],
  [
    () => examineData(DATASET, wrong({ tests: DATASET })),
    'examineData was given a property "tests", expected test',
  ],
  [() => new Trace(wrong({ span: 5 })), 'Trace was given a property "span", expected spans'],
  [
    () => new RunExaminer(4, wrong({ losses: "cross-entropy" })),
    'RunExaminer was given a property "losses", expected loss',
  ],
  [() => digits(wrong({ sample: 5 })), 'digits was given a property "sample", expected samples'],
  [
    () => diagnose([], wrong({ losses: 1 })),
    'diagnose was given a property "losses", expected loss',
  ],
  [
    () => checkNetwork(wrong({ architecture: ARCHITECTURE, sample: 5 })),
    'checkNetwork was given a property "sample", expected samples',
  ],
  [
    () => reproduce(wrong(DATASET), wrong({ onEpochs: () => 1 })),
    'reproduce was given a property "onEpochs", expected onEpoch',
  ],
  [
    () => decodeStateDict(model.save(), "m", wrong({ output: "relu" })),
    'decodeStateDict was given a property "output", expected outputActivation',
  ],
  [
    () => decodeModelNpz(new Uint8Array(), "m", wrong({ activations: "relu" })),
    'decodeModelNpz was given a property "activations", expected activation',
  ],
  [
    () => openRunLog("log.csv", wrong({ resume: 5 })),
    'openRunLog was given a property "resume", expected resumeAfter',
  ],
  [
    () => openTensorBoardLog("run", wrong({ after: 5 })),
    'openTensorBoardLog was given a property "after", expected resumeAfter',
  ],
  [
    () => findMnist(wrong({ part: "test" })),
    'findMnist was given a property "part", expected parts',
  ],
  [
    () => profile(wrong({ kernel: "gemm" })),
    'profile was given a property "kernel", expected kernels',
  ],
  [
    () => disassemble(KERNELS[0], wrong({ variant: "simd" })),
    'disassemble was given a property "variant", expected shape, way, width',
  ],
])("a name that nobody reads, number %#", async (call, sentence) => {
  expect(await refusalOf(call)).toEqual(new OptionError(sentence));
});

test.each<readonly [call: () => unknown, sentence: string]>([
  [
    () => encodeNpz([], { compression: wrong("gzip") }),
    'compression is the string "gzip", expected "none" or "deflate"',
  ],
  [
    () => new TableReader({ place: "t", delimiter: wrong("|") }),
    'delimiter is the string "|", expected ",", ";" or "\\t"',
  ],
  [
    () => new TableReader({ place: "t", decimal: wrong(",") }),
    'decimal is the string ",", expected "point" or "comma"',
  ],
  [
    () => learnEncoding(TABLE, { task: wrong("classes") }),
    'task is the string "classes", expected "classification" or "regression"',
  ],
  [
    () => learnEncoding(TABLE, { missing: wrong("median") }),
    'missing is the string "median", expected "mean" or "error"',
  ],
  [
    () => learnSamplesEncoding(SAMPLES, { task: wrong("values") }),
    'task is the string "values", expected "classification" or "regression"',
  ],
  [
    () => splitSamples(SAMPLES, { fraction: 0.5, seed: 1, strata: wrong("classes") }),
    'strata is the string "classes", expected "targets"',
  ],
  [
    () => digitsOf({ width: 1, height: 1, pixels: new Uint8Array(1) }, { holds: wrong("two") }),
    'holds is the string "two", expected "many" or "one"',
  ],
  [
    () => checkNetwork({ architecture: ARCHITECTURE, samples: 0 }),
    "samples is 0, expected a whole number from 1 to 1000",
  ],
  [
    () => openRunLog("log.csv", { resumeAfter: -1 }),
    "resumeAfter is -1, expected a whole number from 0 to 1000000000",
  ],
  [
    () => openTensorBoardLog("run", { resumeAfter: 0.5 }),
    "resumeAfter is 0.5, expected a whole number from 0 to 1000000000",
  ],
  [
    () => findMnist({ parts: [wrong("validation")] }),
    'an entry of parts is the string "validation", expected "train" or "test"',
  ],
  [
    () => loadMnist({ download: wrong("no") }),
    'download is the string "no", expected "allow" or "never"',
  ],
  [
    () => loadMnist({ mirrors: wrong("https://example.org") }),
    'mirrors is the string "https://example.org", expected an array',
  ],
  [
    () => profile({ shapes: wrong("some") }),
    'shapes is the string "some", expected "training" or "all"',
  ],
  [() => profile({ rounds: 4 }), "rounds is 4, expected a whole number from 5 to 1001"],
  [
    () => disassemble(KERNELS[0], { way: wrong("javascript") }),
    'way is the string "javascript", expected "scalar", "simd" or "relaxed"',
  ],
  [
    () => diagnose([], { activation: wrong("tanh") }),
    'activation is the string "tanh", expected an array',
  ],
  [
    () => formatSchedule(wrong({ kind: "steps" })),
    `the schedule's kind is "steps", expected constant, step, cosine, one-cycle, plateau`,
  ],
])("a value that an option does not have, number %#", async (call, sentence) => {
  expect(await refusalOf(call)).toEqual(new OptionError(sentence));
});

test("a table's name in place of its options, and options without a name", async () => {
  expect(await refusalOf(() => new TableReader(wrong("t.csv")))).toEqual(
    new OptionError('options is the string "t.csv", expected an object'),
  );
  expect(await refusalOf(() => new TableReader(wrong({})))).toEqual(
    new OptionError("place is undefined, expected a string"),
  );
});

test.each<readonly [options: unknown, sentence: string]>([
  [{ dropout: { inputs: 0.2 } }, 'dropout was given a property "inputs", expected input'],
  [
    { augmentation: { rotations: 5 } },
    'augmentation was given a property "rotations", expected rotation',
  ],
  [
    { earlyStopping: { patients: 5 }, validation: DATASET },
    'earlyStopping was given a property "patients", expected patience',
  ],
  [
    { optimizer: { name: "adam", beta2: 0.9 } },
    'optimizer was given a property "beta2", expected name, momentum, secondMomentum, epsilon',
  ],
  [
    { schedule: { kind: "cosine", flor: 0 } },
    'the schedule "cosine" was given a property "flor", expected floor',
  ],
])("a name that nobody reads within %j", async (options, sentence) => {
  expect(await refusalOf(() => model.fit(DATASET, wrong(options)))).toEqual(
    new OptionError(sentence),
  );
});

test.each<readonly [architecture: unknown, sentence: string]>([
  [{ ...ARCHITECTURE, los: "x" }, 'architecture was given a property "los", expected loss'],
  [
    { inputs: 1, layers: [{ units: 2, activation: "softmax", dropout: 0.5 }] },
    'layer 1 was given a property "dropout", expected units, activation',
  ],
])("a name that nobody reads in an architecture, number %#", async (architecture, sentence) => {
  expect(await refusalOf(() => Mlp.create({ architecture: wrong(architecture) }))).toEqual(
    new OptionError(sentence),
  );
});

test("a path in place of a model's bytes", async () => {
  expect(await refusalOf(() => Mlp.load(wrong("m.safetensors")))).toEqual(
    new OptionError(
      'model is the string "m.safetensors", expected a Uint8Array; loadModel of wasmlp/node takes paths',
    ),
  );
});

test("sizes and activations are checked where an architecture is put together", () => {
  expect(() => perceptron(0, [3], 2, "tanh")).toThrow(
    new OptionError("inputs is 0, expected a whole number from 1 to 1048576"),
  );
  expect(() => perceptron(4, [3], 2, wrong("thanh"))).toThrow(OptionError);
  expect(() => perceptron(4, [3], 1, "tanh")).toThrow(
    new OptionError(
      "layer 2 is a softmax of 1 unit, which always gives 1, expected sigmoid for two classes or identity for a value",
    ),
  );
});
