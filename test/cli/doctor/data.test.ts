import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../support/temporaryDirectory.js";
import { dataDirectory, wasmlp } from "../commandLine.js";

test("exit code 3, what is in order and what is not", async () => {
  const { exitCode, stdout } = await wasmlp(
    "doctor",
    "data",
    "--data",
    await dataDirectory(),
    "--hidden",
    "8",
  );
  // Eight pictures make eight classes, all of them in the test set too.
  expect(exitCode).toBe(3);
  expect(stdout).toContain("✓ inputs up to 1, 0.5 in the quadratic mean");
  expect(stdout).toContain("2 of 10 classes have no samples: 8, 9.");
  expect(stdout).toContain("duplicates-across-splits");
});

test("--json prints one object", async () => {
  const { stdout } = await wasmlp("doctor", "data", "--data", await dataDirectory(), "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [
      { id: "classes-missing", value: 2, threshold: 0 },
      { id: "duplicates-across-splits", value: 1, threshold: 0.01 },
    ],
  });
});

test("of a table it looks at the network that train trains", async () => {
  const rows = Array.from({ length: 40 }, (_, row) => `${row % 7},${row % 3}.5,${"ab"[row % 2]}\n`);
  const directory = await temporaryDirectory();
  const path = join(directory, "t.csv");
  await writeFile(path, `x,y,kind\n${rows.join("")}`);
  const look = async (...flags: string[]) => {
    const { stdout } = await wasmlp("doctor", "data", "--data", path, "--json", ...flags);
    return JSON.parse(stdout).facts;
  };
  expect(await look()).toEqual(await look("--hidden", "64"));
  expect(await look()).not.toEqual(await look("--hidden", "128"));
});
