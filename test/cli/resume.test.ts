/** Runs that are killed, and go on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { dataDirectory, wasmlp } from "./commandLine.js";

/** As packed: it starts in half the time. */
const MAIN = join(import.meta.dirname, "../../build/bundled/cli.js");
const SETTINGS = [
  ["--hidden", "40", "--epochs", "60", "--batch-size", "4", "--seed", "5"],
  ["--optimizer", "adam", "--learning-rate", "0.01", "--schedule", "one-cycle"],
  ["--dropout", "0.2", "--input-dropout", "0.1", "--averaging", "0.99", "--elastic", "5"],
  ["--validation-split", "0.2", "--early-stopping", "50"],
].flat();

/** The log without the times. */
async function figures(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8");
  return text.split("\n").map((line) => line.split(",").slice(0, -1).join(","));
}

test("a run that is killed at any moment and resumed ends with the same bits", async () => {
  const directory = await temporaryDirectory();
  const data = await dataDirectory();
  const train = ["train", "--data", data, ...SETTINGS];
  const [whole, wholeLog] = [join(directory, "whole.safetensors"), join(directory, "whole.csv")];
  await wasmlp(...train, "--out", whole, "--log", wholeLog);
  const expected = await readFile(whole);

  for (let trial = 0; trial < 3; trial++) {
    const folder = join(directory, String(trial));
    await mkdir(folder);
    const out = join(folder, "model.safetensors");
    const log = join(folder, "log.csv");
    const records = ["--checkpoint-dir", join(folder, "run"), "--log", log, "--out", out];
    let killed = 0;
    for (;;) {
      const resume = killed > 0 ? ["--resume"] : [];
      const child = spawn(process.execPath, [MAIN, ...train, ...records, ...resume], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      // Starting takes most of this; each trial has moments of its own.
      const moment = 150 + ((trial * 37 + killed * 101) % 300);
      const timer = setTimeout(() => child.kill("SIGKILL"), killed < 6 ? moment : 60_000);
      const [code, signal] = await once(child, "exit");
      clearTimeout(timer);
      if (signal === "SIGKILL") {
        killed++;
        continue;
      }
      expect(code).toBe(0);
      break;
    }
    expect(killed).toBeGreaterThan(0);
    expect((await readFile(out)).equals(expected), `trial ${trial}`).toBe(true);
    expect(await figures(log)).toEqual(await figures(wholeLog));
  }
}, 60_000);

test("a checkpoint is not overwritten unasked, a torn one is replaced by the one before", async () => {
  const folder = join(await temporaryDirectory(), "run");
  const data = await dataDirectory();
  const run = ["train", "--data", data, "--hidden", "5", "--seed", "1", "--checkpoint-dir", folder];
  expect(await wasmlp(...run, "--epochs", "3", "--resume")).toMatchObject({
    exitCode: 0,
    stderr: `${folder}: holds no checkpoint; the run begins at its first epoch.\n`,
  });
  expect(await wasmlp(...run, "--epochs", "3")).toMatchObject({
    exitCode: 2,
    stderr: `error: ${folder}: holds the checkpoint of another run, expected --resume or another folder\n`,
  });
  await truncate(join(folder, "checkpoint.safetensors"), 500);
  const { stdout, stderr } = await wasmlp(...run, "--epochs", "5", "--resume", "--json");
  expect(stderr).toMatch(
    /checkpoint\.safetensors: .+; going on from .+previous\.safetensors instead\.\n$/,
  );
  const epochs = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).epoch);
  expect(epochs.filter(Boolean)).toEqual([3, 4, 5]);
  expect(await wasmlp(...run, "--epochs", "6", "--resume", "--hidden", "6")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^error: checkpoint: is of a run whose architecture\.layers\.0\.units is 5, expected 6 as in this one\n$/,
    ),
  });
});
