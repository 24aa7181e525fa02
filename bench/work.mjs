/** What is compared: the work, who does it, and the ratios that are to be reached. */

/**
 * @typedef {keyof typeof import("./peers.mjs").PEERS} Peer
 *
 * @typedef {object} Work
 * @property {string} name
 * @property {"training" | "test"} data
 * @property {object} job as peers/job.py describes it, without the data and the contestant's settings
 * @property {{ peer: Peer, threads?: number, precision?: string }[]} contestants
 * @property {Partial<Record<Peer, number>>} samplesOf of peers so slow that part of an epoch must do
 * @property {{
 *   text: string,
 *   accepts: (peer: Peer, settings: { threads?: number, precision?: string }) => boolean,
 *   atLeast: number,
 * }[]} goals
 */

const wasmlp = [
  { peer: "wasmlp", threads: 1 },
  { peer: "wasmlp", threads: 2 },
];
const native = ["pytorch", "jax"].flatMap((peer) => [
  { peer, threads: 1 },
  { peer, threads: 2 },
]);
const bestNative = (atLeast) => ({
  text: "best native run",
  accepts: (peer) => peer === "pytorch" || peer === "jax",
  atLeast,
});
const mnist = {
  features: 784,
  classes: 10,
  learningRate: 0.1,
  initialization: "glorot",
  epochs: 5,
};

/** @type {Work[]} */
export const WORK = [
  {
    name: "the question's repaired program, full batch",
    data: "test",
    job: {
      ...mnist,
      hidden: [64],
      activation: "tanh",
      batchSize: 10_000,
      learningRate: 0.3,
      initialization: "normal:0.01",
      epochs: 100,
    },
    contestants: [
      { peer: "wasmlp", threads: 2 },
      { peer: "numpy", precision: "float64" },
      { peer: "numpy", precision: "float32" },
    ],
    samplesOf: {},
    goals: [
      {
        text: "NumPy float64",
        accepts: (peer, { precision }) => peer === "numpy" && precision === "float64",
        atLeast: 12,
      },
      {
        text: "NumPy float32",
        accepts: (peer, { precision }) => peer === "numpy" && precision === "float32",
        atLeast: 2.5,
      },
    ],
  },
  {
    name: "784-64-10 tanh, batch 128",
    data: "training",
    job: { ...mnist, hidden: [64], activation: "tanh", batchSize: 128 },
    contestants: [...wasmlp, ...native, { peer: "tfjs" }, { peer: "jaxjs" }],
    samplesOf: { tfjs: 1280, jaxjs: 12_800 },
    goals: [
      bestNative(3),
      { text: "TensorFlow.js WASM", accepts: (peer) => peer === "tfjs", atLeast: 300 },
      { text: "jax-js WASM", accepts: (peer) => peer === "jaxjs", atLeast: 40 },
    ],
  },
  {
    name: "the recipe fast: 784-256-10 ReLU, batch 128, Adam in one cycle",
    data: "training",
    job: {
      ...mnist,
      hidden: [256],
      activation: "relu",
      batchSize: 128,
      learningRate: 0.005,
      initialization: "he",
      epochs: 5,
      oneCycle: { rise: 0.2, start: 0.04, end: 0.001 },
    },
    contestants: [
      { peer: "wasmlp", threads: 2 },
      { peer: "pytorch", threads: 1 },
      { peer: "pytorch", threads: 2 },
    ],
    samplesOf: {},
    goals: [{ text: "PyTorch", accepts: (peer) => peer === "pytorch", atLeast: 2.5 }],
  },
  {
    name: "784-800-10 ReLU, batch 128",
    data: "training",
    job: { ...mnist, hidden: [800], activation: "relu", batchSize: 128 },
    contestants: [...wasmlp, ...native],
    samplesOf: {},
    goals: [
      bestNative(1.8),
      {
        text: "1 thread against 2",
        accepts: (peer, { threads }) => peer === "wasmlp" && threads === 1,
        atLeast: 1.8,
      },
    ],
  },
  {
    name: "784-512-256-10 ReLU, batch 256",
    data: "training",
    job: { ...mnist, hidden: [512, 256], activation: "relu", batchSize: 256 },
    contestants: [...wasmlp, ...native],
    samplesOf: {},
    goals: [bestNative(1.1)],
  },
  {
    name: "784-1024-1024-10 ReLU under dropout, batch 256, Adam in one cycle",
    data: "training",
    job: {
      ...mnist,
      hidden: [1024, 1024],
      activation: "relu",
      batchSize: 256,
      learningRate: 0.002,
      initialization: "he",
      epochs: 3,
      oneCycle: { rise: 0.1, start: 0.1, end: 0.001 },
      dropout: { input: 0.2, hidden: 0.5 },
    },
    contestants: [
      { peer: "wasmlp", threads: 2 },
      { peer: "pytorch", threads: 1 },
      { peer: "pytorch", threads: 2 },
    ],
    samplesOf: {},
    goals: [],
  },
];
