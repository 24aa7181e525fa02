/** Two profiles against each other: what got slower, what got faster, and what cannot be told. */
import { isRecord } from "../arguments.js";
import { DataError } from "../errors.js";
import type { Measurement, Profile } from "./profile.js";
import { LEVELS } from "./roofs.js";
import { type Estimate, type Interval, ratioOf } from "./statistics.js";
import { isSimd, variantName } from "./variant.js";

/** A kernel's time in two profiles. */
export interface Comparison {
  /** Its name among `KERNELS`. */
  readonly kernel: string;
  /** The sizes that it was measured at. */
  readonly shape: Measurement["shape"];
  /** Instructions and threads, as `variantName` puts them. */
  readonly variant: string;
  /** Seconds of a call before and now, medians. */
  readonly before: number;
  /** Median seconds of a call in the later profile. */
  readonly now: number;
  /** now / before, and its 95 % confidence interval. */
  readonly ratio: number;
  /** The ratio's 95 % confidence interval. */
  readonly interval: Interval;
  /** What it reached of the roof before, and reaches now: comparable on different machines too. */
  readonly share: {
    /** A fraction, 0 … 1, as a rule. */
    readonly before: number;
    /** Likewise. */
    readonly now: number;
  };
  /**
   * - "slower", "faster": by more than the threshold, and so is the whole interval
   * - "same": the whole interval is within the threshold
   * - "unclear": none of these, the noise is too much; or time ran out before one of them was measured well
   */
  readonly verdict: "slower" | "faster" | "same" | "unclear";
}

/**
 * Compares the kernels that both have measured, in the order of `now`. JavaScript and scalar loops are yardsticks that no
 * training runs, and what an engine makes of them differs from one process to the next.
 *
 * @param threshold as a part, 0.1 for 10 %
 */
export function compareProfiles(before: Profile, now: Profile, threshold: number): Comparison[] {
  const keyOf = (one: Measurement) => `${one.kernel} ${one.shape.join("x")} ${variantName(one)}`;
  const old = new Map(before.measurements.map((one) => [keyOf(one), one]));
  return now.measurements.filter(isSimd).flatMap((one) => {
    const other = old.get(keyOf(one));
    if (!other) return [];
    const { value: ratio, interval } = ratioOf(estimateOf(one), estimateOf(other));
    return [
      {
        kernel: one.kernel,
        shape: one.shape,
        variant: variantName(one),
        before: other.seconds,
        now: one.seconds,
        ratio,
        interval,
        share: { before: other.share, now: one.share },
        verdict: one.isComplete && other.isComplete ? judge(interval, threshold) : "unclear",
      },
    ];
  });
}

function estimateOf({ seconds, interval }: Measurement): Estimate {
  return { value: seconds, interval };
}

function judge({ low, high }: Interval, threshold: number): Comparison["verdict"] {
  const [fastest, slowest] = [1 / (1 + threshold), 1 + threshold];
  if (low > slowest) return "slower";
  if (high < fastest) return "faster";
  return low >= fastest && high <= slowest ? "same" : "unclear";
}

/**
 * Reads what `wasmlp profile --json` printed.
 *
 * @param place its name in errors
 * @throws DataError when it is something else.
 */
export function parseProfile(text: string, place: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal(place, "is not JSON");
  }
  return checkProfile(value, place);
}

/** The same of what was parsed, or came from another process. */
export function checkProfile(value: unknown, place: string): Profile {
  if (!isRecord(value) || value.format !== "wasmlp-profile") {
    throw refusal(place, "is not a profile");
  }
  if (value.version !== 1) throw refusal(place, `is of version ${value.version}`);
  const { measurements, host, timer, roofs } = value;
  if (!isHost(host)) throw refusal(place, "has no host with an engine and cores");
  if (!isRecord(timer) || !isPositive(timer.resolution) || !isPositive(timer.batch)) {
    throw refusal(place, "has no timer with resolution and batch");
  }
  if (!Array.isArray(roofs) || !roofs.every(isRoof)) {
    throw refusal(place, "has roofs without way, threads, peak, or the bandwidth of each level");
  }
  if (!Array.isArray(measurements) || !measurements.every(isMeasurement)) {
    throw refusal(
      place,
      "has measurements without kernel, shape, share, or seconds within their interval",
    );
  }
  // Earlier versions had no limit of time, and do not say that they met none.
  const complete = measurements.map((one) => ({ isComplete: true, ...one }));
  return { ...value, measurements: complete } as unknown as Profile;
}

function refusal(place: string, found: string): DataError {
  return new DataError(`${place}: ${found}, expected what wasmlp profile --json prints`);
}

function isMeasurement(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kernel, shape, share, seconds, interval } = value;
  const isNamed = typeof kernel === "string" && isVariant(value) && areSizes(shape);
  return isNamed && isPositive(share) && isWithin(seconds, interval);
}

function isHost(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { engine, cores, processor = "" } = value;
  return typeof engine === "string" && isPositive(cores) && typeof processor === "string";
}

function isRoof(value: unknown): boolean {
  if (!isRecord(value) || !isVariant(value) || !isPositive(value.peak)) return false;
  const { bandwidth } = value;
  if (!isRecord(bandwidth)) return false;
  return LEVELS.every(({ name }) => {
    const speeds = bandwidth[name];
    return isRecord(speeds) && isPositive(speeds.read) && isPositive(speeds.update);
  });
}

function isVariant({ way, threads }: Record<string, unknown>): boolean {
  return typeof way === "string" && isPositive(threads);
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function areSizes(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => one > 0);
}

/** Of finite numbers above 0. */
function isWithin(value: unknown, interval: unknown): boolean {
  if (!isRecord(interval)) return false;
  const numbers = [interval.low, value, interval.high];
  const areNumbers = numbers.every((one) => typeof one === "number" && Number.isFinite(one));
  const [low, middle, high] = numbers as number[];
  return areNumbers && 0 < low && low <= middle && middle <= high;
}
