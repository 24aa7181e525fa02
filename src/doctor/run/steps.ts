/** How far a step changes the weights relative to their size: about a thousandth is usual. */
import type { LayerState } from "../../model/session.js";
import type { EpochReport } from "../../training/options.js";
import type { Finding } from "../finding.js";

/** A hundredth and a hundred times of what is usual. */
const LEAST_RATIO = 1e-5;
const MOST_RATIO = 0.1;
/** A loss that an epoch takes no more than this of needs 35 epochs to be halved. */
const SLOW = 0.02;
/** Later a run may stand still because it is done. */
const BEGINNING = 3;
/** Times a guess's loss, above which steps that are long do harm. */
const WORSE = 1.05;
/** A learning rate that a schedule has brought below this part of the highest one says nothing of that. */
const LOWERED = 0.5;

export class StepRatios {
  /** Those of the epoch before, a ratio a layer. */
  #earlier: readonly number[] | undefined;
  #highestRate = 0;

  /**
   * What the last steps of this epoch and of the one before tell.
   *
   * @param epochs those of the run so far, the last one last
   */
  observe(epochs: readonly EpochReport[], layers: readonly LayerState[], guess: number): Finding[] {
    const earlier = this.#earlier;
    const ratios = layers.map(ratioOf);
    this.#earlier = ratios;
    const now = epochs[epochs.length - 1];
    const before = epochs.at(-2);
    this.#highestRate = Math.max(this.#highestRate, now.learningRate);
    if (!earlier || !before || layers.length === 0) return [];
    const isLowered = now.learningRate < LOWERED * this.#highestRate;
    const gain = 1 - now.loss / before.loss;
    const most = Math.max(...ratios, ...earlier);
    // Weights that do not move at all have another reason than the steps' length.
    const isShort = most < LEAST_RATIO && most > 0 && !isLowered && now.epoch <= BEGINNING;
    if (isShort && gain < SLOW && now.loss >= guess / 2) return [tooLow(Math.max(...ratios), gain)];
    if (Math.min(before.loss, now.loss) < WORSE * guess) return [];
    return ratios.flatMap((ratio, index) =>
      Math.min(ratio, earlier[index]) > MOST_RATIO ? [tooHigh(ratio, index + 1)] : [],
    );
  }
}

function tooLow(ratio: number, gain: number): Finding {
  return {
    id: "learning-rate-too-low",
    at: "weights",
    evidence: `a step changes no layer's weights by more than ${ratio.toExponential(1)} of their size, and the epoch took ${(100 * gain).toFixed(1)} % off the loss`,
    cause:
      "the steps are too short to get anywhere: about a thousandth of the weights' size is usual",
    advice:
      "ten times the learning rate, and again until the loss falls visibly; --find-lr suggests one",
    value: ratio,
    threshold: LEAST_RATIO,
  };
}

function tooHigh(ratio: number, layer: number): Finding {
  return {
    id: "learning-rate-too-high",
    at: `layer ${layer}`,
    evidence: `a step changes the weights of layer ${layer} by ${Math.round(100 * ratio)} % of their size, and the loss is above that of a guess`,
    cause: "each step undoes the ones before: about a thousandth of the weights' size is usual",
    advice: "a tenth of the learning rate, and again until the loss falls; --find-lr suggests one",
    value: ratio,
    threshold: MOST_RATIO,
  };
}

/** ‖W − W before‖ / ‖W before‖; 0 where nobody kept them. */
function ratioOf({ weights, earlierWeights }: LayerState): number {
  if (!earlierWeights) return 0;
  let squares = 0;
  let size = 0;
  for (let index = 0; index < weights.length; index++) {
    squares += (weights[index] - earlierWeights[index]) ** 2;
    size += earlierWeights[index] ** 2;
  }
  if (squares === 0) return 0;
  return size === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(squares / size);
}
