import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readRecipe, recipeNames } from "../../src/cli/recipes.js";
import { resolveSettings, SETTING_NAMES, SETTINGS } from "../../src/cli/trainSettings.js";
import { loadModel } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";
import { dataDirectory, wasmlp } from "./commandLine.js";

async function configFile(name: string, text: string): Promise<string> {
  const path = join(await temporaryDirectory(), name);
  await writeFile(path, text);
  return path;
}

/** What a run says of itself before it starts. */
async function settingsOf(...argv: string[]): Promise<unknown> {
  const data = await dataDirectory();
  const { stdout, stderr } = await wasmlp("train", "--data", data, "--json", ...argv);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout.split("\n", 1)[0]).settings;
}

describe("sources", () => {
  test("flags go before the configuration, that before the recipe, that before the defaults", async () => {
    const config = await configFile("c.yaml", "epochs: 2\nhidden: [5, 4]\nlearningRate: 0.01\n");
    const argv = ["--recipe", "fast", "--config", config, "--epochs", "1"];
    expect(await settingsOf(...argv)).toMatchObject({
      epochs: "1",
      hidden: "5,4",
      learningRate: "0.01",
      optimizer: "adam",
      init: "he",
    });
  });

  test("JSON and YAML say the same", async () => {
    const settings = { epochs: 1, hidden: [6], activation: "gelu", dropout: 0.25 };
    const json = await configFile("c.json", JSON.stringify(settings));
    const yaml = await configFile("c.yml", "epochs: 1\nhidden: 6\nactivation: gelu\ndropout: 0.25");
    expect(await settingsOf("--config", json)).toEqual(await settingsOf("--config", yaml));
  });

  test("a saved model repeats its own run, to the bit", async () => {
    const directory = await temporaryDirectory();
    const [first, second] = [join(directory, "1.safetensors"), join(directory, "2.safetensors")];
    const data = await dataDirectory();
    const flags = ["--hidden", "7", "--epochs", "2", "--seed", "3", "--optimizer", "nesterov"];
    const run = await wasmlp("train", "--data", data, "--out", first, ...flags);
    expect(run.exitCode).toBe(0);
    await wasmlp("train", "--data", data, "--out", second, "--config", first);
    using a = await loadModel(first);
    using b = await loadModel(second);
    expect([...b.save()]).toEqual([...a.save()]);
    expect(a.training).toMatchObject({
      hidden: "7",
      epochs: "2",
      seed: "3",
      optimizer: "nesterov",
    });
  });
});

test.each([
  [
    "c.json",
    '{"epochs": 0}',
    /^error: .*c\.json: epochs is "0", expected a whole number from 1 to/,
  ],
  [
    "c.yaml",
    "epoch: 3",
    /^error: .*c\.yaml: has the unknown key "epoch", expected one of hidden, /,
  ],
  ["c.yaml", "epochs: [", /^error: .*c\.yaml: is not YAML \(.*\), expected it to be\n$/],
  ["c.json", "{", /^error: .*c\.json: is not JSON \(.*\), expected it to be\n$/],
  ["c.json", "[1]", /^error: .*c\.json: holds no settings, expected names and values/],
  [
    "c.json",
    '{"epochs": true}',
    /^error: .*c\.json: epochs is true, expected a number, a text or a list/,
  ],
  [
    "c.yaml",
    "schedule: soon",
    /^error: .*c\.yaml: schedule: the schedule is "soon", expected constant/,
  ],
  [
    "c.toml",
    "",
    /^error: .*c\.toml: has the extension "\.toml", expected \.json, \.yaml, \.yml or/,
  ],
])("%s with %s is refused in a sentence, exit code 2", async (name, text, message) => {
  const config = await configFile(name, text);
  const { exitCode, stderr } = await wasmlp("train", "--config", config);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(exitCode).toBe(2);
});

test.each([
  [["--recipe", "no"], /^error: --recipe is "no", expected best, fast, /],
  [["--resume"], /^error: --resume was given alone, expected --checkpoint-dir too\n$/],
  [
    ["--early-stopping", "3"],
    /^error: --early-stopping was given without a validation set, expected --validation-split too\n$/,
  ],
  [
    ["--validation-split", "1"],
    /^error: --validation-split is "1", expected a number from 0 to below 1\n$/,
  ],
  [["--log", "run.txt"], /^error: run\.txt: has the extension \.txt, expected \.csv or \.jsonl\n$/],
])("%s is refused in a sentence, exit code 2", async (argv, message) => {
  const { exitCode, stderr } = await wasmlp("train", ...argv);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

test("every default is a value of its setting", () => {
  const { settings } = resolveSettings([]);
  for (const name of SETTING_NAMES) {
    expect(settings[name] === undefined).toBe(SETTINGS[name].default === undefined);
  }
});

test("every recipe can be read, and says what it was measured to give", () => {
  expect(recipeNames()).toEqual(["best", "fast", "permutation-invariant", "seed", "simard"]);
  for (const name of recipeNames()) {
    const { settings, measured, description } = readRecipe(name);
    expect(() => resolveSettings([settings])).not.toThrow();
    expect(description).not.toBe("");
    expect(measured.accuracy).toBeGreaterThan(80);
    expect(measured.seconds).toBeGreaterThan(0);
  }
});

test("`recipes` lists them", async () => {
  const { stdout } = await wasmlp("recipes");
  expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual([
    "recipe",
    ...recipeNames(),
    "",
  ]);
  const { stdout: json } = await wasmlp("recipes", "--json");
  expect(
    json
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).name),
  ).toEqual(recipeNames());
});
