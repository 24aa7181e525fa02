/** Evaluation: how well a network classifies a data set. */
import type { Dataset, Targets, ValueTargets } from "../data/dataset.js";
import type { Tracer } from "../engine/tracer.js";
import { TrainingError } from "../errors.js";
import { predictAll } from "../model/batchPredictor.js";
import type { Network } from "../model/network.js";
import { Session } from "../model/session.js";
import { confusionMatrix, reportClasses, reportValues } from "./metrics.js";
import type { Evaluation, RegressionEvaluation } from "./options.js";

/** Samples a step: enough for the matrix products to run at speed, few enough to stay in cache. */
const BATCH_SIZE = 256;

/** A session for evaluation: no gradients, samples in the order that they are stored in. */
export function createEvaluationSession(
  network: Network,
  dataset: Dataset<Targets>,
): Promise<Session> {
  return Session.create(network, dataset, {
    batchSize: BATCH_SIZE,
    order: "stored",
  });
}

/**
 * @throws OptionError when the data set does not fit the network.
 * @throws DataError when a number of it is NaN or infinite.
 * @throws ModelError when a parameter is NaN or infinite, TrainingError when the loss is.
 * @throws the signal's reason, after the step under way, when `signal` aborts.
 */
export async function evaluate(
  network: Network,
  dataset: Dataset,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const session = await createEvaluationSession(network, dataset);
  try {
    const { loss, accuracy, correct } = await evaluateSession(session, signal);
    const { labels, names } = dataset.targets;
    const predicted = session.predicted();
    const confusion = confusionMatrix(labels, predicted, names.length);
    return {
      samples: dataset.samples,
      correct,
      accuracy,
      loss,
      predicted,
      losses: session.losses(),
      confusion,
      classes: reportClasses(confusion, names),
    };
  } finally {
    session.free();
  }
}

/**
 * @throws OptionError when the data set does not fit the network.
 * @throws DataError when a number of it is NaN or infinite.
 * @throws ModelError when a parameter is NaN or infinite, TrainingError when the loss is.
 * @throws the signal's reason, after the step under way, when `signal` aborts.
 */
export async function evaluateRegression(
  network: Network,
  dataset: Dataset<ValueTargets>,
  signal?: AbortSignal,
): Promise<RegressionEvaluation> {
  const session = await createEvaluationSession(network, dataset);
  try {
    const { loss } = await evaluateSession(session, signal);
    const predictions = await predictAll(network, dataset.inputs, { signal });
    return {
      samples: dataset.samples,
      loss,
      losses: session.losses(),
      predictions,
      values: reportValues(dataset.targets, predictions),
    };
  } finally {
    session.free();
  }
}

/**
 * One pass over the session's data set.
 *
 * @throws TrainingError when the loss is NaN or infinite.
 * @throws the signal's reason, after the step under way, when `signal` aborts.
 */
export async function evaluateSession(
  session: Session,
  signal?: AbortSignal,
  trace?: Tracer,
): Promise<Pick<Evaluation, "loss" | "accuracy" | "correct">> {
  await session.run({ signal, trace });
  const { loss, correct } = session.totals(0, session.steps);
  if (!Number.isFinite(loss)) {
    throw new TrainingError(`${session.name}: the loss is ${loss}, expected a finite number`);
  }
  return { loss: loss / session.samples, accuracy: correct / session.samples, correct };
}
