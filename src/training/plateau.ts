/** Lowers the learning rate when the loss no longer falls. */

export interface PlateauOptions {
  readonly factor: number;
  /** Epochs without improvement that are let pass. */
  readonly patience: number;
  /** The least improvement, as a fraction of the best loss. */
  readonly threshold: number;
}

export interface PlateauState {
  /** What the learning rate is multiplied by. */
  readonly fraction: number;
  /** The lowest loss so far; null before the first. */
  readonly best: number | null;
  /** Epochs since then. */
  readonly waited: number;
}

export class Plateau {
  readonly #options: PlateauOptions;
  #state: PlateauState;

  constructor(
    options: PlateauOptions,
    state: PlateauState = { fraction: 1, best: null, waited: 0 },
  ) {
    this.#options = options;
    this.#state = state;
  }

  get state(): PlateauState {
    return this.#state;
  }

  /** Takes note of an epoch's loss. */
  observe(loss: number): void {
    const { factor, patience, threshold } = this.#options;
    const { fraction, best, waited } = this.#state;
    if (best === null || loss < best - threshold * Math.abs(best)) {
      this.#state = { fraction, best: loss, waited: 0 };
    } else if (waited < patience) {
      this.#state = { fraction, best, waited: waited + 1 };
    } else {
      this.#state = { fraction: fraction * factor, best, waited: 0 };
    }
  }
}
