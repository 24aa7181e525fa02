import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDataset, digitsOf, type GreyImage, Mlp, perceptron } from "../../src/index.js";
import { saveModel } from "../../src/node/index.js";
import { enlarge, fill, jpg, oneOfEach, onPaper, png, sheetOf } from "../support/pictures.js";
import { parseLines, wasmlp } from "./commandLine.js";

const images = oneOfEach();
let directory: string;
let model: string;

/** A network that knows these ten drawings by heart, in several sizes. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "wasmlp-test-"));
  model = join(directory, "model.safetensors");
  const prepared = [2, 3, 4, 5, 6].flatMap((factor) =>
    images.map((image) => digitsOf(enlarge(image, factor), { holds: "one" })[0].pixels),
  );
  const dataset = createDataset({
    name: "drawings",
    features: 784,
    inputs: Uint8Array.from(prepared.flatMap((pixels) => [...pixels])),
    targets: {
      kind: "classes",
      labels: Uint8Array.from(prepared, (_, index) => index % 10),
      names: Array.from({ length: 10 }, (_, label) => String(label)),
    },
  });
  using mlp = await Mlp.create({ architecture: perceptron(784, [32], 10, "relu"), seed: 1 });
  await mlp.fit(dataset, { epochs: 100, batchSize: 10, seed: 1 });
  await saveModel(mlp, model);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function save(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return path;
}

test("a digit: what it is, and a chart of all classes", async () => {
  const path = await save("three.png", png(onPaper(enlarge(images[3], 4))));
  const { exitCode, stdout, stderr } = await wasmlp("predict", model, path, "--one");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const [heading, best, ...others] = stdout.trimEnd().split("\n");
  expect(heading).toBe(`${path}: 3`);
  expect(best).toMatch(/^3 +\d+\.\d % {2}█+$/);
  expect(others).toHaveLength(9);
});

test("--top: so many classes", async () => {
  const path = await save("top.png", png(enlarge(images[3], 4)));
  const { stdout } = await wasmlp("predict", model, path, "--one", "--top", "2");
  expect(stdout.trimEnd().split("\n")).toHaveLength(3);
});

test("a sheet: its lines, and a row for each digit", async () => {
  const sheet = sheetOf(
    images.map((image) => enlarge(image, 3)),
    5,
  );
  const path = await save("sheet.jpg", jpg(onPaper(sheet)));
  const { stdout } = await wasmlp("predict", model, path);
  expect(stdout).toContain(": 01234\n  56789\n");
  expect(stdout).toMatch(/^ *# {2}digit +sure/m);
  expect(stdout.match(/^ *\d+ {2}\d/gm)).toHaveLength(10);
});

test("--json: one object for each picture", async () => {
  const first = await save("first.png", png(enlarge(images[7], 3)));
  const second = await save("second.jpg", jpg(enlarge(images[1], 6)));
  const { stdout } = await wasmlp("predict", model, first, second, "--one", "--json");
  const outcomes = parseLines(stdout);
  expect(outcomes).toMatchObject([
    { event: "prediction", picture: first, text: "7", digits: [{ digit: "7", line: 0 }] },
    { event: "prediction", picture: second, text: "1", digits: [{ digit: "1" }] },
  ]);
});

test("what is left out at the border is named, in JSON too", async () => {
  const line = sheetOf(
    [4, 2, 7].map((label) => enlarge(images[label], 4, 20)),
    3,
  );
  fill(line, [line.width - 20, 0, 20, line.height], 150);
  const path = await save("desk.png", png(onPaper(line)));
  const { exitCode, stdout, stderr } = await wasmlp("predict", model, path);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`${path}: 427\n`);
  expect(stderr).toBe(
    `note: ${path}: left out what lies along the border and is larger or thicker than the writing, 20 × ${line.height} at ${line.width - 20}, 0\n`,
  );
  const [outcome] = parseLines((await wasmlp("predict", model, path, "--json")).stdout);
  expect(outcome).toMatchObject({
    text: "427",
    leftOut: [{ reason: "border", left: line.width - 20, top: 0, width: 20, height: line.height }],
  });
});

test("what is too wide for a digit is called doubtful, in JSON too", async () => {
  const wide: GreyImage = { width: 200, height: 80, pixels: new Uint8Array(16_000) };
  fill(wide, [20, 30, 160, 20], 255);
  const path = await save("wide.png", png(wide));
  const { exitCode, stderr } = await wasmlp("predict", model, path);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/: doubtful, what is read as \d \([\d.]+ %\), 160 × 20 at 20, 30\n$/);
  const { stdout } = await wasmlp("predict", model, path, "--json");
  expect(parseLines(stdout)).toMatchObject([{ digits: [{ width: 160, doubtful: true }] }]);
});

test("a picture that cannot be read does not keep the others from being read", async () => {
  const good = await save("good.png", png(enlarge(images[7], 3)));
  const noise: GreyImage = { width: 300, height: 300, pixels: new Uint8Array(90_000) };
  for (let place = 302; place < 89_700; place += place % 300 < 297 ? 2 : 305) {
    if (Math.floor(place / 300) % 2) noise.pixels[place] = 255;
  }
  const noisy = await save("noisy.png", png(noise));
  const missing = join(directory, "missing.png");
  const { exitCode, stdout, stderr } = await wasmlp(
    ...["predict", model, noisy, missing, good, "--one", "--json"],
  );
  expect(exitCode).toBe(1);
  expect(parseLines(stdout)).toMatchObject([
    { event: "error", picture: noisy, code: "invalid-data" },
    { event: "error", picture: missing, code: "file-access" },
    { event: "prediction", picture: good, text: "7" },
  ]);
  const [first, second, last] = stderr.split("\n");
  expect(first).toContain(`error: ${noisy}: the picture shows`);
  expect(second).toContain(`error: ${missing}`);
  expect(last).toBe("error: 2 of 3 pictures were not read, expected all of them to be");
  const text = await wasmlp("predict", model, noisy, good, "--one");
  expect(text).toMatchObject({ exitCode: 1 });
  expect(text.stdout).toContain(`${good}: 7\n`);
});

test("what cannot be read is refused in a sentence", async () => {
  const text = await save("text.png", Buffer.from("not a picture"));
  const empty = await save("empty.png", png({ width: 9, height: 9, pixels: new Uint8Array(81) }));
  for (const path of [text, empty, join(directory, "missing.png")]) {
    const { exitCode, stdout, stderr } = await wasmlp("predict", model, path);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+, expected [^\n]+\n$/);
    expect(stderr).toContain(path);
    const json = await wasmlp("predict", model, path, "--json");
    expect({ ...json, stdout: "" }).toEqual({ exitCode, stdout: "", stderr });
    expect(parseLines(json.stdout)).toMatchObject([{ event: "error", picture: path }]);
  }
});

test("a sheet with nothing on it is told from a picture of nothing", async () => {
  const desk: GreyImage = { width: 300, height: 200, pixels: new Uint8Array(60_000).fill(60) };
  fill(desk, [40, 30, 220, 140], 225);
  const path = await save("blank.png", png(desk));
  const { exitCode, stdout, stderr } = await wasmlp("predict", model, path);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toBe(
    `error: ${path}: shows a sheet of paper with no digit on it, 220 × 140 at 40, 30, expected at least one digit\n`,
  );
});

test("a model of other inputs is refused in a sentence", async () => {
  const path = join(directory, "small.safetensors");
  using small = await Mlp.create({ architecture: perceptron(16, [4], 3, "tanh"), seed: 1 });
  await saveModel(small, path);
  const { exitCode, stderr } = await wasmlp("predict", path, model);
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    `error: ${path}: takes 16 inputs, expected a model of images of 28 × 28 pixels\n`,
  );
});
