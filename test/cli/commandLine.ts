/** Runs commands as the command line does, and keeps what they write. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../src/cli/program.js";
import { Terminal } from "../../src/cli/terminal.js";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { idx } from "../support/idx.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** In this process, as if piped. */
export function wasmlp(...argv: readonly string[]): Promise<Outcome> {
  return wasmlpIn(undefined, ...argv);
}

/** The same with lines of up to so many columns. */
export async function wasmlpIn(
  columns: number | undefined,
  ...argv: readonly string[]
): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const terminal = new Terminal({
    stdout: { write: (text) => (stdout += text), ...(columns && { columns, isTTY: true }) },
    stderr: { write: (text) => (stderr += text) },
    styles: { stdout: PLAIN_STYLE, stderr: PLAIN_STYLE },
    signal: new AbortController().signal,
    showProgress: false,
    program: "wasmlp",
  });
  const exitCode = await run(argv, terminal);
  return { exitCode, stdout, stderr };
}

const SIDE = 4;

/** Images of one bright row or column each; the label says which. */
function patterns(samples: number): { images: Uint8Array; labels: Uint8Array } {
  const labels = Uint8Array.from({ length: samples }, (_, sample) => sample % (2 * SIDE));
  const pixels = Array.from(labels).flatMap((label) =>
    Array.from({ length: SIDE * SIDE }, (_, pixel) => {
      const isBright = label < SIDE ? pixel >> 2 === label : pixel % SIDE === label - SIDE;
      return isBright ? 255 : 0;
    }),
  );
  return {
    images: idx({ dimensions: [samples, SIDE, SIDE], data: pixels }),
    labels: idx({ dimensions: [samples], data: labels }),
  };
}

/** The files of a small data set in MNIST's format, some of them replaced. */
export async function dataDirectory(
  replaced: Readonly<Record<string, Uint8Array>> = {},
): Promise<string> {
  const directory = join(await temporaryDirectory(), "data");
  await mkdir(directory);
  const train = patterns(160);
  const test = patterns(40);
  const files = {
    "train-images-idx3-ubyte": train.images,
    "train-labels-idx1-ubyte": train.labels,
    "t10k-images-idx3-ubyte": test.images,
    "t10k-labels-idx1-ubyte": test.labels,
    ...replaced,
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(directory, name), bytes);
  return directory;
}

/** The objects of output that has one a line. */
export function parseLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
