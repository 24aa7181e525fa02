/** Where threads wait for each other, so that all begin at once. */

export interface Gate {
  /** `[1]`, shared: how often a thread has come here. */
  readonly arrived: Int32Array;
  /** How often when all threads are here. */
  readonly all: number;
}

/** Milliseconds after which a thread does not wait any longer: where there are more of them than cores. */
const PATIENCE = 100;

/**
 * Waits until all threads are here, and computes meanwhile: the system leaves two that have only just woken on one
 * core for some milliseconds, beside another that is idle, and moves one of them away only when both are busy.
 *
 * @returns whether all have come
 */
export function meet({ arrived, all }: Gate, patience = PATIENCE): boolean {
  Atomics.add(arrived, 0, 1);
  const end = performance.now() + patience;
  while (Atomics.load(arrived, 0) < all) {
    if (performance.now() >= end) return false;
  }
  return true;
}
