/** Watches a training run, an epoch at a time. */
import { checkOptions } from "../../arguments.js";
import type { Loss } from "../../model/architecture.js";
import type { LayerState } from "../../model/session.js";
import type { EpochReport } from "../../training/options.js";
import type { DiagnosisId } from "../catalogue.js";
import type { Finding } from "../finding.js";
import { DeadUnits } from "./deadUnits.js";
import { examineFlow } from "./flow.js";
import { lossOfGuess } from "./guess.js";
import { examineSaturation, examineSymmetry } from "./layers.js";
import { examineLosses } from "./losses.js";
import { situationOf } from "./situation.js";
import { StepRatios } from "./steps.js";

/** What keeps the gradient, and with it the steps, small by itself. */
const GRADIENT_CAUSES: readonly DiagnosisId[] = ["dead-relu", "saturated-units", "symmetric-units"];
const STEP_CAUSES: readonly DiagnosisId[] = [...GRADIENT_CAUSES, "vanishing-gradient"];

/** What is known of a run before it starts. */
export interface RunExaminerOptions {
  /** That the run minimises; default "cross-entropy". */
  readonly loss?: Loss;
  /** What `examineStart` found, which is not found again. */
  readonly before?: readonly Finding[];
}

/** Watches a run epoch by epoch and says why it does not learn: made for `fit`'s `inspect`. */
export class RunExaminer {
  /** The loss of a guess. */
  readonly #guess: number;
  /** The loss before the first step, where it was far above that of a guess; else 0. */
  readonly #initialLoss: number;
  readonly #epochs: EpochReport[] = [];
  readonly #seen = new Set<string>();
  readonly #deadUnits = new DeadUnits();
  readonly #stepRatios = new StepRatios();

  /**
   * @param classes that the network tells apart
   * @throws OptionError when an option is misspelt or of another type.
   */
  constructor(classes: number, options: RunExaminerOptions = {}) {
    checkOptions("RunExaminer", options, { loss: "string", before: "array" });
    const { loss = "cross-entropy", before = [] } = options;
    this.#guess = lossOfGuess(classes, loss);
    this.#initialLoss = before.find(({ id }) => id === "initial-loss")?.value ?? 0;
    for (const { id, at } of before) this.#seen.add(`${id} ${at}`);
  }

  /** What is new after an epoch; each finding comes once, when it is first seen. */
  observe(report: EpochReport, layers: readonly LayerState[]): Finding[] {
    this.#epochs.push(report);
    const found = [
      ...this.#examineLayers(layers),
      ...examineLosses(this.#epochs, { guess: this.#guess, initial: this.#initialLoss }),
    ];
    return this.#fresh(found, report.epoch);
  }

  /**
   * What is new when training broke off because numbers overflowed.
   *
   * @param message what the training said of it
   */
  observeBreakdown(message: string): Finding[] {
    const epoch = (this.#epochs.at(-1)?.epoch ?? 0) + 1;
    const finding: Finding = {
      id: "divergence",
      at: "loss",
      evidence: message.split(";")[0],
      cause: "the numbers grow from step to step until they overflow",
      advice:
        "a tenth of the learning rate, Glorot's or He's weights, or limit the gradient's norm",
    };
    return this.#fresh([finding], epoch);
  }

  #examineLayers(layers: readonly LayerState[]): Finding[] {
    const situation = situationOf(this.#epochs, this.#guess);
    const found = examineSymmetry(layers);
    const dead = this.#deadUnits.observe(layers);
    if (situation.isStuck) found.push(...dead, ...examineSaturation(layers));
    const isExplained = (causes: readonly DiagnosisId[]) =>
      found.some(({ id }) => causes.includes(id));
    if (!isExplained(GRADIENT_CAUSES)) found.push(...examineFlow(layers, situation.isUnlearnt));
    const steps = this.#stepRatios.observe(this.#epochs, layers, this.#guess);
    const isLow = ({ id }: Finding) => id === "learning-rate-too-low";
    found.push(...steps.filter((step) => !isLow(step) || !isExplained(STEP_CAUSES)));
    return found;
  }

  #fresh(found: readonly Finding[], epoch: number): Finding[] {
    const fresh = found.filter(({ id, at }) => !this.#seen.has(`${id} ${at}`));
    for (const { id, at } of fresh) this.#seen.add(`${id} ${at}`);
    return fresh.map((finding) => ({ ...finding, epoch }));
  }
}
