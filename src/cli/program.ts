/** The command line as a whole: finds the command, runs it, turns errors into exit codes. */
import { readFileSync } from "node:fs";
import { debuglog } from "node:util";
import { Command, CommanderError } from "commander";
import { OptionError, WasmlpError } from "../errors.js";
import { printable } from "../report/text.js";
import { wrapParagraphs } from "../report/wrap.js";
import { Findings } from "./findings.js";
import { Interruption } from "./interruption.js";
import { Regression } from "./regression.js";
import type { Terminal } from "./terminal.js";

type Define = (command: Command, terminal: Terminal) => void;

/** Commands are loaded when they are asked for, so that the others' modules cost no time. */
const COMMANDS: readonly {
  readonly name: string;
  readonly description: string;
  readonly load: () => Promise<Define>;
}[] = [
  {
    name: "train",
    description: "Train a network and report its test accuracy",
    load: async () => (await import("./train.js")).defineTrain,
  },
  {
    name: "recipes",
    description: "List settings that come with wasmlp, and what they reach",
    load: async () => (await import("./recipes.js")).defineRecipes,
  },
  {
    name: "evaluate",
    description: "Report how good a saved model is, and its worst mistakes",
    load: async () => (await import("./evaluate.js")).defineEvaluate,
  },
  {
    name: "predict",
    description: "Read the digits in pictures, or predict rows of data",
    load: async () => (await import("./predict.js")).definePredict,
  },
  {
    name: "export",
    description: "Write a saved model for PyTorch, ONNX or NumPy",
    load: async () => (await import("./export.js")).defineExport,
  },
  {
    name: "reproduce",
    description: "Run three published programs, their mistakes included, and compare",
    load: async () => (await import("./reproduce.js")).defineReproduce,
  },
  {
    name: "doctor",
    description: "Say why a network does not learn",
    load: async () => (await import("./doctor/index.js")).defineDoctor,
  },
  {
    name: "gradcheck",
    description: "Check a network's gradients against central differences",
    load: async () => (await import("./gradcheck.js")).defineGradcheck,
  },
  {
    name: "profile",
    description: "Measure how fast the kernels are, and how fast they could be",
    load: async () => (await import("./profile.js")).defineProfile,
  },
  {
    name: "info",
    description: "Print the threads and instructions that were found, and what is used of them",
    load: async () => (await import("./info.js")).defineInfo,
  },
];

const EXAMPLES = `
Examples:
  $ wasmlp train
  $ wasmlp train --hidden 256,128 --out model.safetensors
  $ wasmlp evaluate model.safetensors
  $ wasmlp reproduce

\`wasmlp help <command>\` says more about a command.
`;

const EXIT_USAGE = 2;
const EXIT_FAILURE = 1;

/** `NODE_DEBUG=wasmlp` shows where an error came from. */
const debug = debuglog("wasmlp");

/**
 * Runs the command line `argv` (without the names of Node and script).
 *
 * @returns the exit code: 0, 2 for a usage error, 3 for findings, 4 for a regression, 1 for another
 * failure, or an interruption's
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const program = await createProgram(argv, terminal);
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    return refuse(error, terminal);
  } finally {
    terminal.progress("");
  }
}

async function createProgram(argv: readonly string[], terminal: Terminal): Promise<Command> {
  const program = new Command("wasmlp")
    .description("Train multilayer perceptrons on SIMD WebAssembly kernels.")
    .version(packageVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "Print the help of a command")
    .configureHelp({ minWidthToWrap: LEAST_HELP_COLUMN })
    .addHelpText("after", EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(wrapParagraphs(text.trimEnd(), helpWidth(terminal))),
      writeErr: (text) => terminal.note(text.trimEnd()),
      // `refuse` prints errors, whoever found them.
      outputError: () => {},
      getOutHelpWidth: () => helpWidth(terminal),
      getErrHelpWidth: () => helpWidth(terminal),
    });
  for (const { name, description, load } of COMMANDS) {
    const command = program.command(name).description(description);
    if (argv.includes(name)) (await load())(command, terminal);
  }
  return program;
}

/** Columns beyond which lines of text are hard to read. */
const LONGEST_HELP_LINE = 80;
/** Columns of text beside an option's name that lines are still broken for: those of a terminal of 60. */
const LEAST_HELP_COLUMN = 20;

function helpWidth({ layout }: Terminal): number {
  return Math.min(layout.width, LONGEST_HELP_LINE);
}

function packageVersion(): string {
  const file = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version }: { version: string } = JSON.parse(file);
  return version;
}

/** Says in one sentence what went wrong, if anything did. */
function refuse(error: unknown, terminal: Terminal): number {
  if (error instanceof Interruption || error instanceof Findings || error instanceof Regression) {
    return error.exitCode;
  }
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  // `wasmlp` alone has printed the help.
  if (error instanceof CommanderError && error.code === "commander.help") return EXIT_USAGE;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const known = error instanceof CommanderError || error instanceof WasmlpError;
  // Commander's own begin with "error:", and some of them are two sentences.
  const sentence = message.replace(/^error: /, "").replace(". Expected", ", expected");
  terminal.note(`error: ${known ? "" : "unexpected: "}${printable(sentence)}`);
  debug("%s", stack);
  return error instanceof CommanderError || error instanceof OptionError
    ? EXIT_USAGE
    : EXIT_FAILURE;
}
