/** The clock of this host, and how long a measurement must be for it. */

/**
 * Milliseconds of a batch of calls at least, whatever the clock: a fraction of the time that the system gives
 * another program at once, so that most batches are either spared or hit as a whole.
 */
const SHORTEST_BATCH = 0.5;
/** A batch is so many ticks of the clock, so that one more or less is 1 %. */
const TICKS = 100;
const READINGS = 2000;

/** What can be told of the host's clock. */
export interface Timer {
  /** The smallest step that the clock was seen to make, in milliseconds. */
  readonly resolution: number;
  /** Milliseconds of a batch of calls at least. */
  readonly batch: number;
}

/** Browsers coarsen the clock to 5 µs on pages that are cross-origin isolated, to 100 µs on others. */
export function examineTimer(): Timer {
  let resolution = Number.POSITIVE_INFINITY;
  let last = performance.now();
  for (let reading = 0; reading < READINGS; ) {
    const now = performance.now();
    if (now > last) {
      resolution = Math.min(resolution, now - last);
      reading += TICKS;
    }
    last = now;
    reading++;
  }
  if (!Number.isFinite(resolution)) resolution = 1;
  return { resolution, batch: Math.max(SHORTEST_BATCH, TICKS * resolution) };
}
