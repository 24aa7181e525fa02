/** On how many threads and with which instructions kernels run. */
import { OptionError } from "../errors.js";
import { detectFeatures, type Features } from "./features.js";

/** What a caller may ask for. */
export interface ExecutionOptions {
  /**
   * Threads that train and evaluate; default "auto": the number of cores, or one where memory
   * cannot be shared. The result does not depend on it, to the bit.
   */
  readonly threads?: number | "auto";
  /**
   * - "plain": 128-bit SIMD; the same seed gives the same bits on every machine and engine
   * - "relaxed": with fused multiply-add, faster; bits may differ between machines
   * - "auto" (default): relaxed where the host has it, but plain when a seed is given, since that
   *   asks for reproducible results
   */
  readonly simd?: "auto" | "plain" | "relaxed";
}

/** Their names, for whoever takes them among other options. */
export const EXECUTION_OPTIONS = {
  threads: "checked",
  simd: "checked",
} as const satisfies Record<keyof ExecutionOptions, string>;

/** What was chosen, and why. */
export interface Execution {
  /** Threads that train, evaluate and answer `predictAll`, 1 … 256. */
  readonly threads: number;
  /** Which instructions the kernels use. */
  readonly simd: "plain" | "relaxed";
  /** Whether linear memory is shared with workers; otherwise kernels run on the calling thread. */
  readonly memory: "shared" | "private";
  /** Why each was chosen, in a few words for people. */
  readonly reasons: {
    /** Why so many threads. */
    readonly threads: string;
    /** Why these instructions. */
    readonly simd: string;
    /** Why the memory is shared, or is not. */
    readonly memory: string;
  };
}

/** More threads than this are taken for a mistake. */
const MAXIMUM_THREADS = 256;

/**
 * @param reproducible whether the caller asked for reproducible results
 * @throws OptionError when an option is out of range or the host lacks what is asked for.
 */
export function chooseExecution(
  { threads = "auto", simd = "auto" }: ExecutionOptions,
  reproducible: boolean,
  features: Features = detectFeatures(),
): Execution {
  const memory = chooseMemory(features);
  const chosenThreads = chooseThreads(threads, features);
  const chosenSimd = chooseSimd(simd, reproducible, features);
  return {
    threads: chosenThreads.value,
    simd: chosenSimd.value,
    memory: memory.value,
    reasons: { threads: chosenThreads.reason, simd: chosenSimd.reason, memory: memory.reason },
  };
}

interface Choice<Value> {
  readonly value: Value;
  readonly reason: string;
}

function chooseMemory({ sharedMemory }: Features): Choice<Execution["memory"]> {
  return sharedMemory
    ? { value: "shared", reason: "the host shares memory between threads" }
    : {
        value: "private",
        reason:
          "the host does not share memory between threads (a page must be cross-origin isolated)",
      };
}

function chooseThreads(
  threads: number | "auto",
  { sharedMemory, cores }: Features,
): Choice<number> {
  if (threads === "auto") {
    if (!sharedMemory) return { value: 1, reason: "memory is not shared" };
    const found = `the host has ${cores} ${cores === 1 ? "core" : "cores"}`;
    return cores <= MAXIMUM_THREADS
      ? { value: cores, reason: found }
      : {
          value: MAXIMUM_THREADS,
          reason: `${found}, of which at most ${MAXIMUM_THREADS} are used`,
        };
  }
  if (!Number.isInteger(threads) || threads < 1 || threads > MAXIMUM_THREADS) {
    throw new OptionError(
      `threads is ${threads}, expected "auto" or a whole number from 1 to ${MAXIMUM_THREADS}`,
    );
  }
  if (threads > 1 && !sharedMemory) {
    throw new OptionError(
      `threads is ${threads}, expected 1 on a host that does not share memory between threads`,
    );
  }
  return { value: threads, reason: "asked for" };
}

function chooseSimd(
  simd: ExecutionOptions["simd"],
  reproducible: boolean,
  { relaxedSimd }: Features,
): Choice<Execution["simd"]> {
  switch (simd) {
    case "plain":
      return { value: "plain", reason: "asked for" };
    case "relaxed":
      if (relaxedSimd) return { value: "relaxed", reason: "asked for" };
      throw new OptionError('simd is "relaxed", expected "plain" on a host without relaxed SIMD');
    case "auto":
      if (!relaxedSimd) return { value: "plain", reason: "the host has no relaxed SIMD" };
      if (reproducible) return { value: "plain", reason: "a seed asks for reproducible results" };
      return { value: "relaxed", reason: "the host has relaxed SIMD" };
    default:
      throw new OptionError(`simd is "${simd}", expected auto, plain or relaxed`);
  }
}
