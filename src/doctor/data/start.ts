/** A network on a data set before its first step. */
import { type Dataset, sliceDataset } from "../../data/dataset.js";
import { TrainingError } from "../../errors.js";
import { Mlp, type MlpOptions } from "../../mlp.js";
import { lossOf } from "../../model/architecture.js";
import type { LayerState } from "../../model/session.js";
import type { Finding } from "../finding.js";
import { examineFlow } from "../run/flow.js";
import { LOUD } from "../run/guess.js";
import type { Examination } from "./examination.js";

/** Samples that the first loss is taken over. */
const SAMPLES = 1000;
/** Samples that the first gradient is taken over, and a learning rate that changes nothing. */
const GRADIENT_SAMPLES = 128;
const NO_STEP = 1e-30;
/** Samples that any network ought to learn by heart, and steps to do so in. */
const BATCH = 32;
const STEPS = 1000;
const MEMORY_OPTIMIZER = { optimizer: "adam", learningRate: 0.003 } as const;

/** @throws OptionError when the network does not fit the data set. */
export async function examineStart(
  options: Pick<MlpOptions, "architecture" | "initialization" | "seed">,
  dataset: Dataset,
): Promise<Examination> {
  const first = await examineFirstLoss(options, dataset);
  const isLoud = first.findings.length > 0;
  const results = [
    first,
    await examineFirstGradient(options, dataset, isLoud),
    await examineMemory(options, dataset),
  ];
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
    ...(Number.isFinite(loss) && { value: loss }),
    threshold: limit,
  };
  return { findings: [finding], facts: [] };
}

/** Whether the gradient reaches the first layer at all, and in a bearable size. */
async function examineFirstGradient(
  options: Pick<MlpOptions, "architecture" | "initialization" | "seed">,
  dataset: Dataset,
  isLoud: boolean,
): Promise<Examination> {
  const batch = sliceDataset(dataset, 0, Math.min(GRADIENT_SAMPLES, dataset.samples));
  using model = await Mlp.create({ ...options, threads: 1 });
  let findings: Finding[] = [];
  const inspect = (_: unknown, layers: readonly LayerState[]) => {
    findings = examineFlow(layers, isLoud);
  };
  try {
    await model.fit(batch, { epochs: 1, batchSize: "full", learningRate: NO_STEP, inspect });
  } catch (error) {
    // A loss that overflows at once is the first loss's finding.
    if (!(error instanceof TrainingError)) throw error;
  }
  return { findings, facts: [] };
}

async function examineMemory(
  options: Pick<MlpOptions, "architecture" | "initialization" | "seed">,
  dataset: Dataset,
): Promise<Examination> {
  const batch = sliceDataset(dataset, 0, Math.min(BATCH, dataset.samples));
  using model = await Mlp.create({ ...options, threads: 1 });
  let steps = 0;
  let accuracy = 0;
  try {
    const options = { epochs: STEPS, batchSize: "full", ...MEMORY_OPTIMIZER } as const;
    for await (const epoch of model.epochs(batch, options)) {
      steps = epoch.epoch;
      accuracy = epoch.accuracy ?? 0;
      if (accuracy === 1) break;
    }
  } catch (error) {
    // Numbers that overflow are learnt by nobody.
    if (!(error instanceof TrainingError)) throw error;
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
