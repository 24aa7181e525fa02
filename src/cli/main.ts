#!/usr/bin/env node
/** The `wasmlp` command: joins the command line to the process. */
import { fstatSync } from "node:fs";
import { basename, relative } from "node:path";
import { enableRelaxedSimd } from "../node/relaxedSimd.js";
import { truncate } from "../report/text.js";
import { interruption } from "./interruption.js";
import { run } from "./program.js";
import { styleFor } from "./style.js";
import { Terminal } from "./terminal.js";

enableRelaxedSimd();

const { stdout, stderr } = process;
const stop = new AbortController();

const terminal = new Terminal({
  stdout,
  stderr,
  styles: { stdout: styleFor(stdout), stderr: styleFor(stderr) },
  signal: stop.signal,
  showProgress: canShowProgress(),
  program: programName(),
});

/**
 * Within this time, in milliseconds, signals are one key press: the terminal sends it to every process of
 * a job, and npm passes it on to its children once more.
 */
const KEY_PRESS = 300;
let signalled = Number.NEGATIVE_INFINITY;

// The first time the command may end in good order, the second time it must not linger.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    const reason = interruption(signal);
    const now = performance.now();
    if (now - signalled < KEY_PRESS) return;
    signalled = now;
    terminal.progress("");
    if (stop.signal.aborted) process.exit(reason.exitCode);
    const { width } = terminal.progressLayout;
    terminal.progress(truncate("stopping; Ctrl-C again exits at once", width));
    stop.abort(reason);
  });
}

for (const stream of [stdout, stderr]) {
  stream.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") {
      stop.abort(interruption("SIGPIPE"));
    } else {
      terminal.note(`error: the output cannot be written, the system says ${code}`);
      process.exit(1);
    }
  });
}

process.exitCode = await run(process.argv.slice(2), terminal);

/**
 * What goes through a pipe may end on the same screen at moments of its own, and would then run
 * into the line that is being rewritten.
 */
function canShowProgress(): boolean {
  if (!stderr.isTTY || process.env.TERM === "dumb") return false;
  const output = fstatSync(stdout.fd);
  return !output.isFIFO() && !output.isSocket();
}

/** "wasmlp" when installed; in the repository itself nobody has put it on the path. */
function programName(): string {
  const script = process.argv[1] ?? "";
  return basename(script) === "main.js" ? `node ${relative("", script)}` : "wasmlp";
}
