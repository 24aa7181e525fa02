/** ReLU units that are 0 for every sample that was looked at, epoch after epoch. */
import type { LayerState } from "../../model/session.js";
import type { Finding } from "../finding.js";

/** The fraction of a layer from which on the rest cannot make up for it. */
const MOST_DEAD = 0.5;
/** Samples in a row at 0 that tell a dead unit from one that is seldom needed. */
const ENOUGH_SAMPLES = 128;
/** Where nearly all units are at 0, fewer samples tell. */
const NEARLY_ALL = 0.9;
const FEW_SAMPLES = 32;

export class DeadUnits {
  /** For each layer and unit, the samples since it was last above 0. */
  readonly #silent: Uint32Array[] = [];

  /** What the last batch of an epoch adds. */
  observe(layers: readonly LayerState[]): Finding[] {
    return layers.slice(0, -1).flatMap((layer, index) => {
      if (layer.activation !== "relu") return [];
      this.#silent[index] ??= new Uint32Array(layer.units);
      const silent = this.#silent[index];
      count(layer, silent);
      const beyond = (samples: number) =>
        silent.reduce((sum, each) => sum + Number(each >= samples), 0);
      const [certain, likely] = [beyond(ENOUGH_SAMPLES), beyond(FEW_SAMPLES)];
      const dead = likely >= NEARLY_ALL * layer.units ? likely : certain;
      const samples = dead === certain ? ENOUGH_SAMPLES : FEW_SAMPLES;
      return dead <= MOST_DEAD * layer.units
        ? []
        : [finding(dead, layer.units, samples, index + 1)];
    });
  }
}

function count({ activations, units }: LayerState, silent: Uint32Array): void {
  for (let index = 0; index < activations.length; index++) {
    const unit = index % units;
    silent[unit] = activations[index] > 0 ? 0 : silent[unit] + 1;
  }
}

function finding(dead: number, units: number, samples: number, layer: number): Finding {
  return {
    id: "dead-relu",
    at: `layer ${layer}`,
    evidence: `${dead} of ${units} units of layer ${layer} are 0 for each of ${samples} samples or more`,
    cause: "a ReLU that is never above 0 passes no gradient, and never comes back",
    advice: "lower the learning rate, begin with He's weights and biases of 0, or use a leaky ReLU",
    value: dead / units,
    threshold: MOST_DEAD,
  };
}
