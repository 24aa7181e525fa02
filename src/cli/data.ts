/** Which data a command works on: MNIST, files of one's own in its format, or built-in digits. */
import type { Command } from "commander";
import {
  type ClassTargets,
  type Dataset,
  DownloadError,
  digits,
  FileError,
  type Preprocessing,
  type Targets,
} from "../index.js";
import { loadMnist, loadMnistTest, type MnistOptions } from "../node/index.js";
import { bytes } from "../report/numbers.js";
import { type DownloadState, downloadProgress } from "../report/progressLine.js";
import { BUILT_IN_DIGITS } from "./defaults.js";
import type { Terminal } from "./terminal.js";

export interface DataFlags {
  /** "mnist", "digits", a folder or a file; absent: MNIST, or built-in digits where it is out of reach. */
  readonly data?: string | undefined;
  readonly dataDir?: string | undefined;
}

export interface TrainingData<T extends Targets = ClassTargets> {
  readonly training: Dataset<T>;
  readonly test: Dataset<T>;
}

/** A table or arrays. */
export interface OwnData extends TrainingData<Targets> {
  /** Absent where inputs stay as they are and classes are predicted. */
  readonly preprocessing: Preprocessing | undefined;
  /** Of a table or arrays that a part was held out of: what tells them from others. */
  readonly digest?: string | undefined;
}

const DATA_HELP = `
Without --data: MNIST from --data-dir, $WASMLP_DATA_DIR or the cache, to which
it is downloaded once; built-in digits where it is out of reach.`;

/** Where there is something to fall back to, a mirror that says nothing is not waited for long. */
const FALLBACK_SILENCE_SECONDS = 5;

export function addDataOptions(command: Command): Command {
  command.option(
    "--data <mnist|digits|dir|file>",
    "MNIST, built-in digits, a folder with files in MNIST's format, a table (CSV, TSV) or arrays (NPZ, NPY, IDX, safetensors), also .gz",
  );
  return addDataDirectoryOption(command).addHelpText("after", DATA_HELP);
}

export function addDataDirectoryOption(command: Command): Command {
  return command.option(
    "--data-dir <dir>",
    "folder with MNIST's files (default: $WASMLP_DATA_DIR)",
  );
}

export async function loadTrainingData(
  flags: DataFlags,
  terminal: Terminal,
): Promise<TrainingData> {
  return load(flags, terminal, {
    files: async (options) => {
      const { train, test } = await loadMnist(options);
      return { training: train, test };
    },
    digits: () => ({
      training: digits(BUILT_IN_DIGITS.training),
      test: digits(BUILT_IN_DIGITS.test),
    }),
  });
}

export async function loadTestData(flags: DataFlags, terminal: Terminal): Promise<Dataset> {
  return load(flags, terminal, {
    files: loadMnistTest,
    digits: () => digits(BUILT_IN_DIGITS.test),
  });
}

interface Sources<Data> {
  readonly files: (options: MnistOptions) => Promise<Data>;
  readonly digits: () => Data;
}

async function load<Data>(
  flags: DataFlags,
  terminal: Terminal,
  sources: Sources<Data>,
): Promise<Data> {
  const { data = "mnist", dataDir } = flags;
  try {
    if (data === "digits") return drawDigits(sources, terminal);
    const patience = flags.data === undefined ? { silenceSeconds: FALLBACK_SILENCE_SECONDS } : {};
    const dataDirectory = data === "mnist" ? dataDir : data;
    return await loadFiles({ dataDirectory, ...patience }, sources, terminal);
  } catch (error) {
    if (flags.data !== undefined || dataDir !== undefined || !isOutOfReach(error)) throw error;
    const reason =
      error instanceof DownloadError
        ? "is not in the cache and no mirror can be reached"
        : `cannot be had (${error.message})`;
    terminal.note(
      `Using built-in digits, as MNIST ${reason}; to get it: ${terminal.program} train --data mnist, or set WASMLP_DATA_DIR to a directory with its files.`,
    );
    return drawDigits(sources, terminal);
  } finally {
    terminal.progress("");
  }
}

/** Neither in the cache nor to be fetched into it: no mirror answers, or the cache cannot be used. */
function isOutOfReach(error: unknown): error is DownloadError | FileError {
  if (error instanceof DownloadError) return true;
  return error instanceof FileError && !process.env.WASMLP_DATA_DIR;
}

function drawDigits<Data>(sources: Sources<Data>, terminal: Terminal): Data {
  terminal.progress("drawing digits …");
  return sources.digits();
}

async function loadFiles<Data>(
  options: MnistOptions,
  sources: Sources<Data>,
  terminal: Terminal,
): Promise<Data> {
  terminal.progress("loading the data set …");
  return sources.files({
    ...options,
    onProgress: showDownload(terminal),
    signal: terminal.signal,
  });
}

/** A bar that moves, or a line for each file where there is no terminal. */
function showDownload(terminal: Terminal): (state: DownloadState) => void {
  let announced = "";
  return (state) => {
    const { file, bytesTotal } = state;
    terminal.progress(downloadProgress(state, terminal.progressLayout));
    if (terminal.showsProgress || file === announced) return;
    announced = file;
    terminal.note(`downloading ${file}${bytesTotal ? `, ${bytes(bytesTotal)}` : ""}`);
  };
}
