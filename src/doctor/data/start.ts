/** A network on a data set before its first step. */
import { type Dataset, sliceDataset } from "../../data/dataset.js";
import { Mlp, type MlpOptions } from "../../mlp.js";
import { lossOf } from "../../model/architecture.js";
import type { Finding } from "../finding.js";
import type { Examination } from "./examination.js";

/** Samples that the first loss is taken over. */
const SAMPLES = 1000;
/** A guess among k classes costs ln k; He's and Glorot's weights add little, these times as much is a claim. */
const LOUD = 2;
/** Samples that any network ought to learn by heart, and steps to do so in. */
const BATCH = 32;
const STEPS = 300;

/** @throws OptionError when the network does not fit the data set. */
export async function examineStart(
  options: Pick<MlpOptions, "architecture" | "initialization" | "seed">,
  dataset: Dataset,
): Promise<Examination> {
  const results = [await examineFirstLoss(options, dataset), await examineMemory(options, dataset)];
  return {
    findings: results.flatMap(({ findings }) => findings),
    facts: results.flatMap(({ facts }) => facts),
  };
}

async function examineFirstLoss(
  options: Pick<MlpOptions, "architecture" | "initialization" | "seed">,
  dataset: Dataset,
): Promise<Examination> {
  if (lossOf(options.architecture) !== "cross-entropy") return { findings: [], facts: [] };
  using model = await Mlp.create(options);
  const { loss } = await model.evaluate(
    sliceDataset(dataset, 0, Math.min(SAMPLES, dataset.samples)),
  );
  const guess = Math.log(dataset.targets.names.length);
  const limit = LOUD * guess;
  const evidence = `the first loss is ${loss.toFixed(3)}, that of a guess ln ${dataset.targets.names.length} = ${guess.toFixed(3)}`;
  if (loss <= limit) return { findings: [], facts: [evidence] };
  const finding: Finding = {
    id: "initial-loss",
    at: "loss",
    evidence,
    cause:
      "the network claims to know before it has learnt anything: its weights or its inputs are too large",
    advice: "begin with Glorot's or He's weights, and scale the inputs",
    value: loss,
    threshold: limit,
  };
  return { findings: [finding], facts: [] };
}

async function examineMemory(
  options: Pick<MlpOptions, "architecture" | "initialization" | "seed">,
  dataset: Dataset,
): Promise<Examination> {
  const batch = sliceDataset(dataset, 0, Math.min(BATCH, dataset.samples));
  using model = await Mlp.create({ ...options, threads: 1 });
  let steps = 0;
  let accuracy = 0;
  for await (const epoch of model.epochs(batch, {
    epochs: STEPS,
    batchSize: "full",
    optimizer: "adam",
    learningRate: 0.003,
  })) {
    steps = epoch.epoch;
    accuracy = epoch.accuracy ?? 0;
    if (accuracy === 1) break;
  }
  const { samples } = batch;
  const share = `${Math.round(accuracy * samples)} of ${samples} samples`;
  if (accuracy === 1) {
    return { findings: [], facts: [`${samples} samples are learnt by heart in ${steps} steps`] };
  }
  const finding: Finding = {
    id: "cannot-overfit",
    at: "network",
    evidence: `after ${STEPS} steps of Adam on one batch the network is right about ${share}`,
    cause:
      "a network that cannot learn a handful of samples by heart cannot learn a data set either",
    advice:
      "look at the weights it begins with, at the labels of these samples, and at the number of units",
    value: accuracy,
    threshold: 1,
  };
  return { findings: [finding], facts: [] };
}
