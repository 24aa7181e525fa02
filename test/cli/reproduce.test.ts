import { join } from "node:path";
import { expect, test } from "vitest";
import { PROGRAMS } from "../../src/reproduce/published.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { dataDirectory, parseLines, wasmlp } from "./commandLine.js";

const programs = PROGRAMS.map(({ name }) => name);

test("a row for each published figure; progress goes to stderr", async () => {
  const data = await dataDirectory();
  const { exitCode, stdout, stderr } = await wasmlp("reproduce", "--data-dir", data);
  expect(exitCode).toBe(0);
  const [header, ...rows] = stdout.trimEnd().split("\n");
  expect(header).toMatch(/^program +epoch +published +measured +counted properly$/);
  expect(rows).toHaveLength(PROGRAMS.flatMap(({ published }) => published).length);
  expect(rows.at(-1)).toMatch(/^repaired +100 +89\.37 % +\d+\.\d\d % +\d+\.\d\d %$/);
  expect(
    stderr
      .trimEnd()
      .split("\n")
      .map((line) => line.split(":")[0]),
  ).toEqual(programs);
});

test("--json: one object a row, the time last; the same seed, the same figures", async () => {
  const data = await dataDirectory();
  const argv = ["reproduce", "--data-dir", data, "--json", "--seed", "4"];
  const rows = parseLines((await wasmlp(...argv)).stdout);
  expect(rows.pop()).toEqual({ event: "end", seconds: expect.any(Number) });
  expect(rows[0]).toEqual({
    event: "row",
    program: "question",
    epoch: 100,
    published: "1–2 %",
    measured: expect.any(Number),
    countedProperly: expect.any(Number),
  });
  expect(parseLines((await wasmlp(...argv)).stdout).slice(0, -1)).toEqual(rows);
});

test("without MNIST there is nothing to reproduce", async () => {
  const missing = join(await temporaryDirectory(), "nowhere");
  const { exitCode, stdout, stderr } = await wasmlp("reproduce", "--data-dir", missing);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toBe(`error: ${missing}: does not exist, expected a folder with MNIST\n`);
});
