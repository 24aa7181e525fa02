/** Logs of a training run: a file that grows by a line an epoch. */
import { appendFile, writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { checkOptions, checkWhole } from "../../arguments.js";
import { FileError, OptionError } from "../../errors.js";
import type { EpochReport } from "../../training/options.js";
import { writeError } from "../fileErrors.js";
import { readFileBytes } from "../files.js";

/** A file that grows by a line an epoch. */
export interface RunLog {
  /** Adds an epoch's figures; they are in the file when the promise resolves. */
  epoch(report: EpochReport): Promise<void>;
}

/** Whether a log begins anew. */
export interface RunLogOptions {
  /** Goes on with an existing log behind this epoch; what it holds of later ones is dropped. */
  readonly resumeAfter?: number;
}

/** @throws OptionError when an option is misspelt or out of range. */
export function checkedLogOptions(owner: string, options: RunLogOptions): RunLogOptions {
  checkOptions(owner, options, { resumeAfter: "checked" });
  if (options.resumeAfter !== undefined) {
    checkWhole("resumeAfter", options.resumeAfter, 0, MOST_EPOCHS);
  }
  return options;
}

/** As many as a run may have. */
const MOST_EPOCHS = 1_000_000_000;

interface Format {
  readonly header: string;
  line(report: EpochReport): string;
  /** The epoch that a line is of; NaN when it is none. */
  epochOf(line: string): number;
}

const COLUMNS = [
  "epoch",
  "loss",
  "accuracy",
  "validationLoss",
  "validationAccuracy",
  "learningRate",
  "seconds",
] as const satisfies (keyof EpochReport)[];

const FORMATS: Readonly<Record<string, Format>> = {
  ".csv": {
    header: `${COLUMNS.join(",")}\n`,
    line: (report) => `${COLUMNS.map((column) => report[column] ?? "").join(",")}\n`,
    epochOf: (line) => (/^\d+,/.test(line) ? Number.parseInt(line, 10) : Number.NaN),
  },
  ".jsonl": {
    header: "",
    line: (report) =>
      `${JSON.stringify(Object.fromEntries(COLUMNS.map((name) => [name, report[name]])))}\n`,
    epochOf: (line) => Number(/^\{"epoch":(\d+)[,}]/.exec(line)?.[1] ?? Number.NaN),
  },
};

/**
 * Opens a log in the format that the name of the file says: `.csv` or `.jsonl`. An existing file is
 * replaced, unless the run is resumed.
 *
 * @throws OptionError when the name has another extension, or an option is misspelt or out of range.
 * @throws FileError when the file cannot be written, or does not hold the log of a run to resume.
 */
export async function openRunLog(path: string, options: RunLogOptions = {}): Promise<RunLog> {
  const format = FORMATS[extname(path)];
  if (!format) {
    const found = extname(path) === "" ? "no extension" : `the extension ${extname(path)}`;
    throw new OptionError(`${path}: has ${found}, expected ${Object.keys(FORMATS).join(" or ")}`);
  }
  const { resumeAfter } = checkedLogOptions("openRunLog", options);
  const kept = resumeAfter === undefined ? "" : await keptLines(path, format, resumeAfter);
  await guarded(path, () => writeFile(path, format.header + kept));
  return {
    epoch: (report) => guarded(path, () => appendFile(path, format.line(report))),
  };
}

/** Lines of epochs up to `last`; a last line without an end was torn when the run was killed. */
async function keptLines(path: string, format: Format, last: number): Promise<string> {
  const text = new TextDecoder().decode(await readFileBytes(path));
  if (!text.startsWith(format.header)) {
    throw new FileError(
      `${path}: line 1 is "${text.split("\n", 1)[0]}", expected "${format.header.trim()}" as the log of a run to resume has`,
    );
  }
  const lines = text.slice(format.header.length).split("\n").slice(0, -1);
  const kept = lines.filter((line, index) => {
    const epoch = format.epochOf(line);
    if (epoch > 0) return epoch <= last;
    const number = index + (format.header === "" ? 1 : 2);
    throw new FileError(`${path}: line ${number} is "${line}", expected the figures of an epoch`);
  });
  return kept.map((line) => `${line}\n`).join("");
}

async function guarded(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    throw writeError(path, cause);
  }
}
