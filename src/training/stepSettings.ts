/** What the updates of each epoch are told: learning rate, decay, corrections. */
import type { StepSettings } from "../engine/plan.js";
import type { Session } from "../model/session.js";
import { AdamCorrections } from "./optimizers.js";
import type { TrainingSettings } from "./resolveOptions.js";
import { learningRateAt } from "./schedule.js";

export class StepSettingsWriter {
  readonly #session: Session;
  readonly #options: TrainingSettings;
  readonly #corrections: AdamCorrections;
  #step: number;

  /** @param epochs how many have been done before */
  constructor(session: Session, options: TrainingSettings, epochs: number) {
    this.#session = session;
    this.#options = options;
    this.#step = epochs * session.steps;
    this.#corrections = new AdamCorrections(options.optimizer, this.#step);
  }

  /**
   * Writes the settings of the next epoch's steps. Returns the learning rate of the last one.
   *
   * @param fraction what a plateau multiplies the learning rate by
   */
  writeEpoch(fraction: number): number {
    let learningRate = 0;
    for (let index = 0; index < this.#session.steps; index++) {
      learningRate = fraction * this.#scheduledRate();
      this.#session.writeSettings(index, this.#settings(learningRate));
      this.#step++;
    }
    return learningRate;
  }

  #scheduledRate(): number {
    const { schedule, learningRate, epochs, warmup } = this.#options;
    const { steps: stepsPerEpoch } = this.#session;
    return learningRateAt(schedule, learningRate, {
      step: this.#step,
      steps: epochs * stepsPerEpoch,
      stepsPerEpoch,
      warmupSteps: Math.round(warmup * stepsPerEpoch),
    });
  }

  #settings(learningRate: number): StepSettings {
    const { optimizer, weightDecay, averaging } = this.#options;
    const { momentum, secondMomentum, epsilon } = optimizer;
    return {
      learningRate,
      retained: 1 - learningRate * weightDecay,
      momentum,
      secondMomentum,
      epsilon,
      ...this.#corrections.next(),
      // At first the average follows closely, so that it soon forgets the initial weights.
      averaging: 1 - Math.min(averaging, (1 + this.#step) / (10 + this.#step)),
    };
  }
}
