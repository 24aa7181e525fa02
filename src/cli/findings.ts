/** Ends a command that did what it was asked to, and found something wrong. */
export class Findings extends Error {
  readonly exitCode = 3;
}
