/** The package as its user has it: packed, installed in a project of its own, run and type-checked there. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embeddingExample } from "../support/embeddingExample.js";
import { pack } from "../support/pack.js";

const root = join(import.meta.dirname, "../..");
const project = mkdtempSync(join(tmpdir(), "wasmlp-install-"));
const command = join(project, "node_modules/.bin/wasmlp");

beforeAll(() => {
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  install(pack(project));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** From the registry or npm's cache; where neither has the dependencies, with copies of this project's. */
function install(tarball: string): void {
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=0"];
  const { status } = spawnSync("npm", ["install", ...quiet, tarball], { cwd: project });
  if (status === 0) return;
  const modules = join(project, "node_modules");
  rmSync(modules, { recursive: true, force: true });
  const installed = join(modules, "wasmlp");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", installed]);
  copyDependencies(installed, modules);
  mkdirSync(dirname(command));
  const main = join(installed, manifest(installed).bin?.wasmlp ?? "");
  writeFileSync(command, `#!/bin/sh\nexec node "${main}" "$@"\n`, { mode: 0o755 });
}

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** Copies what a package depends on, and what that depends on, into `modules`. */
function copyDependencies(folder: string, modules: string): void {
  for (const name of Object.keys(manifest(folder).dependencies ?? {})) {
    const source = join(root, "node_modules", name);
    cpSync(source, join(modules, name), { recursive: true });
    copyDependencies(source, modules);
  }
}

test("a host of its own finds the module and its description by their names", () => {
  const script = `
    import { readFileSync } from "node:fs";
    const read = (name) => readFileSync(new URL(import.meta.resolve("wasmlp/" + name)));
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(read("build/wasmlp.wasm")));
    const described = JSON.parse(read("abi/wasmlp.json").toString()).functions;
    const names = new Set(exported.map(({ name }) => name));
    if (!described.every(({ name }) => names.has(name))) throw new Error("a function is missing");
    console.log(read("abi/wasmlp.h").includes("wasmlp_gemmNN"));`;
  const run = ["--input-type=module", "--eval", script];
  const { stdout, stderr } = spawnSync(process.execPath, run, { cwd: project, encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "true\n", stderr: "" });
});

test("the embedding example of the README runs", () => {
  writeFileSync(join(project, "example.js"), embeddingExample());
  const run = spawnSync(process.execPath, ["example.js"], { cwd: project, encoding: "utf8" });
  expect(run.stderr).toBe("");
  expect(run.status).toBe(0);
  expect(run.stdout).toMatch(/^accuracy 0\.9\d*, the first digit is a \d$/m);
});

test("a model lives as documented, and every misuse is an error of the library", () => {
  cpSync(join(import.meta.dirname, "library.js"), join(project, "library.js"));
  const options = ["--expose-gc", "library.js"];
  const run = spawnSync(process.execPath, options, { cwd: project, encoding: "utf8" });
  expect(run).toMatchObject({ status: 0, stdout: "", stderr: "" });
});

test.each([
  "wasmlp",
  "wasmlp/browser",
  "wasmlp/doctor",
  "wasmlp/node",
  "wasmlp/profile",
  "wasmlp/trace",
])("%s is imported", (entry) => {
  const program = `console.log(Object.keys(await import("${entry}")).length > 0)`;
  const options = ["--input-type=module", "--eval", program];
  const run = spawnSync(process.execPath, options, { cwd: project, encoding: "utf8" });
  expect(run).toMatchObject({ status: 0, stdout: "true\n", stderr: "" });
});

test("wasmlp --help prints the commands", () => {
  const run = spawnSync(command, ["--help"], { cwd: project, encoding: "utf8" });
  expect(run).toMatchObject({ status: 0, stderr: "" });
  expect(run.stdout).toMatch(/^Usage: wasmlp /);
});

test("wasmlp info --json says which version of the module would run", () => {
  const run = spawnSync(command, ["info", "--json"], { cwd: project, encoding: "utf8" });
  expect(run).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(run.stdout)).toMatchObject({
    event: "info",
    execution: { simd: expect.stringMatching(/^(plain|relaxed)$/) },
  });
});

test("whatever an entry throws is an error of wasmlp, and what it keeps is wasmlp's own", () => {
  const program = `import { digits, EngineError, Mlp, perceptron } from "wasmlp";
    import { loadModel } from "wasmlp/node";
    import { Trace } from "wasmlp/trace";
    const model = await Mlp.create({ architecture: perceptron(784, [8], 10, "tanh"), threads: 2 });
    const trace = new Trace();
    await model.fit(digits({ samples: 500 }), { epochs: 1, trace });
    console.log(trace.epochs.length);
    await loadModel("absent").catch(({ code, constructor }) => {
      console.log(code, Object.getPrototypeOf(constructor) === Object.getPrototypeOf(EngineError));
    });`;
  const options = ["--input-type=module", "--eval", program];
  const run = spawnSync(process.execPath, options, { cwd: project, encoding: "utf8" });
  expect(run).toMatchObject({ status: 0, stderr: "" });
  expect(run.stdout).toBe("1\nfile-access true\n");
});

test("wasmlp profile and train --trace find their modules and threads", () => {
  const profile = ["profile", "--kernel", "relu", "--rounds", "5", "--json"];
  const train = ["train", "--data", "digits", "--epochs", "1", "--trace", "trace.json", "--json"];
  for (const options of [profile, train]) {
    const run = spawnSync(command, options, { cwd: project, encoding: "utf8" });
    expect(run.status, run.stderr).toBe(0);
  }
});

test("wasmlp doctor explain finds its pages", () => {
  const options = ["doctor", "explain", "softmax-axis"];
  const run = spawnSync(command, options, { cwd: project, encoding: "utf8" });
  expect(run.status, run.stderr).toBe(0);
  expect(run.stdout).toContain("# `softmax-axis`");
});

test("wasmlp trains and predicts with the recipes and modules that were installed", () => {
  const options = ["train", "--recipe", "seed", "--data", "digits", "--epochs", "1", "--json"];
  const run = spawnSync(command, options, { cwd: project, encoding: "utf8" });
  expect(run.status, run.stderr).toBe(0);
});

const PROGRAM = `import { createDataset, type Dataset, type ErrorCode, Mlp, perceptron, type RegressionEvaluation, type ValueTargets, WasmlpError } from "wasmlp";
import { saveModel } from "wasmlp/node";
import { type Diagnosis, diagnose } from "wasmlp/doctor";
import { profile } from "wasmlp/profile";
import * as trace from "wasmlp/trace";

const dataset: Dataset<ValueTargets> = createDataset({
  name: "xor",
  inputs: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
  features: 2,
  targets: { kind: "values", values: Float32Array.of(0, 1, 1, 0), names: ["xor"] },
});
const model: Mlp = await Mlp.create({ architecture: perceptron(2, [4], 1, "tanh"), seed: 1 });
for await (const { epoch, loss } of model.epochs(dataset, { epochs: 2, learningRate: 0.2 })) {
  const numbers: [number, number] = [epoch, loss];
  void numbers;
}
const outputs: Float32Array = model.predict(dataset.inputs.subarray(0, 2));
async function evaluated(file: Uint8Array, signal: AbortSignal): Promise<number> {
  using loaded = await Mlp.load(file);
  const { loss, values }: RegressionEvaluation = await loaded.evaluate(dataset, { signal });
  return loss + (values[0]?.determination ?? 0);
}
function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof WasmlpError ? error.code : undefined;
}
// @ts-expect-error: an option may be absent, but not undefined
await model.fit(dataset, { epochs: undefined });
// @ts-expect-error: floats are float32
model.predict(new Float64Array(2));
// @ts-expect-error: an architecture is needed
await Mlp.create({ seed: 1 });
const diagnosis = (): Diagnosis => diagnose([]);
export { codeOf, diagnosis, evaluated, outputs, profile, saveModel, trace };
`;

test.each([
  { module: "nodenext", moduleResolution: "nodenext" },
  { module: "node16", moduleResolution: "node16" },
  { module: "esnext", moduleResolution: "bundler" },
])(
  "a program is type-checked under $moduleResolution, the package's types included",
  (resolution) => {
    writeFileSync(join(project, "program.ts"), PROGRAM);
    const compilerOptions = {
      ...resolution,
      target: "es2022",
      lib: ["es2022", "dom"],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      types: [],
    };
    const config = JSON.stringify({ compilerOptions, files: ["program.ts"] });
    writeFileSync(join(project, "tsconfig.json"), config);
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const run = spawnSync(process.execPath, [compiler, "-p", project], { encoding: "utf8" });
    expect(run.stdout).toBe("");
    expect(run.status).toBe(0);
  },
);
