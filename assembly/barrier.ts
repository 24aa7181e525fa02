/**
 * How the threads of a run share its work and wait for each other. All of them execute the same
 * steps over the same plan. Between two barriers they claim chunks or tiles one by one: each its
 * own share first, in order, so that step after step it finds the same weights in its cache; then
 * what is left of the others' shares, so that a thread whose core is slowed down does not hold up
 * the rest.
 *
 * In the build without threads all of this is arithmetic on plain memory, for a single thread.
 */
import { begin, TRACED, WAIT } from "./trace";

/**
 * Offsets of the fields of a team, each group on a cache line of its own (64 bytes): threads that
 * count do not disturb threads that spin. All int32, all 0 at the start of a run.
 */
const ARRIVED: usize = 0;
const GENERATION: usize = 64;
const WAITING: usize = 128;
const STOP: usize = 192;
const STOPPING: usize = 256;
const COMPLETED: usize = 260;
/**
 * Without threads a call may do a part of a step only: tiles PART_BEGIN to PART_END − 1 of all those that the step
 * claims, phase after phase, of which PLACE counts how many are passed. PART_END 0 is all of the step.
 */
const PLACE: usize = 264;
const PART_BEGIN: usize = 268;
const PART_END: usize = 272;
/** How many of each thread's share are claimed: a cache line for each thread. */
const CLAIMED: usize = 320;
const LINE: usize = 64;

/**
 * The next of `count` chunks or tiles that nobody has claimed since the last barrier, or `count`
 * when none is left. Thread t's share are those from count·t/threads to count·(t + 1)/threads − 1.
 */
export function claim(team: usize, thread: i32, threads: i32, count: i32): i32 {
  if (!ASC_FEATURE_THREADS) return claimAlone(team, count);
  for (let turn = 0; turn < threads; turn++) {
    const owner = thread + turn < threads ? thread + turn : thread + turn - threads;
    const next =
      (count * owner) / threads + atomic.add<i32>(team + <usize>owner * LINE, 1, CLAIMED);
    if (next < (count * (owner + 1)) / threads) return next;
  }
  return count;
}

/** The same for a single thread: all are its share, as far as they belong to the part that is wanted. */
function claimAlone(team: usize, count: i32): i32 {
  let next = load<i32>(team, CLAIMED);
  const end = load<i32>(team, PART_END);
  if (end) {
    let place = load<i32>(team, PLACE);
    const done = max(0, min(load<i32>(team, PART_BEGIN) - place, count - next));
    next += done;
    place += done;
    const isLeft = next < count && place < end;
    store<i32>(team, isLeft ? place + 1 : place, PLACE);
    if (!isLeft) return count;
  }
  if (next < count) store<i32>(team, next + 1, CLAIMED);
  return next;
}

/** Whether parts before have begun the step. */
export function isBegun(team: usize): bool {
  return !ASC_FEATURE_THREADS && load<i32>(team, PART_BEGIN) != 0;
}

/** Whether the part has come to its end, and so the step perhaps not. */
export function isPaused(team: usize): bool {
  if (ASC_FEATURE_THREADS) return false;
  const end = load<i32>(team, PART_END);
  return end != 0 && load<i32>(team, PLACE) >= end;
}

/**
 * Waits until all `threads` threads are here: spinning for `spins` rounds, then asleep, because
 * waking up takes a thousand times as long as noticing while awake. The last one to arrive opens
 * the next round of claims, and passes on a request to stop, so that all threads see the same.
 */
export function barrier(team: usize, threads: i32, spins: i32): void {
  if (!ASC_FEATURE_THREADS || threads == 1) {
    open(team, threads);
    return;
  }
  const generation = atomic.load<i32>(team, GENERATION);
  if (atomic.add<i32>(team, 1, ARRIVED) == threads - 1) {
    atomic.store<i32>(team, 0, ARRIVED);
    open(team, threads);
    atomic.store<i32>(team, generation + 1, GENERATION);
    if (atomic.load<i32>(team, WAITING)) atomic.notify(team + GENERATION, -1);
    return;
  }
  // Told only now and only by those who wait, so that it costs nobody's time.
  if (TRACED) begin(WAIT);
  for (let round = 0; round < spins; round++) {
    if (atomic.load<i32>(team, GENERATION) != generation) return;
  }
  atomic.add<i32>(team, 1, WAITING);
  while (atomic.load<i32>(team, GENERATION) == generation) {
    atomic.wait<i32>(team + GENERATION, generation, -1);
  }
  atomic.sub<i32>(team, 1, WAITING);
}

function open(team: usize, threads: i32): void {
  for (let thread = 0; thread < threads; thread++)
    store<i32>(team + <usize>thread * LINE, 0, CLAIMED);
  store<i32>(team, i32(isStopRequested(team)), STOPPING);
}

/** Whether a stop was asked for: other threads may see it earlier or later than this one. */
export function isStopRequested(team: usize): bool {
  return (ASC_FEATURE_THREADS ? atomic.load<i32>(team, STOP) : load<i32>(team, STOP)) != 0;
}

/** Whether the last barrier passed on a request to stop. */
export function isStopping(team: usize): bool {
  return load<i32>(team, STOPPING) != 0;
}

/** Asks all threads to end the run after this step. */
export function requestStop(team: usize): void {
  if (ASC_FEATURE_THREADS) atomic.store<i32>(team, 1, STOP);
  else store<i32>(team, 1, STOP);
}

/** Tells the TypeScript side how many steps are done. */
export function reportCompleted(team: usize, steps: i32): void {
  if (ASC_FEATURE_THREADS) atomic.store<i32>(team, steps, COMPLETED);
  else store<i32>(team, steps, COMPLETED);
}
