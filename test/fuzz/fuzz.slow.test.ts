/**
 * Damaged files are refused with a sentence, or read; none crashes a reader, hangs it or takes much memory.
 * WASMLP_FUZZ_SEED=… repeats a run.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const path = "./readers.mjs";
const { READERS } = (await import(path)) as { READERS: Readonly<Record<string, unknown>> };
const script = join(import.meta.dirname, "run.mjs");
const seed = Number(process.env.WASMLP_FUZZ_SEED ?? Date.now() % 2 ** 31);
/** Of damage at random, behind damage everywhere; a minute in all. */
const SECONDS = 2;
/** A damaged file has some hundred bytes; a process that hangs is killed. */
const MOST = { milliseconds: 10_000, bytes: 500e6 };

interface Result {
  readonly cases: number;
  readonly failures: readonly { readonly number: number; readonly found: string }[];
  readonly slowest: { readonly milliseconds: number; readonly number: number };
  readonly resident: number;
}

test.each(Object.keys(READERS))("%s", async (reader) => {
  const progress = join(await temporaryDirectory(), "progress");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--max-old-space-size=512", script, reader, String(seed), String(SECONDS), progress],
    { encoding: "utf8", timeout: 5000 * SECONDS + MOST.milliseconds },
  );
  const last = () => readFileSync(progress, "utf8");
  const replay = (number: number | string) =>
    `node test/fuzz/run.mjs "${reader}" ${seed} --case ${number}`;
  expect(status, `ended without a result: ${replay(last())}\n${stderr}`).toBe(0);
  expect(stderr).toBe("");
  const { cases, failures, slowest, resident } = JSON.parse(stdout) as Result;
  console.log(
    `${reader}, seed ${seed}: ${cases} files, the slowest ${Math.round(slowest.milliseconds)} ms, ${Math.round(resident / 1e6)} MB`,
  );
  const told = failures.map(({ number, found }) => `${replay(number)}\n${found}`);
  expect(told.join("\n\n")).toBe("");
  expect(cases).toBeGreaterThan(100);
  expect(slowest.milliseconds, replay(slowest.number)).toBeLessThan(MOST.milliseconds);
  expect(resident).toBeLessThan(MOST.bytes);
});
