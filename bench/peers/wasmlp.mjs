/** Training in wasmlp; see job.mjs. */
import { readFileSync } from "node:fs";
import { createDataset, Mlp, perceptron } from "../../build/index.js";
import { enableRelaxedSimd } from "../../build/node/index.js";
import { readJob } from "./job.mjs";

enableRelaxedSimd();
const job = readJob();
const { samples, features, hidden, classes, activation, batchSize, learningRate, epochs } = job;
const dataset = createDataset({
  name: "MNIST",
  inputs: readFileSync(job.inputs).subarray(0, samples * features),
  features,
  targets: {
    kind: "classes",
    labels: readFileSync(job.labels).subarray(0, samples),
    names: Array.from({ length: classes }, (_, index) => String(index)),
  },
});
const model = await Mlp.create({
  architecture: perceptron(features, hidden, classes, activation),
  initialization: job.initialization,
  threads: job.threads,
});
const { oneCycle, dropout } = job;
const rule = oneCycle && { optimizer: "adam", schedule: { kind: "one-cycle", ...oneCycle } };
const history = await model.fit(dataset, { epochs, batchSize, learningRate, dropout, ...rule });
const manifest = new URL("../../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, "utf8"));
console.log(
  JSON.stringify({
    version: `wasmlp ${version}, ${model.execution.simd} SIMD`,
    epochs: history.epochs.map(({ seconds, loss }) => ({ seconds, loss })),
  }),
);
model.dispose();
process.exit();
