/** Who may use an engine's parameters when: those who change them alone, those who only read them together. */
export class Turns {
  /** Settles when the last one who wanted to be alone has been. */
  #alone: Promise<unknown> = Promise.resolve();
  /** Settles when everybody so far is done. */
  #all: Promise<unknown> = Promise.resolve();

  /** Does the work when everybody before is done; those who come later wait for it. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#all.then(work);
    this.#all = settled(turn);
    this.#alone = this.#all;
    return turn;
  }

  /** Does the work beside others who came here, when the last one before who wanted to be alone is done. */
  together<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#alone.then(work);
    this.#all = Promise.all([this.#all, settled(turn)]);
    return turn;
  }
}

/** Whoever fails has had their turn as well. */
function settled(turn: Promise<unknown>): Promise<unknown> {
  return turn.catch(() => undefined);
}
