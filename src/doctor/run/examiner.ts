/** Watches a training run, an epoch at a time. */
import type { LayerState } from "../../model/session.js";
import type { EpochReport } from "../../training/options.js";
import type { Finding } from "../finding.js";
import { examineLayers } from "./layers.js";
import { examineLosses } from "./losses.js";

/** Relative change of the weights in the first epoch below which training would take for ever. */
const LEAST_CHANGE = 1e-4;

export class RunExaminer {
  /** The loss of a guess: ln of the number of classes. */
  readonly #guess: number;
  readonly #epochs: EpochReport[] = [];
  readonly #seen = new Set<string>();
  readonly #weights: Float32Array[] = [];

  /** @param classes that the network tells apart */
  constructor(classes: number) {
    this.#guess = Math.log(Math.max(2, classes));
  }

  /** What is new after an epoch; each finding comes once, when it is first seen. */
  observe(report: EpochReport, layers: readonly LayerState[]): Finding[] {
    this.#epochs.push(report);
    const found = [
      ...examineLayers(layers),
      ...this.#examineChange(layers),
      ...examineLosses(this.#epochs, this.#guess),
    ];
    const fresh = found.filter(({ id, at }) => !this.#seen.has(`${id} ${at}`));
    for (const { id, at } of fresh) this.#seen.add(`${id} ${at}`);
    return fresh.map((finding) => ({ ...finding, epoch: report.epoch }));
  }

  /** How far an early epoch moves the weights; later ones may move them little, and be right. */
  #examineChange(layers: readonly LayerState[]): Finding[] {
    const isSecond = this.#epochs.length === 2;
    if (this.#epochs.length > 2) return [];
    const changes = layers.map(({ weights }, index) => {
      const before = this.#weights[index];
      this.#weights[index] = weights.slice();
      return before === undefined ? Number.POSITIVE_INFINITY : distance(weights, before);
    });
    const most = Math.max(0, ...changes);
    const { loss } = this.#epochs[this.#epochs.length - 1];
    // Weights that do not move at all have another reason than the steps' length.
    if (!isSecond || most >= LEAST_CHANGE || most === 0 || loss < this.#guess / 2) return [];
    return [
      {
        id: "learning-rate-too-low",
        at: "weights",
        evidence: `in an epoch no layer's weights change by more than ${most.toExponential(1)} of their size`,
        cause: "the steps are too short to get anywhere",
        advice:
          "ten times the learning rate, and again until the loss falls visibly; --find-lr suggests one",
        value: most,
        threshold: LEAST_CHANGE,
      },
    ];
  }
}

/** ‖a − b‖ / ‖a‖ */
function distance(a: Float32Array, b: Float32Array): number {
  let squares = 0;
  let size = 0;
  for (let index = 0; index < a.length; index++) {
    squares += (a[index] - b[index]) ** 2;
    size += a[index] ** 2;
  }
  return size === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(squares / size);
}
