/** The block before a training run: on what, how, and with which kernels. */
import { facts } from "./facts.js";
import { count, plural } from "./numbers.js";
import type { Layout } from "./table.js";

export interface TrainingPlan {
  /** The name of the data set. */
  readonly data: string;
  readonly samples: number;
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly learningRate: number;
  /** What else makes the run what it is, in words. */
  readonly details?: readonly string[];
  readonly threads: number;
  readonly simd: "plain" | "relaxed";
}

export function trainingPlan(plan: TrainingPlan, layout: Layout): string {
  const { data, samples, epochs, batchSize, learningRate, details = [] } = plan;
  const { threads, simd } = plan;
  const batches = batchSize === "full" ? "all samples at once" : `batches of ${count(batchSize)}`;
  return facts(
    [
      { name: "Data", value: data, note: `${count(samples)} samples` },
      {
        name: "Training",
        value: plural(epochs, "epoch"),
        note: `${batches}, learning rate ${learningRate}`,
      },
      ...(details.length > 0 ? [{ name: "Rules", value: details.join(", ") }] : []),
      { name: "Kernels", value: plural(threads, "thread"), note: `${simd} SIMD` },
    ],
    layout,
  );
}
