import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Mlp, perceptron } from "../../src/index.js";
import { saveModel } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { wasmlp } from "./commandLine.js";

beforeEach(async () => {
  vi.stubEnv("WASMLP_DATA_DIR", "");
  vi.stubEnv("XDG_CACHE_HOME", await temporaryDirectory());
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

async function saveUntrained(): Promise<string> {
  const path = join(await temporaryDirectory(), "model.safetensors");
  using model = await Mlp.create({ architecture: perceptron(784, [8], 10, "tanh"), seed: 1 });
  await saveModel(model, path);
  return path;
}

test("built-in digits stand in for MNIST only when nobody asked for MNIST", async () => {
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("fetch failed");
  });
  const model = await saveUntrained();
  const byDefault = await wasmlp("evaluate", model);
  expect(byDefault.exitCode).toBe(0);
  expect(byDefault.stdout).toContain(" of 4,000, built-in digits (test)");
  expect(byDefault.stderr).toMatch(
    /^Using built-in digits, .*wasmlp train --data mnist.*WASMLP_DATA_DIR.*\n$/,
  );

  const asked = await wasmlp("evaluate", model, "--data", "mnist");
  expect(asked).toMatchObject({ exitCode: 1, stdout: "" });
  expect(asked.stderr).toMatch(/^error: [^\n]*no mirror[^\n]*\n$/);

  const digits = await wasmlp("evaluate", model, "--data", "digits");
  expect(digits).toEqual({ exitCode: 0, stderr: "", stdout: byDefault.stdout });
});

test("they also stand in when the cache cannot be used", async () => {
  const notAFolder = join(await temporaryDirectory(), "file");
  await writeFile(notAFolder, "");
  vi.stubEnv("XDG_CACHE_HOME", notAFolder);
  const { exitCode, stderr } = await wasmlp("evaluate", await saveUntrained());
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^Using built-in digits, as MNIST cannot be had \([^\n]*file[^\n]*\n$/);
});

test("a download is announced with a line for each file where progress cannot be shown", async () => {
  vi.stubGlobal("fetch", async () => {
    return new Response(new Uint8Array(5000), { headers: { "content-length": "5000" } });
  });
  const { exitCode, stdout, stderr } = await wasmlp("train", "--data", "mnist");
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  const [announcement, error, ...rest] = stderr.split("\n");
  expect(announcement).toBe("downloading train-images-idx3-ubyte.gz, 5 kB");
  expect(error).toMatch(/^error: .*no mirror/);
  expect(rest).toEqual([""]);
});
