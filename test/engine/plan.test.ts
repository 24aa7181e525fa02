import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import * as plan from "../../src/engine/plan.js";
import { PRIVATE } from "../support/execution.js";

/** All source files of a folder in one text. */
function sources(folder: string): string {
  const path = join(import.meta.dirname, "../..", folder);
  const files = readdirSync(path).filter((file) => file.endsWith(".ts"));
  return files.map((file) => readFileSync(join(path, file), "utf8")).join("\n");
}

/** The other side of what `src/engine` promises. */
const assembly = sources("assembly");

/** The fields of a class of the kernels, in order. */
function fieldsOf(className: string): { name: string; type: string }[] {
  const [, body = ""] =
    new RegExp(`export class ${className} \\{\\n(.*?)\\n\\}`, "s").exec(assembly) ?? [];
  return Array.from(body.matchAll(/^ {2}(\w+): (\w+);/gm), ([, name, type]) => ({ name, type }));
}

/** The values of all constants with this name. */
function constants(text: string, name: string): number[] {
  const pattern = new RegExp(`^(?:export )?const ${name}(?:: \\w+)? = (\\d+);`, "gm");
  return Array.from(text.matchAll(pattern), ([, value]) => Number(value));
}

const STRUCTS = [
  { className: "Plan", names: plan.PLAN_FIELDS, bytes: plan.PLAN_BYTES },
  { className: "LayerPlan", names: plan.LAYER_FIELDS, bytes: plan.LAYER_BYTES },
  { className: "StepSettings", names: plan.SETTINGS_FIELDS, bytes: plan.SETTINGS_BYTES },
  { className: "Augmentation", names: plan.AUGMENTATION_FIELDS, bytes: plan.AUGMENTATION_BYTES },
  { className: "SparseBatch", names: plan.SPARSE_FIELDS, bytes: plan.SPARSE_BYTES },
];

test.each(STRUCTS)("$className has the same fields in the same order", ({ className, names }) => {
  expect(fieldsOf(className).map(({ name }) => name)).toEqual([...names]);
});

test.each(STRUCTS)("every field of $className takes four bytes", ({ className, bytes }) => {
  const fields = fieldsOf(className);
  const structs = STRUCTS.map((struct) => struct.className);
  for (const { name, type } of fields) {
    // A field of the type of a struct is a pointer to one.
    expect(["i32", "u32", "f32", "usize", ...structs], name).toContain(type);
  }
  expect(bytes).toBe(4 * fields.length);
});

test("activations, optimisers and losses have the same codes", () => {
  const codes = { ...plan.ACTIVATION_CODES, ...plan.OPTIMIZER_CODES };
  for (const [name, code] of Object.entries(codes)) {
    const constant = name.toUpperCase().replaceAll("-", "_");
    expect(constants(assembly, constant), name).toEqual([code]);
  }
  const losses = ["CROSS_ENTROPY", "BINARY_CROSS_ENTROPY", "SQUARED_ERROR"];
  expect(losses.map((name) => constants(assembly, name))).toEqual([[0], [1], [2]]);
  expect(Object.values(plan.LOSS_CODES)).toEqual([0, 1, 2]);
});

test.each([
  "SPARSE_ROWS",
  "ENTRY_BYTES",
  "TILE_INPUTS",
  "TILE_FEATURES",
  "BLOCK_UNITS",
  "TOTALS_BYTES",
  "STOP",
  "COMPLETED",
  "CLAIMED",
  "LINE",
])("%s is the same number on both sides", (name) => {
  const [value, ...others] = constants(assembly, name);
  expect(value).toBeTypeOf("number");
  expect(others).toEqual([]);
  expect(constants(sources("src/engine"), name)).toEqual([value]);
});

test("fields are written where the kernels read them, in their types", async () => {
  const engine = await Engine.acquire(PRIVATE);
  const pointer = engine.memory.allocate(plan.PLAN_BYTES);
  // A fraction shows a float; what is beyond 2³¹, as pointers may be, an unsigned integer.
  const expected = fieldsOf("Plan").map(({ name, type }, index) => ({
    name,
    type,
    value: type === "f32" ? index + 0.5 : 2 ** 31 + index,
  }));
  plan.writePlan(
    engine,
    pointer,
    Object.fromEntries(expected.map(({ name, value }) => [name, value])) as plan.PlanFields,
  );
  const view = engine.memory.fields(pointer, plan.PLAN_BYTES);
  expected.forEach(({ name, type, value }, index) => {
    const written =
      type === "f32" ? view.getFloat32(4 * index, true) : view.getUint32(4 * index, true);
    expect(written, name).toBe(value);
  });
  plan.writeEpoch(engine, pointer, 2 ** 32 - 1, 7);
  for (const [name, value] of Object.entries({ seed: 2 ** 32 - 1, epoch: 7 })) {
    const index = expected.findIndex((field) => field.name === name);
    expect(view.getUint32(4 * index, true), name).toBe(value);
  }
});

test("the layers stand one after another", async () => {
  const engine = await Engine.acquire(PRIVATE);
  const { memory } = engine;
  const pointer = memory.allocate(3 * plan.LAYER_BYTES);
  const layer = (start: number) =>
    Object.fromEntries(
      plan.LAYER_FIELDS.map((name, index) => [name, start + index]),
    ) as plan.LayerFields;
  plan.writeLayers(engine, pointer, [layer(100), layer(200), layer(300)]);
  const count = plan.LAYER_FIELDS.length;
  const scale = plan.LAYER_FIELDS.indexOf("dropoutScale");
  const view = memory.fields(pointer, 3 * plan.LAYER_BYTES);
  [100, 200, 300].forEach((start, at) => {
    for (let index = 0; index < count; index++) {
      const place = at * plan.LAYER_BYTES + 4 * index;
      const written = index === scale ? view.getFloat32(place, true) : view.getInt32(place, true);
      expect(written).toBe(start + index);
    }
  });
});
