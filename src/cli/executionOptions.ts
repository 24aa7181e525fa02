/** The options that say on how many threads and with which instructions kernels run. */
import type { Command } from "commander";
import type { ExecutionOptions } from "../index.js";
import { OptionError } from "../index.js";
import { oneOf, wholeNumber } from "./optionValues.js";

export interface ExecutionFlags {
  readonly threads?: number | "auto";
  readonly simd?: "auto" | "plain" | "relaxed";
}

/** More threads than this are taken for a mistake. */
const MOST_THREADS = 256;

export function addExecutionOptions(command: Command): Command {
  return command
    .option(
      "--threads <auto|n>",
      "threads that compute; auto: one for each core (default: auto)",
      threads,
    )
    .option(
      "--simd <auto|plain|relaxed>",
      "instructions: plain gives the same bits on every machine, relaxed is faster; auto: relaxed where there is any and no seed is given (default: auto)",
      oneOf("--simd", ["auto", "plain", "relaxed"] as const),
    );
}

/** What the library is to be asked for. */
export function executionOptions({ threads, simd }: ExecutionFlags): ExecutionOptions {
  return { ...(threads !== undefined && { threads }), ...(simd !== undefined && { simd }) };
}

function threads(text: string): number | "auto" {
  if (text === "auto") return text;
  try {
    return wholeNumber("--threads", { minimum: 1, maximum: MOST_THREADS })(text);
  } catch (cause) {
    throw new OptionError(
      `--threads is ${JSON.stringify(text)}, expected auto or a whole number from 1 to ${MOST_THREADS}`,
      { cause },
    );
  }
}
