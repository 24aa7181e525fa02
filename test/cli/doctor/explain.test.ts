import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CATALOGUE } from "../../../src/index.js";
import { parseLines, wasmlp } from "../commandLine.js";

const PAGES = join(import.meta.dirname, "../../../docs/diagnoses");
const IDENTIFIERS = Object.keys(CATALOGUE);

test("every diagnosis has its page", async () => {
  for (const id of IDENTIFIERS) {
    const { exitCode, stdout } = await wasmlp("doctor", "explain", id);
    const page = await readFile(join(PAGES, `${id}.md`), "utf8");
    expect([exitCode, stdout]).toEqual([0, page]);
  }
  const { stdout } = await wasmlp("doctor", "explain", "plateau", "--json");
  expect(parseLines(stdout)).toEqual([
    { id: "plateau", page: expect.stringMatching(/^# `plateau`\n\nThe loss does not fall/) },
  ]);
});

test("without a name all are listed", async () => {
  const { exitCode, stdout } = await wasmlp("doctor", "explain");
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split("\n").slice(1);
  expect(lines.map((line) => line.split(" ", 1)[0])).toEqual(IDENTIFIERS);
  const { stdout: json } = await wasmlp("doctor", "explain", "--json");
  expect(parseLines(json)[0]).toEqual({
    id: "inputs-unscaled",
    place: "data",
    title: "the inputs are not scaled",
  });
});

test.each(["none", "README", "../README", "toString", "softmax-axis.md"])(
  "a diagnosis that there is not is refused: %s",
  async (id) => {
    const { exitCode, stdout, stderr } = await wasmlp("doctor", "explain", id);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `error: the diagnosis is "${id}", expected one that wasmlp doctor explain lists\n`,
    );
  },
);
