/** Draws who is held out of a training set. */
import { Random } from "./digits/random.js";

export interface HeldOutOptions {
  /** Of the members of each stratum, 0 … 1. */
  readonly fraction: number;
  /** Chooses them, 0 … 2³² − 1. */
  readonly seed: number;
}

/**
 * A byte for each sample, 1 where it is held out: of each stratum the same fraction, rounded. Strata are shuffled in
 * place.
 */
export function drawHeldOut(
  samples: number,
  strata: readonly (number[] | Int32Array)[],
  { fraction, seed }: HeldOutOptions,
): Uint8Array {
  const held = new Uint8Array(samples);
  strata.forEach((members, stratum) => {
    const random = new Random(seed, stratum);
    const count = Math.round(fraction * members.length);
    // The first `count` of a shuffle (Knuth, TAOCP 2, algorithm P, from the front).
    for (let index = 0; index < count; index++) {
      const other = index + Math.floor(random.between(0, members.length - index));
      [members[index], members[other]] = [members[other], members[index]];
      held[members[index]] = 1;
    }
  });
  return held;
}

/** Where `held` is 0, and where it is 1. */
export function partition(held: Uint8Array): {
  readonly kept: Int32Array;
  readonly heldOut: Int32Array;
} {
  const count = held.reduce((sum, one) => sum + one, 0);
  const [kept, heldOut] = [new Int32Array(held.length - count), new Int32Array(count)];
  let [nextKept, nextHeld] = [0, 0];
  held.forEach((one, sample) => {
    if (one) heldOut[nextHeld++] = sample;
    else kept[nextKept++] = sample;
  });
  return { kept, heldOut };
}
