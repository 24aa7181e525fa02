/** Training: epochs of mini-batch gradient descent. */
import type { Dataset } from "../data/dataset.js";
import { OptionError, TrainingError } from "../errors.js";
import type { Network } from "../model/network.js";
import { Session } from "../model/session.js";
import { createEvaluationSession, evaluateSession } from "./evaluate.js";
import type { EpochReport, FitOptions, History } from "./options.js";
import { type ResolvedFitOptions, resolveFitOptions } from "./resolveOptions.js";

/** Networks that are being trained at the moment. */
const inTraining = new WeakSet<Network>();

/**
 * Trains `network` on `dataset`, an epoch at each turn of the iterator. Leaving the loop ends the
 * training; the network keeps what it has learned.
 *
 * @throws OptionError when an option is out of range or a data set does not fit the network.
 * @throws TrainingError when the loss, or a parameter at the end of an epoch, becomes NaN or
 * infinite.
 * @throws the signal's reason, after the step under way, when `options.signal` aborts.
 */
export async function* trainEpochs(
  network: Network,
  dataset: Dataset,
  options: FitOptions = {},
): AsyncGenerator<EpochReport, History, undefined> {
  const settings = resolveFitOptions(options, dataset.samples);
  if (inTraining.has(network)) {
    throw new OptionError(
      "fit was called while the model is being trained, expected one fit at a time",
    );
  }
  inTraining.add(network);
  const sessions: Session[] = [];
  try {
    const { batchSize, learningRate, shuffle, validation } = settings;
    const order = shuffle && batchSize < dataset.samples ? "shuffled" : "stored";
    const training = new Session(network, dataset, {
      purpose: "train",
      batchSize,
      learningRate,
      order,
    });
    sessions.push(training);
    const checking = validation && createEvaluationSession(network, validation);
    if (checking) sessions.push(checking);

    const epochs: EpochReport[] = [];
    let seconds = 0;
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      training.startEpoch(settings.seed, epoch);
      const trained = await trainEpoch(training, epoch, settings);
      checkParameters(network, epoch, settings);
      const checked = checking && (await evaluateSession(checking, settings.signal));
      const report: EpochReport = {
        epoch,
        ...trained,
        ...(checked && { validationLoss: checked.loss, validationAccuracy: checked.accuracy }),
      };
      epochs.push(report);
      seconds += report.seconds;
      settings.onEpoch?.(report);
      yield report;
    }
    return { epochs, seconds };
  } finally {
    for (const session of sessions) session.free();
    inTraining.delete(network);
  }
}

async function trainEpoch(
  session: Session,
  epoch: number,
  settings: ResolvedFitOptions,
): Promise<Pick<EpochReport, "loss" | "accuracy" | "seconds">> {
  const { samples, steps, batchSize } = session;
  const start = performance.now();
  let seen = 0;
  let loss = 0;
  let correct = 0;
  const onTick = (completed: number) => {
    const totals = session.totals(seen, completed - seen);
    loss += totals.loss;
    correct += totals.correct;
    if (!Number.isFinite(loss)) throw diverged(session, epoch, seen, completed, settings);
    seen = completed;
    if (completed === 0) return;
    const samplesDone = Math.min(samples, completed * batchSize);
    settings.onProgress?.({
      epoch,
      epochs: settings.epochs,
      samplesDone,
      samples,
      loss: loss / samplesDone,
      accuracy: correct / samplesDone,
      seconds: (performance.now() - start) / 1000,
    });
  };
  await session.run({ signal: settings.signal, onTick });
  // Summed afresh, in the order of the steps: the ticks differ from run to run, and with them the
  // rounding of what was summed on the way.
  const totals = session.totals(0, steps);
  return {
    loss: totals.loss / samples,
    accuracy: totals.correct / samples,
    seconds: (performance.now() - start) / 1000,
  };
}

/** The last update of an epoch is followed by no loss that would show that it went too far. */
function checkParameters(
  { engine, layers }: Network,
  epoch: number,
  { learningRate }: ResolvedFitOptions,
): void {
  const { memory } = engine;
  layers.forEach(({ inputs, units, weights, biases }, index) => {
    for (const values of [memory.floats(weights, inputs * units), memory.floats(biases, units)]) {
      const position = values.findIndex((value) => !Number.isFinite(value));
      if (position < 0) continue;
      throw new TrainingError(
        `training diverged in epoch ${epoch}: a parameter of layer ${index + 1} is ${values[position]} after it, expected a finite number; try a learning rate below ${learningRate}`,
      );
    }
  });
}

/** Names the first of steps `first` to `end − 1` whose loss is not finite. */
function diverged(
  session: Session,
  epoch: number,
  first: number,
  end: number,
  { learningRate }: ResolvedFitOptions,
): TrainingError {
  let step = first;
  while (step < end - 1 && Number.isFinite(session.totals(step, 1).loss)) step++;
  const { loss } = session.totals(step, 1);
  return new TrainingError(
    `training diverged in epoch ${epoch}, step ${step + 1} of ${session.steps}: the loss is ${loss}, expected a finite number; try a learning rate below ${learningRate}`,
  );
}
