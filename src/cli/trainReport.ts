/** What `wasmlp train` tells while it runs: to people, to programs, or only the result. */
import type {
  Dataset,
  EpochReport,
  Finding,
  Mlp,
  Progress,
  Targets,
  ValueReport,
} from "../index.js";
import { formatSchedule } from "../index.js";
import { epochLine } from "../report/epochLine.js";
import { findingText } from "../report/findings.js";
import { modelSummary } from "../report/modelSummary.js";
import { count } from "../report/numbers.js";
import { trainingProgress } from "../report/progressLine.js";
import { traceTable } from "../report/traceTable.js";
import { trainingPlan } from "../report/trainingPlan.js";
import { trainingResult } from "../report/trainingResult.js";
import type { Trace } from "../trace/index.js";
import { readerHasGone } from "./interruption.js";
import type { Terminal } from "./terminal.js";
import type { SettingTexts, TrainSettings } from "./trainSettings.js";

export interface TrainStart {
  readonly model: Mlp;
  readonly training: Dataset<Targets>;
  readonly test: Dataset<Targets>;
  /** What is evaluated after each epoch. */
  readonly validation: Dataset<Targets> | undefined;
}

/** How good a model is on the test set. */
export type TestScore =
  | { readonly kind: "classes"; readonly accuracy: number }
  | { readonly kind: "values"; readonly values: readonly ValueReport[] };

export interface TrainEnd {
  readonly training: Dataset<Targets>;
  readonly test: Dataset<Targets>;
  /** The epochs that were completed. */
  readonly epochs: readonly EpochReport[];
  /** Of the model as it is; undefined where it is not known. */
  readonly score: TestScore | undefined;
  /** The epoch that early stopping went back to. */
  readonly restoredEpoch: number | undefined;
  /** The file of the table or arrays that the model is trained on, if it is one. */
  readonly ownData: string | undefined;
  /** Where the model was saved, if it was. */
  readonly out: string | undefined;
}

export interface TrainReport {
  start(start: TrainStart): void;
  progress(progress: Progress): void;
  epoch(report: EpochReport): void;
  /** What the doctor saw in the epoch before. */
  finding(finding: Finding): void;
  /** What was recorded, and the file that it is in; before `end` or `interrupted`. */
  trace(trace: Trace, file: string): void;
  end(end: TrainEnd): void;
  /** In place of `end` when training stopped before the last epoch had ended. */
  interrupted(end: TrainEnd): void;
}

/** Model summary, progress, a line an epoch, result. */
export function fullReport(terminal: Terminal, settings: TrainSettings): TrainReport {
  let validated: "test" | "validation" = "test";
  let last: "nothing" | "an epoch" | "a finding" = "nothing";
  return {
    ...resultReport(terminal, settings),
    start({ model, training, test, validation }) {
      validated = validation === test ? "test" : "validation";
      terminal.print(`${modelSummary(model.summary(), terminal.layout)}\n`);
      const plan = {
        data: training.name,
        samples: training.samples,
        ...settings,
        details: trainingDetails(settings),
        ...model.execution,
      };
      terminal.print(`${trainingPlan(plan, terminal.layout)}\n`);
    },
    progress: (progress) => showProgress(terminal, progress),
    epoch(report) {
      terminal.progress("");
      if (last === "a finding") terminal.print("");
      last = "an epoch";
      terminal.print(epochLine(report, settings.epochs, terminal.layout, validated));
    },
    finding(finding) {
      if (last !== "nothing") terminal.print("");
      terminal.print(findingText(finding, terminal.layout));
      last = "a finding";
    },
    trace(trace, file) {
      terminal.print(`\n${traceTable(trace.epochs, terminal.layout)}`);
      noteTrace(terminal, trace, file);
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
    finding: (finding) => terminal.print(`${findingText(finding, terminal.layout)}\n`),
    trace: (trace, file) => noteTrace(terminal, trace, file),
    end({ training, test, epochs, score, restoredEpoch, ownData, out }) {
      const result = {
        testSet: test.name,
        testSamples: test.samples,
        ...(score?.kind === "values"
          ? { testValues: score.values }
          : { testCorrect: Math.round((score?.accuracy ?? 0) * test.samples) }),
        restoredEpoch,
        ...speed(training, epochs),
        savedIn: out,
        next:
          out === undefined
            ? "--out model.safetensors would save the model"
            : `${terminal.program} evaluate ${shellWord(out)}${ownData === undefined ? "" : ` --data ${shellWord(ownData)}`}`,
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
export function jsonReport(
  terminal: Terminal,
  settings: TrainSettings,
  texts: SettingTexts,
): TrainReport {
  let validated: "test" | "validation" = "test";
  const print = (event: object) => terminal.print(JSON.stringify(event));
  const printEnd = (
    { training, test, epochs, score, restoredEpoch, out }: TrainEnd,
    interrupted: boolean,
  ) =>
    print({
      event: "end",
      interrupted,
      epochs: epochs.length,
      ...(test.targets.kind === "values"
        ? { testValues: score?.kind === "values" ? score.values : null }
        : { testAccuracy: score?.kind === "classes" ? score.accuracy : null }),
      testSamples: test.samples,
      ...speed(training, epochs),
      ...(restoredEpoch !== undefined && { restoredEpoch }),
      out: out ?? null,
    });
  return {
    start({ model, training, test, validation }) {
      validated = validation === test ? "test" : "validation";
      const { hidden, activation, init, epochs, batchSize, learningRate, seed = 0 } = settings;
      print({
        event: "start",
        training: { name: training.name, samples: training.samples },
        test: { name: test.name, samples: test.samples },
        layers: model.summary(),
        parameters: model.parameters,
        hidden,
        activation,
        initialization: init,
        epochs,
        batchSize,
        learningRate,
        seed,
        settings: texts,
        threads: model.execution.threads,
        simd: model.execution.simd,
      });
    },
    progress: (progress) => showProgress(terminal, progress),
    epoch({ validationLoss: loss, validationAccuracy: accuracy, ...report }) {
      terminal.progress("");
      const checked = { [`${validated}Loss`]: loss, [`${validated}Accuracy`]: accuracy };
      print({ event: "epoch", ...report, ...checked });
    },
    finding: (finding) => print({ event: "finding", ...finding }),
    trace({ epochs, droppedSpans }, file) {
      print({ event: "trace", file, droppedSpans, epochs });
    },
    end: (end) => printEnd(end, false),
    interrupted(end) {
      terminal.progress("");
      printEnd(end, true);
    },
  };
}

/** Where the timeline is, and what it lacks. */
function noteTrace(terminal: Terminal, { droppedSpans }: Trace, file: string): void {
  terminal.note(`The trace is in ${file}: open it at ui.perfetto.dev or chrome://tracing.`);
  if (droppedSpans > 0) {
    terminal.note(
      `It would be too large with ${count(droppedSpans)} later spans, which only the table counts; fewer --epochs make it whole.`,
    );
  }
}

function showProgress(terminal: Terminal, progress: Progress): void {
  if (terminal.showsProgress)
    terminal.progress(trainingProgress(progress, terminal.progressLayout));
}

function speed(
  training: Dataset<Targets>,
  epochs: readonly EpochReport[],
): { seconds: number; samplesPerSecond: number } {
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const samples = training.samples * epochs.length;
  return { seconds, samplesPerSecond: seconds > 0 ? samples / seconds : 0 };
}

/** What beside epochs, batches and the learning rate makes a run what it is, in words. */
function trainingDetails(settings: TrainSettings): string[] {
  const { optimizer, schedule, inputDropout, dropout, averaging, labelSmoothing } = settings;
  const { weightDecay = 0, clipNorm, maxNorm, earlyStopping } = settings;
  const { shift, rotation, scale, shear, elastic } = settings;
  const details: (string | false)[] = [
    optimizer !== "sgd" && optimizer,
    schedule.kind !== "constant" && `schedule ${formatSchedule(schedule)}`,
    inputDropout + dropout > 0 && `dropout ${inputDropout} and ${dropout}`,
    weightDecay > 0 && `weight decay ${weightDecay}`,
    clipNorm > 0 && `gradient norm up to ${clipNorm}`,
    maxNorm > 0 && `weight norms up to ${maxNorm}`,
    labelSmoothing > 0 && `label smoothing ${labelSmoothing}`,
    averaging > 0 && `averaged weights ${averaging}`,
    shift + rotation + scale + shear + elastic > 0 && "distorted images",
    earlyStopping !== undefined && `early stopping after ${earlyStopping}`,
  ];
  return details.filter((detail) => detail !== false);
}

/** `path` such that a POSIX shell takes it for one word. */
function shellWord(path: string): string {
  return /^[\w./+@%-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
