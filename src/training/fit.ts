/** Training: epochs of mini-batch gradient descent. */
import { checkOptions } from "../arguments.js";
import { checkDataset, type Dataset, type Targets } from "../data/dataset.js";
import { ModelError, OptionError, TrainingError } from "../errors.js";
import type { LearningState } from "../model/learningState.js";
import type { Network } from "../model/network.js";
import { Session } from "../model/session.js";
import { strayParameter } from "../model/soundness.js";
import { checkEpoch, divergedLoss } from "./divergence.js";
import { EarlyStopping } from "./earlyStopping.js";
import { createEvaluationSession, evaluateSession } from "./evaluate.js";
import type { EpochReport, FitOptions, History } from "./options.js";
import { copyParameters, type Parameters, restoreParameters, updateCopy } from "./parameters.js";
import { Plateau } from "./plateau.js";
import {
  FIT_OPTIONS,
  learningOf,
  resolveFitOptions,
  type TrainingSettings,
} from "./resolveOptions.js";
import { StepSettingsWriter } from "./stepSettings.js";
import { takeForTraining } from "./trainee.js";

/**
 * Trains `network` on `dataset`, an epoch at each turn of the iterator. Leaving the loop ends the
 * training; the network keeps what it has learned. Until then a copy of the parameters of the last whole
 * epoch is held beside them, 4 bytes a parameter, to go back to when training diverges; early stopping
 * holds another, of the best epoch.
 *
 * @throws OptionError when an option is out of range or a data set does not fit the network.
 * @throws ModelError when `options.resume` is not a checkpoint of this run.
 * @throws DataError when a number of a data set is NaN or infinite.
 * @throws TrainingError when the loss, or a parameter at the end of an epoch, becomes NaN or
 * infinite; the network then has the parameters of the last whole epoch, or those that it began with.
 * @throws the signal's reason, after the step under way, when `options.signal` aborts.
 */
export async function* trainEpochs(
  network: Network,
  dataset: Dataset<Targets>,
  options: FitOptions = {},
): AsyncGenerator<EpochReport, History, undefined> {
  checkDataset(dataset);
  checkOptions("fit or epochs", options, FIT_OPTIONS);
  const settings = resolveFitOptions(options, dataset.samples);
  const { trace } = options;
  if (trace && network.execution.memory === "private") {
    throw new OptionError("trace is given, expected a host that shares memory between threads");
  }
  const release = takeForTraining(network, "fit");
  const sessions: Session[] = [];
  let averaging: LearningState | undefined;
  let isAveraged = false;
  let diverged = false;
  let kept: Parameters | undefined;
  try {
    trace?.begin("TypeScript", 1);
    const { validation, onCheckpoint, resume } = options;
    // Pages that keep no checkpoints load nothing of them.
    const checkpoints = onCheckpoint || resume ? await import("./checkpoint.js") : undefined;
    const run = checkpoints?.identifyRun(network.architecture, settings, dataset, validation);
    const resumed = run && resume && checkpoints?.resumeRun(resume, run);
    // Before the session, whose average begins as the parameters.
    if (resumed) restoreParameters(network, resumed.parameters);
    const { batchSize, shuffle } = settings;
    const { kind } = dataset.targets;
    if (kind === "values" && settings.earlyStopping?.monitor === "accuracy") {
      throw new OptionError(
        'earlyStopping.monitor is "accuracy", expected loss as values are predicted',
      );
    }
    const training = await Session.create(network, dataset, {
      batchSize,
      order: shuffle && batchSize < dataset.samples ? "shuffled" : "stored",
      learning: learningOf(settings),
    });
    sessions.push(training);
    kept = copyParameters(network);
    const missing = resumed && training.learned.restore(resumed.optimizer);
    if (missing !== undefined) {
      throw new ModelError(`checkpoint: "${missing}" is missing or of another size`);
    }
    const checking = validation && (await createEvaluationSession(network, validation));
    if (checking) sessions.push(checking);

    const epochs: EpochReport[] = [...(resumed?.epochs ?? [])];
    const writer = new StepSettingsWriter(training, settings, epochs.length);
    const { schedule } = settings;
    const plateau =
      schedule.kind === "plateau"
        ? new Plateau(schedule, resumed?.plateau ?? undefined)
        : undefined;
    const stopping =
      settings.earlyStopping &&
      new EarlyStopping(settings.earlyStopping, resumed?.best ?? undefined);
    if (settings.averaging > 0) averaging = training.learned;

    for (let epoch = epochs.length + 1; epoch <= settings.epochs; epoch++) {
      if (stopping?.endsAfter(epoch - 1)) break;
      const learningRate = writer.writeEpoch(plateau?.state.fraction ?? 1);
      training.startEpoch(settings.seed, epoch);
      trace?.begin("training", epoch);
      const { accuracy, ...trained } = await trainEpoch(training, epoch, settings, {
        ...options,
        kind,
      });
      trace?.begin("TypeScript", epoch);
      checkEpoch(network, epoch, settings);
      const layers = options.inspect && training.layerStates();
      averaging?.exchangeAverage();
      isAveraged = true;
      if (checking) trace?.begin("validation", epoch);
      const checked = checking && (await evaluateSession(checking, options.signal, trace));
      trace?.begin("TypeScript", epoch);
      const report: EpochReport = {
        epoch,
        loss: trained.loss,
        ...(accuracy !== undefined && { accuracy }),
        seconds: trained.seconds,
        ...(checked && { validationLoss: checked.loss }),
        ...(checked && kind === "classes" && { validationAccuracy: checked.accuracy }),
        learningRate,
      };
      stopping?.observe(network, report);
      updateCopy(network, kept);
      averaging?.exchangeAverage();
      isAveraged = false;
      plateau?.observe(report.validationLoss ?? report.loss);
      epochs.push(report);
      if (layers) options.inspect?.(report, layers);
      // Before the checkpoint: a run that is killed in between reports the epoch again.
      await options.onEpoch?.(report);
      if (checkpoints && run && onCheckpoint) {
        const checkpoint = checkpoints.encodeCheckpoint(run, {
          epochs,
          parameters: copyParameters(network),
          optimizer: training.learned.copy(),
          plateau: plateau?.state ?? null,
          best: stopping?.best ?? null,
        });
        await onCheckpoint(checkpoint);
      }
      yield report;
    }
    averaging?.exchangeAverage();
    averaging = undefined;
    const restoredEpoch = stopping?.restore(network);
    const seconds = epochs.reduce((sum, report) => sum + report.seconds, 0);
    return { epochs, seconds, ...(restoredEpoch !== undefined && { restoredEpoch }) };
  } catch (error) {
    diverged = error instanceof TrainingError;
    throw error;
  } finally {
    if (!network.disposed) {
      // Whoever leaves early takes the average too; during validation the network has it already.
      if (!isAveraged) averaging?.exchangeAverage();
      // An epoch that was left early may have diverged unseen.
      if (kept && (diverged || strayParameter(network))) restoreParameters(network, kept);
    }
    // Else it would last as long as the iterator.
    kept = undefined;
    for (const session of sessions) session.free();
    release();
    trace?.end();
  }
}

async function trainEpoch(
  session: Session,
  epoch: number,
  settings: TrainingSettings,
  { signal, onProgress, trace, inspect, kind }: FitOptions & { readonly kind: Targets["kind"] },
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
    if (!Number.isFinite(loss)) throw divergedLoss(session, epoch, seen, completed, settings);
    seen = completed;
    if (completed === 0) return;
    const samplesDone = Math.min(samples, completed * batchSize);
    onProgress?.({
      epoch,
      epochs: settings.epochs,
      samplesDone,
      samples,
      loss: loss / samplesDone,
      ...(kind === "classes" && { accuracy: correct / samplesDone }),
      seconds: (performance.now() - start) / 1000,
    });
  };
  const last = steps - 1;
  if (inspect) {
    // Whoever looks at the layers wants to know what the last update changed.
    if (last > 0) await session.run({ signal, onTick, trace, steps: last });
    session.keepWeights();
  }
  await session.run({ signal, onTick, trace, first: inspect ? last : 0 });
  // Summed afresh, in the order of the steps: the ticks differ from run to run, and with them the
  // rounding of what was summed on the way.
  const totals = session.totals(0, steps);
  return {
    loss: totals.loss / samples,
    ...(kind === "classes" && { accuracy: totals.correct / samples }),
    seconds: (performance.now() - start) / 1000,
  };
}
