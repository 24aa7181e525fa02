/** Where commands write: results to stdout, talk to stderr, and one line that is rewritten. */
import type { Style } from "../report/style.js";
import type { Layout } from "../report/table.js";
import { wrap } from "../report/wrap.js";

/** The part of a `tty.WriteStream` or any other stream that is needed. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface TerminalOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** For what goes to stdout, and for what goes to stderr. */
  readonly styles: { readonly stdout: Style; readonly stderr: Style };
  /** Aborts with an `Interruption` when the command is to stop. */
  readonly signal: AbortSignal;
  /** Whether progress is shown in a line that is rewritten. */
  readonly showProgress: boolean;
  /** How this program is called, for the commands that messages suggest. */
  readonly program: string;
}

/** What terminals of unknown size have had from the beginning. */
const USUAL_COLUMNS = 80;

/** Columns beside progress: for "^C", which terminals echo, and for the cursor. */
const MARGIN = 3;

/** Back to the first column, and what stands in the line deleted. */
const ERASE_LINE = "\r\x1b[K";

export class Terminal {
  readonly signal: AbortSignal;
  readonly showsProgress: boolean;
  readonly program: string;
  readonly #options: TerminalOptions;
  #progress = "";

  constructor(options: TerminalOptions) {
    this.signal = options.signal;
    this.showsProgress = options.showProgress;
    this.program = options.program;
    this.#options = options;
  }

  /** For what is printed: unlimited width unless it is read on a terminal. */
  get layout(): Layout {
    const { stdout, styles } = this.#options;
    const width = stdout.isTTY ? columnsOf(stdout) : Number.POSITIVE_INFINITY;
    return { width, style: styles.stdout };
  }

  /** For progress: a line that never wraps, whatever the terminal adds to it. */
  get progressLayout(): Layout {
    const { stderr, styles } = this.#options;
    return { width: Math.max(1, columnsOf(stderr) - MARGIN), style: styles.stderr };
  }

  /** Prints a result: lines without the last line break. */
  print(text: string): void {
    this.#aboveProgress(() => this.#options.stdout.write(`${text}\n`));
  }

  /** Says something that is not the result; a sentence goes on in the next line between words. */
  note(text: string): void {
    const { stderr } = this.#options;
    const isSentence = stderr.isTTY && !text.includes("\n");
    const lines = isSentence ? wrap(text, columnsOf(stderr)) : text;
    this.#aboveProgress(() => stderr.write(`${lines}\n`));
  }

  /** Shows `line` in place of the last one; "" takes it away. */
  progress(line: string): void {
    if (!this.showsProgress || line === this.#progress) return;
    this.#progress = line;
    this.#options.stderr.write(ERASE_LINE + line);
  }

  #aboveProgress(write: () => void): void {
    const line = this.#progress;
    this.progress("");
    write();
    this.progress(line);
  }
}

/** Some pseudo-terminals claim to have no columns. */
function columnsOf({ columns }: OutputStream): number {
  return columns || USUAL_COLUMNS;
}
