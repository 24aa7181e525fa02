import { expect, test } from "vitest";
import { detectFeatures } from "../../src/index.js";
import { parseLines, wasmlp } from "./commandLine.js";

test("info prints what was found, what is used of it, and why", async () => {
  const { exitCode, stdout, stderr } = await wasmlp("info", "--threads", "3");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain(`Node ${process.versions.node}`);
  expect(stdout).toMatch(/^Threads +3 +asked for$/m);
  expect(stdout).toMatch(/^Memory +shared +the host shares memory between threads$/m);
});

test("a seed asks for plain SIMD, and --simd for what it says", async () => {
  const { stdout } = await wasmlp("info", "--seed", "1", "--json");
  const [{ features, execution }] = parseLines(stdout);
  expect(features).toEqual(detectFeatures());
  expect(execution).toMatchObject({ simd: "plain", threads: detectFeatures().cores });
  const plain = await wasmlp("info", "--simd", "plain");
  expect(plain.stdout).toMatch(/^Instructions +plain SIMD +asked for$/m);
});

test.each([
  [["--threads", "0"], '--threads is "0", expected auto or a whole number from 1 to 256'],
  [["--threads", "x"], '--threads is "x", expected auto or a whole number from 1 to 256'],
  [["--simd", "fast"], '--simd is "fast", expected auto, plain, relaxed'],
])("%j is a usage error", async (argv, sentence) => {
  for (const command of ["info", "train"]) {
    expect(await wasmlp(command, ...argv)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `error: ${sentence}\n`,
    });
  }
});
