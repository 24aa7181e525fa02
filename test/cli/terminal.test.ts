import { expect, test } from "vitest";
import { Terminal, type TerminalOptions } from "../../src/cli/terminal.js";
import { PLAIN_STYLE } from "../../src/report/style.js";

/** Writes of both streams in their order: a terminal shows them on the same screen. */
function record(options: Partial<TerminalOptions> = {}) {
  const writes: string[] = [];
  const terminal = new Terminal({
    stdout: { write: (text) => writes.push(`out ${text}`), isTTY: true, columns: 60 },
    stderr: { write: (text) => writes.push(`err ${text}`), isTTY: true, columns: 60 },
    styles: { stdout: PLAIN_STYLE, stderr: PLAIN_STYLE },
    signal: new AbortController().signal,
    showProgress: true,
    program: "wasmlp",
    ...options,
  });
  return { terminal, writes };
}

test("results go to stdout, talk goes to stderr", () => {
  const { terminal, writes } = record();
  terminal.print("97 %");
  terminal.note("downloading");
  expect(writes).toEqual(["out 97 %\n", "err downloading\n"]);
});

test("a sentence that is wider than the terminal goes on between words, in a pipe it does not", () => {
  const sentence = "The trace is in trace.json: open it at ui.perfetto.dev or chrome://tracing.";
  const { terminal, writes } = record();
  terminal.note(sentence);
  expect(writes).toEqual([
    "err The trace is in trace.json: open it at ui.perfetto.dev or\nchrome://tracing.\n",
  ]);
  const piped = record({ stderr: { write: (text) => piped.writes.push(text) } });
  piped.terminal.note(sentence);
  expect(piped.writes).toEqual([`${sentence}\n`]);
});

test("progress is rewritten in place, and only when it changes", () => {
  const { terminal, writes } = record();
  terminal.progress("1 %");
  terminal.progress("1 %");
  terminal.progress("2 %");
  terminal.progress("");
  terminal.progress("");
  expect(writes).toEqual(["err \r\x1b[K1 %", "err \r\x1b[K2 %", "err \r\x1b[K"]);
});

test("what is printed stands above the progress, never in it", () => {
  const { terminal, writes } = record();
  terminal.progress("1 %");
  terminal.print("epoch 1");
  expect(writes).toEqual(["err \r\x1b[K1 %", "err \r\x1b[K", "out epoch 1\n", "err \r\x1b[K1 %"]);
});

test("where progress cannot be shown nothing is written for it", () => {
  const { terminal, writes } = record({ showProgress: false });
  terminal.progress("1 %");
  terminal.print("epoch 1");
  expect(writes).toEqual(["out epoch 1\n"]);
});

test("lines may have any length unless they are read on a terminal", () => {
  const write = () => {};
  expect(record().terminal.layout.width).toBe(60);
  expect(record({ stdout: { write, isTTY: true, columns: 0 } }).terminal.layout.width).toBe(80);
  expect(record({ stdout: { write } }).terminal.layout.width).toBe(Number.POSITIVE_INFINITY);
});

test("progress leaves room for the ^C that terminals echo", () => {
  const { terminal } = record();
  expect(terminal.progressLayout.width).toBe(57);
});
