/**
 * What the kernels come to on this host, as one number: trains a few networks on generated data and
 * hashes every bit of them. Runs in Node and in browsers, with `build/` two folders up.
 */
import { createDataset, detectFeatures, Mlp, perceptron } from "../../build/index.js";

/** Between them every activation, initialisation, kind of inputs, way through the first layer and rule. */
const TRAININGS = [
  { hidden: [64], activation: "tanh", initialization: "glorot", batchSize: 32, zeros: 0.8 },
  { hidden: [100, 60], activation: "relu", initialization: "he", batchSize: 128, zeros: 0.1 },
  {
    ...{ hidden: [33, 17, 5], activation: "sigmoid", initialization: "lecun" },
    ...{ batchSize: 7, zeros: 0.8, floats: true },
  },
  {
    ...{ hidden: [31], activation: "tanh", initialization: "normal:0.1" },
    ...{ batchSize: "full", zeros: 0, floats: true },
  },
  {
    ...{ hidden: [70, 40], activation: "gelu", initialization: "he", batchSize: 50, zeros: 0.8 },
    rule: {
      ...{ optimizer: "adamw", learningRate: 0.003, averaging: 0.9, labelSmoothing: 0.1 },
      schedule: { kind: "one-cycle", rise: 0.3, start: 0.04, end: 0.001 },
      dropout: { input: 0.1, hidden: 0.3 },
      augmentation: { shift: 1, rotation: 10, scale: 0.1, shear: 0.1, elastic: 20 },
    },
  },
  {
    ...{ hidden: [40, 9], activation: "silu", initialization: "glorot", batchSize: 64, zeros: 0.1 },
    rule: {
      ...{ optimizer: "nesterov", clipNorm: 0.5, maxNorm: 1, weightDecay: 0.01, warmup: 0.5 },
      schedule: { kind: "cosine", floor: 0.1 },
    },
  },
  {
    ...{ hidden: [20], activation: "leaky-relu", initialization: "he", batchSize: 64, zeros: 0.8 },
    rule: { optimizer: "rmsprop", learningRate: 0.001 },
  },
];

const SAMPLES = 500;
/** Three blocks of the depth of a matrix product, and more. */
const FEATURES = 800;
const CLASSES = 10;

/**
 * Marsaglia's xorshift32: whole numbers from 0 to 2³² − 1, the same everywhere.
 *
 * @returns {() => number}
 */
function randomWords() {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** @param {{ zeros: number, floats?: boolean }} training */
function generate({ zeros, floats = false }) {
  const next = randomWords();
  const draw = () => {
    const isZero = next() < zeros * 2 ** 32;
    const byte = 1 + (next() % 255);
    if (isZero) return 0;
    return floats ? (byte - 128.5) / 128 : byte;
  };
  const values = Array.from({ length: SAMPLES * FEATURES }, draw);
  return createDataset({
    name: "generated",
    inputs: floats ? Float32Array.from(values) : Uint8Array.from(values),
    features: FEATURES,
    image: { width: 40, height: 20 },
    targets: {
      kind: "classes",
      labels: Uint8Array.from({ length: SAMPLES }, () => next() % CLASSES),
      names: Array.from({ length: CLASSES }, (_, index) => String(index)),
    },
  });
}

/** @param {Uint8Array} bytes */
async function sha256(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The SHA-256 of all that is trained and evaluated on so many threads. @param {number} threads */
async function fingerprint(threads) {
  const parts = [];
  for (const { hidden, activation, initialization, batchSize, rule, ...kind } of TRAININGS) {
    const dataset = generate(kind);
    const model = await Mlp.create({
      architecture: perceptron(FEATURES, hidden, CLASSES, activation),
      ...{ initialization, threads, simd: "plain", seed: 5 },
    });
    await model.fit(dataset, { epochs: 2, batchSize, seed: 6, ...rule });
    const { losses } = await model.evaluate(dataset);
    parts.push(model.save(), new Uint8Array(losses.buffer));
    parts.push(new Uint8Array(model.predict(dataset.inputs).buffer));
    model.dispose();
  }
  return sha256(new Uint8Array(await new Blob(parts).arrayBuffer()));
}

/**
 * Fingerprints of 1, 2, 3 and 4 threads, or of one where memory cannot be shared.
 *
 * @returns {Promise<{ threads: number, sha256: string }[]>}
 */
export async function fingerprints() {
  const counts = detectFeatures().sharedMemory ? [1, 2, 3, 4] : [1];
  const results = [];
  for (const threads of counts) results.push({ threads, sha256: await fingerprint(threads) });
  return results;
}
