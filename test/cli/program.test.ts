import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wasmlp, wasmlpIn } from "./commandLine.js";

test.each([
  ["", ["--help"]],
  ["train", ["train", "--help"]],
  ["evaluate", ["help", "evaluate"]],
  ["reproduce", ["reproduce", "-h"]],
  ["info", ["info", "--help"]],
])("help goes to stdout: %s", async (_, argv) => {
  const { exitCode, stdout, stderr } = await wasmlp(...argv);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatchSnapshot();
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test.each(["train", "evaluate", "predict", "export", "gradcheck", "profile", "recipes"])(
  "help fits a terminal of 60 columns, but for examples and words that do not: %s",
  async (command) => {
    const { stdout } = await wasmlpIn(60, command, "--help");
    const [text] = stdout.split("\n\nExamples:");
    const wide = text.split("\n").filter((line) => line.length > 60 && line.trim().includes(" "));
    expect(wide).toEqual([]);
  },
);

test("the version is the package's", async () => {
  const file = await readFile(join(import.meta.dirname, "../../package.json"), "utf8");
  const { stdout } = await wasmlp("--version");
  expect(stdout.trim()).toBe(JSON.parse(file).version);
});

test("without a command the help goes to stderr, and the exit code says that it is wrong", async () => {
  const { exitCode, stdout, stderr } = await wasmlp();
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain("Usage: wasmlp");
});

test.each([
  [["trian"], "error: unknown command 'trian' (Did you mean train?)"],
  [["train", "--epoch", "3"], "error: unknown option '--epoch' (Did you mean --epochs?)"],
  [["evaluate", "model", "--seed", "1"], "error: unknown option '--seed'"],
  [["train", "mnist"], "error: too many arguments for 'train', expected 0 arguments but got 1."],
  [["evaluate"], "error: missing required argument 'MODEL'"],
  [["train", "--epochs"], "error: option '--epochs <n>' argument missing"],
  [["train", "--hidden", "0"], 'error: --hidden is "0", expected whole numbers from 1 to 1048576'],
  [
    ["train", "--learning-rate", "NaN"],
    'error: --learning-rate is "NaN", expected a number above 0',
  ],
  [["train", "--learning-rate", "-1"], 'error: --learning-rate is "-1", expected a number above 0'],
  [["train", "--epochs", "0"], 'error: --epochs is "0", expected a whole number from 1'],
  [["train", "--batch-size", "0"], 'error: --batch-size is "0", expected full or a whole number'],
  [
    ["train", "--activation", "step"],
    'error: --activation is "step", expected tanh, relu, leaky-relu, gelu, silu, sigmoid, identity',
  ],
  [["train", "--init", "ones"], 'error: the initialisation is "ones", expected glorot, he, lecun'],
  [["train", "--seed", "-1"], 'error: --seed is "-1", expected a whole number from 0'],
  [["reproduce", "--seed", "1.5"], 'error: --seed is "1.5", expected a whole number from 0'],
])("usage errors are one line and exit code 2: %j", async (argv, message) => {
  const { exitCode, stdout, stderr } = await wasmlp(...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr.slice(0, message.length)).toBe(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});

test("what a message quotes cannot break its line or steer the terminal", async () => {
  const option = await wasmlp("train", "--hidden", "1\n2\x1b[2J");
  expect(option.stderr).toMatch(/^error: --hidden is "1\\n2\\u001b\[2J", expected .*\n$/);
  const path = await wasmlp("train", "--data", "1\n2\x1b[2J.csv");
  expect(path.stderr).toMatch(/^error: 1 2�\[2J\.csv: does not exist, expected .*\n$/);
});
