import { expect, test } from "vitest";
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
