/** Profiles that nobody measured. */
import type { Measurement, Profile } from "../../src/profile/index.js";
import { estimate, uncertaintyOf } from "../../src/profile/statistics.js";

const LEVELS = { read: 40, update: 50 };

/** A kernel whose calls took so many seconds. */
export function measurementOf(
  samples: readonly number[],
  overrides: Partial<Measurement> = {},
): Measurement {
  const { value, interval } = estimate(samples, []);
  return {
    ...{ kernel: "relu", shape: [128, 800], way: "relaxed", threads: 1 },
    ...{ operations: 1000, bytesRead: 400, bytesWritten: 100 },
    ...{ seconds: value, interval, samples, uncertainty: uncertaintyOf({ value, interval }) },
    ...{
      isWarm: true,
      isComplete: true,
      calls: 1,
      gflops: 10,
      gigabytes: 5,
      intensity: 2,
      bound: "compute",
      share: 0.25,
    },
    ...overrides,
  };
}

/** On two cores that nobody has. */
export function profileOf(
  measurements: readonly Measurement[],
  overrides: Partial<Profile> = {},
): Profile {
  return {
    ...{ format: "wasmlp-profile", version: 1 },
    host: { engine: "Node 20.20.2, V8 11.3", cores: 2 },
    timer: { resolution: 0.001, batch: 2 },
    roofs: [
      {
        ...{ way: "relaxed", threads: 1, peak: 50 },
        bandwidth: { L1: { read: 80, update: 100 }, L2: LEVELS, L3: LEVELS, memory: LEVELS },
      },
    ],
    measurements,
    ...overrides,
  };
}
