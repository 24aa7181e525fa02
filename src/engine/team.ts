/** The place where the threads of a run meet, as `assembly/barrier.ts` lays it out. */
import { detectFeatures } from "./features.js";
import type { Pointer } from "./kernels.js";
import type { LinearMemory } from "./linearMemory.js";

/** The constants of the same names of `assembly/barrier.ts`. */
const STOP = 192;
const COMPLETED = 260;
const PLACE = 264;
const CLAIMED = 320;
const LINE = 64;

/** Bytes of a team of so many threads. */
export function teamBytes(threads: number): number {
  return CLAIMED + threads * LINE;
}

/**
 * Rounds that a thread spins before it goes to sleep: about a third of a millisecond, half of what
 * waking up takes. With more threads than cores the one that is waited for may need this very core.
 */
export function spinsFor(threads: number): number {
  return threads <= detectFeatures().cores ? 200_000 : 100;
}

/** To be called before a run: nobody has arrived, nothing is claimed. */
export function resetTeam(memory: LinearMemory, team: Pointer, threads: number): void {
  memory.bytes(team, teamBytes(threads)).fill(0);
}

/** Asks the run under way to end after the step that it is in. */
export function requestStop(memory: LinearMemory, team: Pointer): void {
  Atomics.store(memory.integers(team + STOP, 1), 0, 1);
}

/** Steps that are done, counted from the first of the epoch. */
export function completedSteps(memory: LinearMemory, team: Pointer): number {
  return Atomics.load(memory.integers(team + COMPLETED, 1), 0);
}

/**
 * Has the next call do tiles `begin` to `end` − 1 of a step only, counted over all its phases; 0, 0 all of it. For a
 * single thread without shared memory.
 */
export function setPart(memory: LinearMemory, team: Pointer, begin: number, end: number): void {
  memory.integers(team + PLACE, 3).set([0, begin, end]);
}
