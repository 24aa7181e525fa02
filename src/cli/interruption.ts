/** Why a command stops before its end although nothing went wrong. */

/** The reason of the signal that commands watch. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = "Interruption";
    this.exitCode = exitCode;
  }
}

/** By custom, a program that a signal ends exits with 128 + the signal's number. */
const EXIT_CODES = {
  /** Ctrl-C */
  SIGINT: 130,
  /** Whoever read the output has gone, as in `wasmlp train | head`. */
  SIGPIPE: 141,
  SIGTERM: 143,
} as const;

export function interruption(signal: keyof typeof EXIT_CODES): Interruption {
  return new Interruption(`interrupted by ${signal}`, EXIT_CODES[signal]);
}

/** Whether nobody is left to read what the command prints. */
export function readerHasGone(reason: unknown): boolean {
  return reason instanceof Interruption && reason.exitCode === EXIT_CODES.SIGPIPE;
}
