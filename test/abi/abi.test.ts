import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import {
  AUGMENTATION_FIELDS,
  LAYER_FIELDS,
  PLAN_FIELDS,
  SETTINGS_FIELDS,
  SPARSE_FIELDS,
} from "../../src/engine/plan.js";
import { type Architecture, Mlp } from "../../src/index.js";
import { saveModel } from "../../src/node/index.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

interface Value {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
}

interface Abi {
  readonly structs: Record<string, { readonly bytes: number; readonly fields: readonly Value[] }>;
  readonly functions: readonly {
    readonly name: string;
    readonly parameters: readonly Value[];
    readonly result: string;
    readonly description?: string;
  }[];
}

const abi: Abi = JSON.parse(readFileSync(join(root, "abi/wasmlp.json"), "utf8"));

/** What a type is in WebAssembly: pointers, flags and whole numbers are all i32. */
function wasmType(type: string): string {
  return type === "f32" || type === "f64" ? type : "i32";
}

/** The exported functions' types in the module's text, as in "activate (i32 i32) -> ". */
function exportedTypes(): string[] {
  const text = readFileSync(join(root, "build/wasmlp.wat"), "utf8");
  const functions = new Map(
    [...text.matchAll(/^ \(func (\S+)(.*)$/gm)].map(([, name, rest]) => [name, rest]),
  );
  return [...text.matchAll(/^ \(export "(\w+)" \(func (\S+?)\)\)$/gm)].map(([, name, inner]) => {
    const type = functions.get(inner) ?? "";
    const parameters = [...type.matchAll(/\(param \S+ (\w+)\)/g)].map(([, found]) => found);
    const [, result = ""] = /\(result (\w+)\)/.exec(type) ?? [];
    return `${name} (${parameters.join(" ")}) -> ${result}`;
  });
}

test("abi/ is what the sources say", async () => {
  await run(process.execPath, [join(root, "scripts/abi.mjs"), "--check"]);
});

test("every function is described, by words that stand for themselves", () => {
  const unclear = abi.functions.filter(
    ({ description = "" }) =>
      !description || /^The same|as above|likewise|\.ts\b/.test(description),
  );
  expect(unclear).toEqual([]);
  const fields = Object.values(abi.structs).flatMap((struct) => struct.fields);
  expect(fields.filter(({ description = "" }) => description.includes(".ts"))).toEqual([]);
});

test("the functions are the module's exports, of the same types", () => {
  const described = abi.functions.map(({ name, parameters, result }) => {
    const types = parameters.map(({ type }) => wasmType(type)).join(" ");
    return `${name} (${types}) -> ${result === "void" ? "" : wasmType(result)}`;
  });
  expect(described.length).toBeGreaterThan(50);
  expect(described.sort()).toEqual(exportedTypes().sort());
});

test("the structs are those that the engine fills in", () => {
  const fields = Object.entries(abi.structs).map(([name, struct]) => [
    name,
    struct.fields.map((field) => field.name),
  ]);
  expect(Object.fromEntries(fields)).toEqual({
    Plan: [...PLAN_FIELDS],
    LayerPlan: [...LAYER_FIELDS],
    StepSettings: [...SETTINGS_FIELDS],
    Augmentation: [...AUGMENTATION_FIELDS],
    SparseBatch: [...SPARSE_FIELDS],
  });
});

test("a host of plain WebAssembly.instantiate runs a saved model like the library", async () => {
  const architecture: Architecture = {
    inputs: 20,
    layers: [
      { units: 33, activation: "gelu" },
      { units: 7, activation: "leaky-relu" },
      { units: 5, activation: "softmax" },
    ],
  };
  const path = join(await temporaryDirectory(), "model.safetensors");
  using model = await Mlp.create({ architecture, seed: 1, simd: "plain", threads: 1 });
  await saveModel(model, path);
  const inputs = Float32Array.from({ length: 20 }, (_, index) => Math.sin(index));
  const host = run(process.execPath, [join(root, "examples/plain-host.mjs"), path]);
  host.child.stdin?.end(JSON.stringify([...inputs]));
  const outputs: number[] = JSON.parse((await host).stdout);
  const expected = model.predict(inputs);
  expect(outputs).toHaveLength(5);
  outputs.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index], 6);
  });
});

test("that host is short, and imports nothing but Node's file system", () => {
  const source = readFileSync(join(root, "examples/plain-host.mjs"), "utf8");
  const lines = source.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("//"));
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(source.match(/^import .*$/gm)).toEqual(['import { readFileSync } from "node:fs";']);
});
