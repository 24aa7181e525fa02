/** Ends training when validation improves no more; knows the best epoch and its parameters. */
import type { Network } from "../model/network.js";
import type { EpochReport } from "./options.js";
import { copyParameters, type Parameters, restoreParameters } from "./parameters.js";

/** The best epoch so far. */
export interface BestEpoch {
  readonly epoch: number;
  readonly parameters: Parameters;
  /** The validation loss, or minus the accuracy: the lower the better. */
  readonly value: number;
}

export class EarlyStopping {
  readonly #options: { readonly patience: number; readonly monitor: "loss" | "accuracy" };
  #best: BestEpoch | undefined;

  constructor(options: EarlyStopping["options"], best?: BestEpoch) {
    this.#options = options;
    this.#best = best;
  }

  get options(): { readonly patience: number; readonly monitor: "loss" | "accuracy" } {
    return this.#options;
  }

  get best(): BestEpoch | undefined {
    return this.#best;
  }

  /** Takes note of an epoch, whose parameters are the network's. */
  observe(network: Network, { epoch, validationLoss, validationAccuracy }: EpochReport): void {
    const { monitor } = this.#options;
    const value = monitor === "loss" ? validationLoss : -(validationAccuracy ?? 0);
    if (value === undefined || (this.#best && !(value < this.#best.value))) return;
    this.#best = { epoch, value, parameters: copyParameters(network) };
  }

  /** Whether more than `patience` epochs have passed since the best one. */
  endsAfter(epoch: number): boolean {
    return this.#best !== undefined && epoch - this.#best.epoch > this.#options.patience;
  }

  /** Gives the network the best parameters; returns their epoch. */
  restore(network: Network): number | undefined {
    if (this.#best) restoreParameters(network, this.#best.parameters);
    return this.#best?.epoch;
  }
}
