/** Draws who is held out of a training set. */
import { OptionError } from "../errors.js";
import { Random } from "./digits/random.js";

export interface HeldOutOptions {
  /** Of the members of each stratum, 0 … 1. */
  readonly fraction: number;
  /** Chooses them, 0 … 2³² − 1. */
  readonly seed: number;
}

/** What is split, for messages. */
export interface Whole {
  /** What it is called. */
  readonly place: string;
  /** How many samples or rows it has. */
  readonly size: number;
  readonly unit: "samples" | "rows";
}

/**
 * Who is left and who is held out, in ascending order; strata are shuffled in place.
 *
 * @throws OptionError when nobody is in one of the parts.
 */
export function splitWhole(
  { place, size, unit }: Whole,
  strata: readonly (number[] | Int32Array)[],
  options: HeldOutOptions,
): Parts {
  const parts = partition(drawHeldOut(size, strata, options));
  if (parts.kept.length > 0 && parts.heldOut.length > 0) return parts;
  const largest = strata.reduce((most, { length }) => Math.max(most, length), 0);
  const classes =
    strata.length > 1 ? `, of ${strata.length} classes with at most ${largest} each` : "";
  throw new OptionError(
    `${place}: a test split of ${options.fraction} leaves ${parts.kept.length > 0 ? "the test set" : "training"} without any of the ${size} ${unit}${classes}, expected some in both parts`,
  );
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

/** Positions of those that are left, and of those that are held out. */
export interface Parts {
  readonly kept: Int32Array;
  readonly heldOut: Int32Array;
}

/** Where `held` is 0, and where it is 1. */
export function partition(held: Uint8Array): Parts {
  const count = held.reduce((sum, one) => sum + one, 0);
  const [kept, heldOut] = [new Int32Array(held.length - count), new Int32Array(count)];
  let [nextKept, nextHeld] = [0, 0];
  held.forEach((one, sample) => {
    if (one) heldOut[nextHeld++] = sample;
    else kept[nextKept++] = sample;
  });
  return { kept, heldOut };
}
