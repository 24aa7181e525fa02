/**
 * How the threads of a run share its work and wait for each other. All of them execute the same
 * steps over the same plan; between two barriers they claim chunks or tiles one by one, so that a
 * thread whose core is slowed down takes fewer instead of holding up the rest.
 *
 * In the build without threads all of this is arithmetic on plain memory.
 */

/**
 * Offsets of the fields of a team, each group on a cache line of its own (64 bytes): threads that
 * count do not disturb threads that spin. All int32, all 0 at the start of a run.
 */
const CLAIMED: usize = 0;
const ARRIVED: usize = 64;
const GENERATION: usize = 128;
const WAITING: usize = 192;
const STOP: usize = 256;
const STOPPING: usize = 320;
const COMPLETED: usize = 324;

/** Bytes of a team, 64-byte aligned. */
export const TEAM_BYTES: usize = 384;

/** The next chunk or tile that nobody has claimed since the last barrier, from 0. */
export function claim(team: usize): i32 {
  if (ASC_FEATURE_THREADS) return atomic.add<i32>(team, 1, CLAIMED);
  const next = load<i32>(team, CLAIMED);
  store<i32>(team, next + 1, CLAIMED);
  return next;
}

/**
 * Waits until all `threads` threads are here: spinning for `spins` rounds, then asleep, because
 * waking up takes a thousand times as long as noticing while awake. The last one to arrive opens
 * the next round of claims, and passes on a request to stop, so that all threads see the same.
 */
export function barrier(team: usize, threads: i32, spins: i32): void {
  if (!ASC_FEATURE_THREADS || threads == 1) {
    open(team);
    return;
  }
  const generation = atomic.load<i32>(team, GENERATION);
  if (atomic.add<i32>(team, 1, ARRIVED) == threads - 1) {
    atomic.store<i32>(team, 0, ARRIVED);
    open(team);
    atomic.store<i32>(team, generation + 1, GENERATION);
    if (atomic.load<i32>(team, WAITING)) atomic.notify(team + GENERATION, -1);
    return;
  }
  for (let round = 0; round < spins; round++) {
    if (atomic.load<i32>(team, GENERATION) != generation) return;
  }
  atomic.add<i32>(team, 1, WAITING);
  while (atomic.load<i32>(team, GENERATION) == generation) {
    atomic.wait<i32>(team + GENERATION, generation, -1);
  }
  atomic.sub<i32>(team, 1, WAITING);
}

function open(team: usize): void {
  store<i32>(team, 0, CLAIMED);
  store<i32>(
    team,
    ASC_FEATURE_THREADS ? atomic.load<i32>(team, STOP) : load<i32>(team, STOP),
    STOPPING,
  );
}

/** Whether the last barrier passed on a request to stop. */
export function isStopping(team: usize): bool {
  return load<i32>(team, STOPPING) != 0;
}

/** Tells the TypeScript side how many steps are done. */
export function reportCompleted(team: usize, steps: i32): void {
  if (ASC_FEATURE_THREADS) atomic.store<i32>(team, steps, COMPLETED);
  else store<i32>(team, steps, COMPLETED);
}
