/**
 * Kernels against the roof of the engine, on one thread: GFLOP/s, and the share of the multiply-add
 * peak that a loop over registers measures in the same instance right beside each.
 *
 *   npm run bench:kernels [-- --data-dir DIR]
 *
 * Plain SIMD rounds a product and its sum apart, two operations where relaxed SIMD has one; a core
 * with more ports for sums than for products runs a mix of loads and both a little faster than the
 * loop that the peak is taken from, so that a share may pass 100 %.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { enableRelaxedSimd, loadMnistTest } from "../build/node/index.js";
import { median } from "./statistics.mjs";

const { values } = parseArgs({
  options: { "data-dir": { type: "string", default: process.env.WASMLP_DATA_DIR ?? "" } },
});

/** Products C `[rows, columns]` of that depth: cubes, a training step's, and narrow ones. */
const PRODUCTS = [
  ["gemmNN", 256, 256, 256],
  ["gemmNN", 512, 512, 512],
  ["gemmNN", 1024, 1024, 1024],
  ["gemmNT", 512, 512, 512],
  ["gemmTN", 512, 512, 512],
  ["gemmNN", 128, 64, 784],
  ["gemmTN", 784, 64, 128],
  ["gemmNN", 10_000, 10, 64],
  ["gemmNN", 128, 10, 800],
  ["gemmTN", 800, 10, 128],
  ["gemmNT", 128, 800, 10],
  ["gemmNN", 4096, 8, 64],
  ["gemmNN", 4096, 16, 256],
];

const ROUNDS = 5;
/** Milliseconds of a measurement. */
const SPAN = 60;
const PEAK_ITERATIONS = 50_000;
const PAGE = 65_536;
const FLOAT = 4;

/** @param {"wasmlp" | "wasmlp.relaxed"} build */
async function instantiate(build) {
  const bytes = readFileSync(new URL(`../build/${build}.wasm`, import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 1024 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const floats = new Float32Array(memory.buffer);
  for (let index = 0; index < floats.length; index++) floats[index] = (index % 1999) / 1999 - 0.5;
  return { kernels: instance.exports, memory };
}

/** Billions of calls' `operations` a second, the best call of a span. */
function speed(operations, call) {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + SPAN;
  do {
    const start = performance.now();
    call();
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < end);
  return operations / best / 1e6;
}

/** GFLOP/s of `call` and its share of the peak, medians of rounds that measure both. */
function measure(kernels, operations, call) {
  const peakOperations = PEAK_ITERATIONS * kernels.operationsPerIteration();
  const rounds = Array.from({ length: ROUNDS }, () => {
    const peak = speed(peakOperations, () => kernels.multiplyAddPeak(PEAK_ITERATIONS, 0.5, 1));
    const gflops = speed(operations, call);
    return { gflops, share: gflops / peak };
  });
  return {
    gflops: median(rounds.map(({ gflops }) => gflops)),
    share: median(rounds.map(({ share }) => share)),
  };
}

function printRow(build, name, { gflops, share }) {
  console.log(`| ${build} | ${name} | ${gflops.toFixed(1)} | ${(100 * share).toFixed(0)} % |`);
}

/** The input layer over 128 real images: what its entries cost forward and backward. */
async function measureSparse(build, { kernels, memory }) {
  const source = values["data-dir"] ? { dataDirectory: values["data-dir"] } : {};
  const { inputs, features } = await loadMnistTest(source);
  const rows = 128;
  const chunkBytes = rows * features * 8;
  let free = PAGE;
  const allocate = (bytes) => {
    const at = free;
    free += Math.ceil(bytes / 64) * 64;
    return at;
  };
  const batch = allocate(7 * 4);
  const fields = [
    features,
    chunkBytes,
    allocate(chunkBytes),
    allocate((rows + 1) * 4),
    allocate(chunkBytes),
    allocate((features + 1) * 4),
    allocate(features),
  ];
  new Int32Array(memory.buffer, batch, fields.length).set(fields);
  const bytes = allocate(rows * features);
  new Uint8Array(memory.buffer, bytes, rows * features).set(inputs.subarray(0, rows * features));
  kernels.compressChunk(batch, 0, bytes, 1, 1 / 255, 0, 0, rows);
  const entries = kernels.countNonZeroBytes(bytes, rows * features);
  const weights = allocate(kernels.blockedBytes(features, 32));
  const z = allocate(kernels.blockedBytes(rows, 32));
  const sums = allocate(kernels.blockedBytes(features, 32));
  const operations = 2 * entries * 32;
  const forward = () => kernels.multiplySparse(z, batch, 0, weights, rows);
  const backward = () => kernels.gradientSparse(sums, z, batch, 1, 0, features);
  printRow(build, "sparse forward, 128 images", measure(kernels, operations, forward));
  printRow(build, "sparse gradient", measure(kernels, operations, backward));
}

enableRelaxedSimd();
console.log(`Node ${process.versions.node}\n`);
console.log("| build | kernel | GFLOP/s | of the peak |");
console.log("|---|---|---|---|");
for (const build of ["wasmlp", "wasmlp.relaxed"]) {
  const { kernels } = await instantiate(build);
  const peakOperations = PEAK_ITERATIONS * kernels.operationsPerIteration();
  const peak = () => kernels.multiplyAddPeak(PEAK_ITERATIONS, 0.5, 1);
  // The compiler takes its time to optimise.
  speed(1, peak);
  printRow(build, "multiply-add peak", measure(kernels, peakOperations, peak));
  for (const [kernel, rows, columns, depth] of PRODUCTS) {
    const a = PAGE;
    const b = a + rows * depth * FLOAT;
    const c = b + depth * columns * FLOAT;
    const workspace = Math.ceil((c + rows * columns * FLOAT) / 64) * 64;
    const call = () => kernels[kernel](c, a, b, workspace, rows, columns, depth, 0);
    speed(1, call);
    const result = measure(kernels, 2 * rows * columns * depth, call);
    printRow(build, `${kernel} ${rows}×${columns}×${depth}`, result);
  }
  await measureSparse(build, await instantiate(build));
}
