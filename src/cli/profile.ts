/** `wasmlp profile`: how fast the kernels are on this machine, and how fast they could be. */
import { type Command, Option } from "commander";
import { OptionError } from "../index.js";
import { checkWritable, readFileBytes, writeFileAtomically } from "../node/index.js";
import {
  type Comparison,
  type CompiledWay,
  compareProfiles,
  type HostDifference,
  hostDifferences,
  KERNEL_NAMES,
  kernelsNamed,
  type Profile,
  type ProfileOptions,
  parseProfile,
  profile,
  type Shape,
} from "../profile/index.js";
import { percent } from "../report/numbers.js";
import { hostNote, profileComparison } from "../report/profileComparison.js";
import { profileCsv } from "../report/profileCsv.js";
import { profileDetails, profileOverview, roofTable } from "../report/profileTable.js";
import { drawRoofline, rooflineOf } from "../report/roofline.js";
import { rooflineHtml, rooflineSvg } from "../report/rooflineSvg.js";
import { printable, truncate } from "../report/text.js";
import { wrap } from "../report/wrap.js";
import { printDisassembly } from "./disassemble.js";
import { number, wholeNumber } from "./optionValues.js";
import { profileEngines } from "./profileEngines.js";
import { Regression } from "./regression.js";
import type { Terminal } from "./terminal.js";

interface ProfileFlags {
  readonly kernel?: readonly string[];
  readonly shape?: Shape;
  readonly sweep?: true;
  readonly threads?: number;
  readonly rounds?: number;
  readonly disassemble?: readonly string[];
  readonly variant?: CompiledWay;
  readonly json?: true;
  readonly csv?: true;
  /** true: all that are found. */
  readonly engines?: readonly string[] | true;
  readonly svg?: string;
  readonly html?: string;
  readonly compare?: string;
  readonly threshold: number;
}

const EXPLANATION = `
Kernels: ${KERNEL_NAMES}

Each is run as a plain JavaScript loop, as the same loop in WebAssembly without
SIMD, and as training runs it: on plain and on relaxed SIMD, on one thread and on
more at once. Operations are counted from shapes. The roof is measured in the
same process: multiply-adds that touch registers only, and streams over arrays
of 16 KB, 256 KB, 4 MB and 64 MB.

--engines runs the profile in one engine after the other and prints one table:
in this Node, in those of the PATH and of version managers, in Chromium and in
Firefox; or in those that are named: node, chromium, firefox, a command, a path.
What is missing is said and left out.

--disassemble prints the loop in which a kernel executes most instructions, as
WebAssembly text, and how many vectors it keeps at once: V8 has 15 registers for
them on x86-64. Where V8 prints machine code, loads and stores are counted there.

Exit code 4 when --compare finds a kernel slower than before by more than the
threshold, its whole confidence interval; JavaScript and scalar loops do not count.
Where engine, processor or roofs are not those of before, a sentence says so.

Examples:
  $ wasmlp profile
  $ wasmlp profile --svg roofline.svg
  $ wasmlp profile --compare profile.json --threshold 10
  $ wasmlp profile --kernel gemm --shape 512x512x512
  $ wasmlp profile --kernel adam,sgd --sweep
  $ wasmlp profile --engines
  $ wasmlp profile --engines node,chromium,/opt/node24/bin/node --kernel gemm-nn
  $ wasmlp profile --disassemble gemm
  $ wasmlp profile --disassemble adam --shape 4096 --variant simd
  $ wasmlp profile --json > profile.json
`;

export function defineProfile(command: Command, terminal: Terminal): void {
  command
    .option(
      "--kernel <names>",
      "kernels to measure, such as gemm or tanh,relu",
      kernelsOf("--kernel"),
    )
    .option("--shape <sizes>", "a shape instead of the kernels' own, such as 512x512x512", shape)
    .option("--sweep", "other shapes beside those that training asks for")
    .option(
      "--threads <n>",
      "threads up to which kernels are run at once (default: one for each core)",
      wholeNumber("--threads", { minimum: 1, maximum: 256 }),
    )
    .option(
      "--rounds <n>",
      "samples of each, every one the fastest of five batches (default: 12)",
      wholeNumber("--rounds", { minimum: 5, maximum: 1001 }),
    )
    .option("--engines [names]", "the same in several engines, such as node,chromium", engines)
    .option(
      "--disassemble <names>",
      "print the loop in which a kernel spends its time",
      kernelsOf("--disassemble"),
    )
    .addOption(
      new Option("--variant <name>", "whose loop that is (default: the fastest)").choices([
        "scalar",
        "simd",
        "relaxed",
      ]),
    )
    .option("--json", "print one JSON object, every sample included")
    .option("--csv", "print comma-separated values")
    .option("--svg <file>", "write the roofline picture as SVG")
    .option("--html <file>", "write the roofline picture as a page of its own")
    .option("--compare <file>", "compare with what --json printed before")
    .option(
      "--threshold <percent>",
      "by how much more time a kernel counts as slower",
      number("--threshold", { above: 0 }),
      5,
    )
    .addHelpText("after", EXPLANATION)
    .action((flags: ProfileFlags) => runProfile(flags, terminal));
}

async function runProfile(flags: ProfileFlags, terminal: Terminal): Promise<void> {
  const { kernel, shape: given, sweep, threads, rounds, json, csv } = flags;
  if (json && csv) throw new OptionError("--json and --csv are given, expected one of them");
  if (flags.disassemble !== undefined) {
    refuseBesides("--disassemble", flags, [
      "kernel",
      "sweep",
      "engines",
      "csv",
      "svg",
      "html",
      "compare",
    ]);
    return printDisassembly({ ...flags, disassemble: flags.disassemble }, terminal);
  }
  if (flags.variant !== undefined) {
    throw new OptionError("--variant is given without --disassemble, expected both or neither");
  }
  if (given && !kernel) {
    throw new OptionError("--shape is given without --kernel, expected the kernel that it is for");
  }
  const options: ProfileOptions = {
    ...(kernel && { kernels: kernel }),
    ...(given && { shape: given }),
    ...(threads !== undefined && { threads }),
    ...(rounds !== undefined && { rounds }),
    shapes: sweep ? "all" : "training",
  };
  const kind = kernel ? "details" : "overview";
  if (flags.engines) {
    const names = flags.engines === true ? undefined : flags.engines;
    refuseBesides("--engines", flags, ["svg", "html", "compare"]);
    const format = json ? "json" : csv ? "csv" : "text";
    return profileEngines(names, options, { format, kind }, terminal);
  }
  // What cannot be read or written is said before, not after half a minute.
  for (const file of [flags.svg, flags.html]) if (file !== undefined) await checkWritable(file);
  const baseline = flags.compare === undefined ? undefined : await readProfile(flags.compare);
  const { signal, progressLayout } = terminal;
  const result = await profile({
    ...options,
    signal,
    onProgress: (done) => {
      terminal.progress(truncate(`profiling ${percent(done, 0)}`, progressLayout.width));
    },
  });
  terminal.progress("");
  await writePictures(result, flags);
  const comparison = baseline && compare(baseline, result, flags.threshold / 100);
  if (json) terminal.print(JSON.stringify({ ...result, ...(comparison && { comparison }) }));
  else if (csv) terminal.print(profileCsv(result));
  else printReport(result, kind, terminal);
  if (comparison) finish(comparison, flags, terminal);
}

function printReport(result: Profile, kind: "details" | "overview", terminal: Terminal): void {
  const { layout } = terminal;
  terminal.print(roofTable(result, layout));
  const report = kind === "details" ? profileDetails : profileOverview;
  terminal.print(`\n${report(result, layout)}`);
  const roofline = rooflineOf(result);
  if (roofline) terminal.print(`\n${drawRoofline(roofline, layout)}`);
}

/** @throws OptionError when nothing that was measured has a place in the picture. */
async function writePictures(result: Profile, { svg, html }: ProfileFlags): Promise<void> {
  if (svg === undefined && html === undefined) return;
  const roofline = rooflineOf(result);
  if (!roofline) {
    throw new OptionError(
      "--kernel names kernels that only move bytes, expected one that computes",
    );
  }
  const encode = (text: string) => new TextEncoder().encode(text);
  if (svg !== undefined) await writeFileAtomically(svg, encode(rooflineSvg(roofline, result)));
  if (html !== undefined) await writeFileAtomically(html, encode(rooflineHtml(roofline, result)));
}

async function readProfile(file: string): Promise<Profile> {
  return parseProfile(new TextDecoder().decode(await readFileBytes(file)), file);
}

/** What `--json` says of it. */
interface ProfileComparison {
  /** As a part. */
  readonly threshold: number;
  readonly host: readonly HostDifference[];
  readonly kernels: readonly Comparison[];
}

function compare(baseline: Profile, result: Profile, threshold: number): ProfileComparison {
  const kernels = compareProfiles(baseline, result, threshold);
  return { threshold, host: hostDifferences(baseline, result), kernels };
}

/** @throws Regression when a kernel is slower. */
function finish(
  { threshold, host, kernels }: ProfileComparison,
  { json, csv }: ProfileFlags,
  terminal: Terminal,
): void {
  const { layout } = terminal;
  const note = hostNote(host);
  const table = profileComparison(kernels, threshold, layout);
  const report = note === undefined ? table : `${table}\n${wrap(printable(note), layout.width)}`;
  // Programs read the object, and people the table, where it is in nobody's way.
  if (json || csv) terminal.note(report);
  else terminal.print(`\n${report}`);
  if (kernels.some(({ verdict }) => verdict === "slower")) throw new Regression();
}

/** @throws OptionError when one of `others` is given beside `option`. */
function refuseBesides(
  option: string,
  flags: ProfileFlags,
  others: readonly (keyof ProfileFlags)[],
): void {
  for (const name of others) {
    if (flags[name] === undefined) continue;
    throw new OptionError(`--${name} and ${option} are given, expected one of them`);
  }
}

function engines(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "")) return names;
  throw new OptionError(`--engines is "${text}", expected names such as node,chromium`);
}

/** @throws OptionError naming the option when one of the names is no kernel's. */
function kernelsOf(option: string): (text: string) => string[] {
  return (text) => {
    const names = text.split(",").flatMap((name) => kernelsNamed(name.trim(), option));
    return [...new Set(names)].map(({ name }) => name);
  };
}

function shape(text: string): Shape {
  if (/^\d+(x\d+)*$/.test(text)) return text.split("x").map(Number);
  throw new OptionError(`--shape is "${text}", expected whole numbers such as 512x512x512`);
}
