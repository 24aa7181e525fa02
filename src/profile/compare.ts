/** Two profiles against each other: what got slower, what got faster, and what cannot be told. */
import { isRecord } from "../arguments.js";
import { DataError } from "../errors.js";
import type { Measurement, Profile } from "./profile.js";
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
  /**
   * - "slower", "faster": by more than the threshold, and so is the whole interval
   * - "same": the whole interval is within the threshold
   * - "unclear": none of these; the noise is too much
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
        verdict: judge(interval, threshold),
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
  const { measurements } = value;
  if (!Array.isArray(measurements) || !measurements.every(isMeasurement)) {
    throw refusal(
      place,
      "has measurements without kernel, shape, or seconds within their interval",
    );
  }
  return value as unknown as Profile;
}

function refusal(place: string, found: string): DataError {
  return new DataError(`${place}: ${found}, expected what wasmlp profile --json prints`);
}

function isMeasurement(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kernel, shape, way, threads, seconds, interval } = value;
  const names = [kernel, way].every((name) => typeof name === "string");
  return names && typeof threads === "number" && areSizes(shape) && isWithin(seconds, interval);
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
