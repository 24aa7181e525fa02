/**
 * The life of a model in a program that has installed the package: define, fit, evaluate, predict, save, load;
 * signals, progress, disposal, refusals. Run with --expose-gc; ends without a word where all is as documented.
 */
import assert from "node:assert/strict";
import * as wasmlp from "wasmlp";

const { digits, EngineError, Mlp, OptionError, perceptron, WasmlpError } = wasmlp;
const training = digits({ samples: 4000, seed: 1 });
const test = digits({ samples: 500, seed: 2 });
const architecture = perceptron(784, [32], 10, "tanh");
const reason = new Error("enough");
const sample = test.inputs.subarray(0, 784);

// define, fit, evaluate, predict, save, load
const model = await Mlp.create({ architecture, seed: 1 });
const reports = [];
const ticks = [];
const history = await model.fit(training, {
  epochs: 5,
  learningRate: 0.2,
  onEpoch: (report) => reports.push(report),
  onProgress: (progress) => ticks.push(progress),
});
assert.deepEqual(reports, history.epochs);
assert(ticks.length >= 5 && ticks.every(({ samplesDone, samples }) => samplesDone <= samples));
const { accuracy, predicted } = await model.evaluate(test);
assert(accuracy > 0.7, `accuracy ${accuracy}`);
const single = model.predict(sample);
assert(single instanceof Float32Array && single.length === 10);
assert.equal(single.indexOf(Math.max(...single)), predicted[0]);
const pixels = Float32Array.from(sample, (byte) => Math.fround(byte * Math.fround(1 / 255)));
assert.deepEqual(model.predict(pixels), single);
const all = await model.predictAll(test.inputs);
assert.deepEqual(all.subarray(0, 10), single);
// A seed asks for plain SIMD, a file does not.
const loaded = await Mlp.load(model.save(), { simd: "plain" });
assert.deepEqual(loaded.save(), model.save());
assert.deepEqual(loaded.predict(sample), single);
loaded.dispose();

// progress as an iterator, left early; the model can be trained again
let epochs = 0;
for await (const { epoch } of model.epochs(training, { epochs: 1000 })) {
  epochs = epoch;
  if (epoch === 2) break;
}
assert.equal(epochs, 2);

// signals, before and during
const calls = {
  fit: (signal) => model.fit(training, { epochs: 1e6, signal }),
  epochs: (signal) => model.epochs(training, { epochs: 1e6, signal }).next(),
  evaluate: (signal) => model.evaluate(test, { signal }),
  predictAll: (signal) => model.predictAll(test.inputs, { signal }),
  findLearningRate: (signal) => model.findLearningRate(training, { signal }),
};
for (const call of Object.values(calls)) {
  await assert.rejects(call(AbortSignal.abort(reason)), reason);
}
const controller = new AbortController();
setTimeout(() => controller.abort(reason), 20);
await assert.rejects(calls.fit(controller.signal), reason);
const large = digits({ samples: 40_000, seed: 3 });
for (const call of [
  (signal) => model.predictAll(new Uint8Array(784 * 400_000), { signal }),
  (signal) => model.findLearningRate(large, { steps: 5000, batchSize: 8, signal }),
]) {
  const during = new AbortController();
  setTimeout(() => during.abort(reason), 5);
  await assert.rejects(call(during.signal), reason);
}
await model.fit(training, { epochs: 1 });

// a single prediction allocates nothing
const outputs = new Float32Array(10);
for (const inputs of [sample, pixels]) {
  for (let call = 0; call < 20_000; call++) model.predict(inputs, outputs);
  globalThis.gc();
  const before = process.memoryUsage();
  for (let call = 0; call < 100_000; call++) model.predict(inputs, outputs);
  const after = process.memoryUsage();
  // A single object for each call would be more than a megabyte; what grows is compiled code.
  const grown = after.heapUsed - before.heapUsed;
  assert(grown < 400_000, `${grown} bytes in 100 000 predictions`);
  // Fewer, where what others left was collected meanwhile.
  assert(after.arrayBuffers <= before.arrayBuffers);
}

// disposal: twice, by `using`'s symbol, and whatever needs the parameters afterwards
const gone = await Mlp.create({ architecture, seed: 1 });
gone[Symbol.dispose]();
gone.dispose();
const uses = {
  fit: () => gone.fit(training),
  epochs: () => gone.epochs(training).next(),
  findLearningRate: () => gone.findLearningRate(training),
  evaluate: () => gone.evaluate(test),
  predict: () => gone.predict(sample),
  predictAll: () => gone.predictAll(test.inputs),
  layerParameters: () => gone.layerParameters(0),
  snapshot: () => gone.snapshot(),
  save: () => gone.save(),
};
const described = ["constructor", "architecture", "execution", "parameters", "summary", "dispose"];
assert.deepEqual(
  Object.getOwnPropertyNames(Mlp.prototype).sort(),
  [...Object.keys(uses), ...described].sort(),
  "every method stands in one of the two lists",
);
for (const use of Object.values(uses)) {
  await assert.rejects(async () => use(), { name: "EngineError", code: "disposed" });
}
assert.deepEqual(gone.architecture, architecture);
assert(gone.execution.threads > 0 && gone.parameters > 0 && gone.summary().length === 2);
for (const use of [
  (of) => of.fit(training, { epochs: 1e6 }),
  (of) => of.predictAll(new Uint8Array(784 * 400_000)),
]) {
  const live = await Mlp.create({ architecture });
  const running = use(live);
  setTimeout(() => live.dispose(), 20);
  await assert.rejects(running, { name: "EngineError", code: "disposed" });
}

// refusals: classes of the package, each with a code and one sentence
const refused = [
  () => model.predict(new Float32Array(783)),
  () => model.predict(new Float64Array(784)),
  () => model.predict([...pixels]),
  () => model.predict(new Float32Array(784).fill(Number.NaN)),
  () => model.predict(sample, new Float32Array(9)),
  () => model.predictAll(new Float32Array(784).fill(Number.POSITIVE_INFINITY)),
  () => model.fit(undefined),
  () => model.fit(training, { epochs: 0 }),
  () => model.evaluate({}),
  () => Mlp.create({}),
  () => Mlp.load(new Uint8Array(100)),
  () => Mlp.load(new ArrayBuffer(100)),
];
for (const call of refused) {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => undefined,
      (thrown) => thrown,
    );
  assert(error instanceof WasmlpError, `${call}: ${error}`);
  assert.match(error.code, /^invalid-(option|data|model)$/);
  assert.match(error.message, /^[^\n]+, expected [^\n]+$/);
}
for (const [name, value] of Object.entries(wasmlp)) {
  if (!name.endsWith("Error")) continue;
  assert(value === WasmlpError || value.prototype instanceof WasmlpError, name);
  assert.equal(value.prototype.name, name);
}
assert(OptionError !== EngineError);

// The process ends by itself, models and their threads still there.
