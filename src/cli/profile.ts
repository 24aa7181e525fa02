/** `wasmlp profile`: how fast the kernels are on this machine, and how fast they could be. */
import type { Command } from "commander";
import { OptionError } from "../index.js";
import { findKernel, KERNELS, profile, type Shape } from "../profile/index.js";
import { percent } from "../report/numbers.js";
import { profileCsv } from "../report/profileCsv.js";
import { profileDetails, profileOverview, roofTable } from "../report/profileTable.js";
import { truncate } from "../report/text.js";
import { wholeNumber } from "./optionValues.js";
import type { Terminal } from "./terminal.js";

interface ProfileFlags {
  readonly kernel?: readonly string[];
  readonly shape?: Shape;
  readonly sweep?: true;
  readonly threads?: number;
  readonly rounds?: number;
  readonly json?: true;
  readonly csv?: true;
}

const EXPLANATION = `
Kernels: ${KERNELS.map(({ name }) => name).join(", ")}

Each is run as a plain JavaScript loop, as the same loop in WebAssembly without
SIMD, and as training runs it: on plain and on relaxed SIMD, on one thread and on
more at once. Operations are counted from shapes. The roof is measured in the
same process: multiply-adds that touch registers only, and streams over arrays
of 16 KB, 256 KB, 4 MB and 64 MB.

Examples:
  $ wasmlp profile
  $ wasmlp profile --kernel gemm-nn --shape 512x512x512
  $ wasmlp profile --kernel adam,sgd --sweep
  $ wasmlp profile --json > profile.json
`;

export function defineProfile(command: Command, terminal: Terminal): void {
  command
    .option("--kernel <names>", "kernels to measure, such as gemm-nn or tanh,relu", kernels)
    .option("--shape <sizes>", "a shape instead of the kernels' own, such as 512x512x512", shape)
    .option("--sweep", "other shapes beside those that training asks for")
    .option(
      "--threads <n>",
      "threads up to which kernels are run at once (default: one for each core)",
      wholeNumber("--threads", { minimum: 1, maximum: 256 }),
    )
    .option(
      "--rounds <n>",
      "samples of each; every round takes one of each (default: 21)",
      wholeNumber("--rounds", { minimum: 5, maximum: 1001 }),
    )
    .option("--json", "print one JSON object, every sample included")
    .option("--csv", "print comma-separated values")
    .addHelpText("after", EXPLANATION)
    .action((flags: ProfileFlags) => runProfile(flags, terminal));
}

async function runProfile(flags: ProfileFlags, terminal: Terminal): Promise<void> {
  const { kernel, shape: given, sweep, threads, rounds, json, csv } = flags;
  if (json && csv) throw new OptionError("--json and --csv are given, expected one of them");
  if (given && !kernel) {
    throw new OptionError("--shape is given without --kernel, expected the kernel that it is for");
  }
  const { signal, progressLayout } = terminal;
  const result = await profile({
    ...(kernel && { kernels: kernel }),
    ...(given && { shape: given }),
    ...(threads !== undefined && { threads }),
    ...(rounds !== undefined && { rounds }),
    shapes: sweep ? "all" : "training",
    signal,
    onProgress: (done) => {
      terminal.progress(truncate(`profiling ${percent(done, 0)}`, progressLayout.width));
    },
  });
  terminal.progress("");
  if (json) {
    terminal.print(JSON.stringify(result));
    return;
  }
  if (csv) {
    terminal.print(profileCsv(result));
    return;
  }
  const report = kernel ? profileDetails : profileOverview;
  terminal.print(roofTable(result, terminal.layout));
  terminal.print(`\n${report(result, terminal.layout)}`);
}

function kernels(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    if (KERNELS.some((kernel) => kernel.name === name)) continue;
    const all = KERNELS.map((kernel) => kernel.name).join(", ");
    throw new OptionError(`--kernel is "${name}", expected one of ${all}`);
  }
  return names.map((name) => findKernel(name).name);
}

function shape(text: string): Shape {
  if (/^\d+(x\d+)*$/.test(text)) return text.split("x").map(Number);
  throw new OptionError(`--shape is "${text}", expected whole numbers such as 512x512x512`);
}
