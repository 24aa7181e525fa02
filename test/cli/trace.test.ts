import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { dataDirectory, parseLines, wasmlp } from "./commandLine.js";

const QUICK = ["--hidden", "16", "--epochs", "3", "--seed", "1", "--threads", "2"];

test("train --trace writes a file of trace events, and prints a table", async () => {
  const data = await dataDirectory();
  const folder = await temporaryDirectory();
  const file = join(folder, "trace.json");
  const outcome = await wasmlp("train", "--data", data, "--trace", file, ...QUICK);
  expect(outcome.exitCode).toBe(0);
  expect(outcome.stderr).toMatch(/^The trace is in .*trace\.json: open it at ui\.perfetto\.dev/);
  expect(outcome.stdout).toMatch(
    /^epoch +time .*forward +backward +update +wait +TypeScript +validation /m,
  );
  expect(outcome.stdout).toMatch(/^thread +works +% +waits +% +idle +%$/m);
  expect(await readdir(folder)).toEqual(["trace.json"]);
  const { traceEvents } = JSON.parse(await readFile(file, "utf8"));
  expect(traceEvents.length).toBeGreaterThan(30);
  // The rules of the format: what each kind of event has, and that those of a track do not overlap.
  const ends = new Map<number, number>();
  for (const { ph, pid, tid, name, ts, dur, args } of traceEvents) {
    expect(["M", "X"]).toContain(ph);
    expect([typeof pid, typeof tid, typeof name]).toEqual(["number", "number", "string"]);
    expect(typeof args).toBe("object");
    if (ph === "M") continue;
    expect(ts).toBeGreaterThanOrEqual((ends.get(tid) ?? 0) - 1e-3);
    expect(dur).toBeGreaterThanOrEqual(0);
    ends.set(tid, ts + dur);
  }
  expect([...ends.keys()].sort()).toEqual([0, 1, 2]);
});

test("--json has it as an event before the end", async () => {
  const data = await dataDirectory();
  const file = join(await temporaryDirectory(), "trace.json");
  const { stdout, stderr } = await wasmlp(
    "train",
    "--data",
    data,
    "--json",
    "--trace",
    file,
    ...QUICK,
  );
  expect(stderr).toBe("");
  const events = parseLines(stdout);
  expect(events.at(-2)).toMatchObject({ event: "trace", file, droppedSpans: 0 });
  expect(events.at(-2)?.epochs).toHaveLength(3);
  expect(events.at(-1)).toMatchObject({ event: "end" });
});

test("a path that cannot be written is said before the training", async () => {
  const data = await dataDirectory();
  const folder = await temporaryDirectory();
  const missing = join(folder, "missing", "trace.json");
  const { exitCode, stdout, stderr } = await wasmlp("train", "--data", data, "--trace", missing);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(/^error: .*missing.*\n$/);
  await mkdir(join(folder, "trace.json"));
  const taken = await wasmlp("train", "--data", data, "--trace", join(folder, "trace.json"));
  expect(taken).toMatchObject({ exitCode: 1, stdout: "" });
  expect(taken.stderr).toMatch(/is a folder, expected a file/);
  expect(await readdir(folder)).toEqual(["trace.json"]);
  const both = await wasmlp("train", "--trace", "x.json", "--find-lr");
  expect(both.exitCode).toBe(2);
});
