/** What `wasmlp train` tells while it runs: to people, to programs, or only the result. */
import type {
  Dataset,
  EpochReport,
  FitOptions,
  HiddenActivation,
  Initialization,
  Mlp,
  Progress,
} from "../index.js";
import { epochLine } from "../report/epochLine.js";
import { modelSummary } from "../report/modelSummary.js";
import { trainingProgress } from "../report/progressLine.js";
import { trainingPlan } from "../report/trainingPlan.js";
import { trainingResult } from "../report/trainingResult.js";
import { readerHasGone } from "./interruption.js";
import type { Terminal } from "./terminal.js";

export interface TrainSettings
  extends Required<Pick<FitOptions, "epochs" | "batchSize" | "learningRate" | "seed">> {
  readonly hidden: readonly number[];
  readonly activation: HiddenActivation;
  readonly initialization: Initialization;
}

export interface TrainStart {
  readonly model: Mlp;
  readonly training: Dataset;
  readonly test: Dataset;
}

export interface TrainEnd {
  readonly training: Dataset;
  readonly test: Dataset;
  /** The epochs that were completed. */
  readonly epochs: readonly EpochReport[];
  /** Where the model was saved, if it was. */
  readonly out: string | undefined;
}

export interface TrainReport {
  start(start: TrainStart): void;
  progress(progress: Progress): void;
  epoch(report: EpochReport): void;
  end(end: TrainEnd): void;
  /** In place of `end` when training stopped before the last epoch had ended. */
  interrupted(end: TrainEnd): void;
}

/** Model summary, progress, a line an epoch, result. */
export function fullReport(terminal: Terminal, settings: TrainSettings): TrainReport {
  return {
    ...resultReport(terminal, settings),
    start({ model, training }) {
      terminal.print(`${modelSummary(model.summary(), terminal.layout)}\n`);
      const plan = {
        data: training.name,
        samples: training.samples,
        ...settings,
        ...model.execution,
      };
      terminal.print(`${trainingPlan(plan, terminal.layout)}\n`);
    },
    progress: (progress) => showProgress(terminal, progress),
    epoch(report) {
      terminal.progress("");
      terminal.print(epochLine(report, settings.epochs, terminal.layout));
    },
    end(end) {
      terminal.print("");
      resultReport(terminal, settings).end(end);
    },
  };
}

/** Nothing but the result. */
export function resultReport(terminal: Terminal, settings: TrainSettings): TrainReport {
  return {
    start() {},
    progress() {},
    epoch() {},
    end({ training, test, epochs, out }) {
      const accuracy = epochs.at(-1)?.validationAccuracy ?? 0;
      const result = {
        testSet: test.name,
        testSamples: test.samples,
        testCorrect: Math.round(accuracy * test.samples),
        ...speed(training, epochs),
        savedIn: out,
        next:
          out === undefined
            ? "--out model.safetensors would save the model"
            : `${terminal.program} evaluate ${shellWord(out)}`,
      };
      terminal.print(trainingResult(result, terminal.layout));
    },
    interrupted({ epochs, out }) {
      if (out === undefined && readerHasGone(terminal.signal.reason)) return;
      const epoch = `epoch ${epochs.length + 1} of ${settings.epochs}`;
      const model = out === undefined ? "was not saved" : `as it stands is saved in ${out}`;
      terminal.progress("");
      terminal.note(`Interrupted in ${epoch}; the model ${model}.`);
    },
  };
}

/** A JSON object a line. */
export function jsonReport(terminal: Terminal, settings: TrainSettings): TrainReport {
  const print = (event: object) => terminal.print(JSON.stringify(event));
  const printEnd = ({ training, test, epochs, out }: TrainEnd, interrupted: boolean) =>
    print({
      event: "end",
      interrupted,
      epochs: epochs.length,
      // Of a model that has been trained on since, the last epoch's accuracy says nothing.
      testAccuracy: interrupted ? null : epochs.at(-1)?.validationAccuracy,
      testSamples: test.samples,
      ...speed(training, epochs),
      out: out ?? null,
    });
  return {
    start: ({ model, training, test }) =>
      print({
        event: "start",
        training: { name: training.name, samples: training.samples },
        test: { name: test.name, samples: test.samples },
        layers: model.summary(),
        parameters: model.parameters,
        ...settings,
        threads: model.execution.threads,
        simd: model.execution.simd,
      }),
    progress: (progress) => showProgress(terminal, progress),
    epoch({ epoch, loss, accuracy, validationAccuracy, seconds }) {
      terminal.progress("");
      print({ event: "epoch", epoch, loss, accuracy, testAccuracy: validationAccuracy, seconds });
    },
    end: (end) => printEnd(end, false),
    interrupted(end) {
      terminal.progress("");
      printEnd(end, true);
    },
  };
}

function showProgress(terminal: Terminal, progress: Progress): void {
  if (terminal.showsProgress)
    terminal.progress(trainingProgress(progress, terminal.progressLayout));
}

function speed(
  training: Dataset,
  epochs: readonly EpochReport[],
): { seconds: number; samplesPerSecond: number } {
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const samples = training.samples * epochs.length;
  return { seconds, samplesPerSecond: seconds > 0 ? samples / seconds : 0 };
}

/** `path` such that a POSIX shell takes it for one word. */
function shellWord(path: string): string {
  return /^[\w./+@%-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
