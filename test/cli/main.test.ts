/** The built command as a process: signals, pipes, colours. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { loadModel } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { dataDirectory, parseLines } from "./commandLine.js";

const MAIN = join(import.meta.dirname, "../../build/cli/main.js");
/** More epochs than anybody waits for. */
const ENDLESS = ["--epochs", "1000000000"];

function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, stderr: text(child.stderr), exitCode: exitCodeOf(child) };
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, "close");
  return code;
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s, sent twice as npm does, stops training, saves the model and says so",
  async (signal, expected) => {
    const directory = await temporaryDirectory();
    const out = join(directory, "model.safetensors");
    const data = await dataDirectory();
    const { child, stderr, exitCode } = start(["train", "--data", data, "--out", out, ...ENDLESS]);
    const lines = createInterface(child.stdout);
    for await (const line of lines) if (line.startsWith("epoch")) break;
    child.stdout.resume();
    child.kill(signal);
    // Soon enough for the process to be still there.
    setTimeout(() => child.kill(signal), 1);
    expect(await exitCode).toBe(expected);
    expect(await stderr).toMatch(
      /^Interrupted in epoch \d+ of 1000000000; the model as it stands is saved in .*model\.safetensors\.\n$/,
    );
    expect(await readdir(directory)).toEqual(["model.safetensors"]);
    using model = await loadModel(out);
    expect(model.architecture.inputs).toBe(16);
  },
);

test("an interrupted run's JSON ends with its end", async () => {
  const data = await dataDirectory();
  const { child, stderr, exitCode } = start(["train", "--data", data, "--json", ...ENDLESS]);
  child.stdout.once("data", () => child.kill("SIGINT"));
  const output = await text(child.stdout);
  expect(await exitCode).toBe(130);
  expect(await stderr).toBe("");
  expect(parseLines(output).at(-1)).toMatchObject({
    event: "end",
    interrupted: true,
    testAccuracy: null,
    out: null,
  });
});

test("when the reader has gone, the command ends, without a word unless it saved a model", async () => {
  const out = join(await temporaryDirectory(), "model.safetensors");
  const data = await dataDirectory();
  for (const saving of [[], ["--out", out]]) {
    const { child, stderr, exitCode } = start(["train", "--data", data, ...saving, ...ENDLESS]);
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await exitCode).toBe(141);
    if (saving.length === 0) expect(await stderr).toBe("");
    else expect(await stderr).toMatch(/^Interrupted in epoch .* is saved in [^\n]+\n$/);
  }
  (await loadModel(out)).dispose();
});

test("a pipe gets plain text, NO_COLOR and FORCE_COLOR are honoured", async () => {
  const data = await dataDirectory();
  const run = async (env: NodeJS.ProcessEnv) => {
    const argv = ["train", "--data", data, "--epochs", "1"];
    const { child, exitCode, stderr } = start(argv, env);
    const output = await text(child.stdout);
    expect(await exitCode).toBe(0);
    return output + (await stderr);
  };
  expect(await run({})).not.toContain("\x1b");
  expect(await run({ NO_COLOR: "1" })).not.toContain("\x1b");
  expect(await run({ FORCE_COLOR: "1" })).toContain("\x1b[1mTest accuracy\x1b[22m");
});

test("the exit code is that of the error", async () => {
  const { exitCode, stderr } = start(["train", "--hidden", "0"]);
  expect(await exitCode).toBe(2);
  expect(await stderr).toMatch(/^error: --hidden is "0", expected [^\n]+\n$/);
});
