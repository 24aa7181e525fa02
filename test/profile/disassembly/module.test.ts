import { readFile } from "node:fs/promises";
import { join } from "node:path";
import binaryen from "binaryen";
import { expect, test } from "vitest";
import { DataError } from "../../../src/errors.js";
import { enableRelaxedSimd } from "../../../src/node/relaxedSimd.js";
import { decodeModule } from "../../../src/profile/disassembly/module.js";
import { assemble, decodeText } from "../../support/wat.js";

enableRelaxedSimd();

const BUILDS = [
  "wasmlp.wasm",
  "wasmlp.relaxed.wasm",
  "wasmlp.threads.wasm",
  "wasmlp.threads.relaxed.trace.wasm",
  "wasmlp.profile.wasm",
];

async function buildOf(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(join(import.meta.dirname, "../../../build", name)));
}

/** Instructions of a function's text, counted by name; what only stands for control left out. */
function countNames(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) {
    if (/^(block|end|else|then|nop|unreachable)$/.test(name)) continue;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Instructions that binaryen reads in each function. */
function functionsOf(bytes: Uint8Array): Record<string, number>[] {
  const module = binaryen.readBinary(bytes);
  const text = module.emitText();
  module.dispose();
  return text
    .split(/^ \(func /m)
    .slice(1)
    .map((body) => {
      // Its first lines are about types, and what it exports does not begin so.
      const names = [...body.matchAll(/^ {2,}\(([a-z0-9_.]+)/gm)].map(([, name]) => name);
      const own = names.filter((name) => !/^(local|param|result|type)$/.test(name));
      return countNames(own);
    });
}

test.each(BUILDS)("%s: the same instructions in every function as binaryen finds", async (name) => {
  const bytes = await buildOf(name);
  const { functions } = decodeModule(bytes);
  const expected = functionsOf(bytes);
  expect(functions).toHaveLength(expected.length);
  const found = functions.map(({ instructions }) =>
    countNames(instructions.map((instruction) => instruction.name)),
  );
  for (const [index, counts] of expected.entries()) expect(found[index]).toEqual(counts);
});

test.each(BUILDS)("%s: exports, and bodies that follow each other to the end", async (name) => {
  const bytes = await buildOf(name);
  const { exports, functions, importedFunctions, functionTypes } = decodeModule(bytes);
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(bytes));
  expect([...exports.keys()]).toEqual(
    exported.filter(({ kind }) => kind === "function").map((one) => one.name),
  );
  expect(functionTypes).toHaveLength(importedFunctions + functions.length);
  for (const { instructions, end } of functions) {
    const last = instructions[instructions.length - 1];
    expect([last.name, last.end]).toEqual(["end", end]);
  }
});

test("immediates, as they stand in text", () => {
  const { functions } = decodeText(`(module (memory 1) (func (param i32) (result v128)
    (v128.store offset=16 (local.get 0) (v128.const i32x4 1 2 3 0xffffffff))
    (drop (i64.const -5)) (drop (f32.const -0.5)) (drop (f64.const nan))
    (drop (i32x4.extract_lane 3 (v128.load (local.get 0))))
    (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
      (v128.load32_lane offset=4 2 (local.get 0) (v128.const i32x4 0 0 0 0))
      (f32x4.splat (f32.const inf)))))`);
  const texts = functions[0].instructions.map(({ name, text }) => `${name} ${text}`.trim());
  expect(texts).toEqual([
    "local.get 0",
    "v128.const i32x4 0x00000001 0x00000002 0x00000003 0xffffffff",
    "v128.store offset=16",
    "i64.const -5",
    "drop",
    "f32.const -0.5",
    "drop",
    "f64.const nan",
    "drop",
    "local.get 0",
    "v128.load",
    "i32x4.extract_lane 3",
    "drop",
    "local.get 0",
    "v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000",
    "v128.load32_lane offset=4 2",
    "f32.const inf",
    "f32x4.splat",
    "i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31",
    "end",
  ]);
});

test("what is no module, is cut off, or has an unknown instruction is refused", () => {
  const bytes = assemble("(module (func (result i32) (i32.const 300)))");
  expect(() => decodeModule(Uint8Array.of(1, 2, 3))).toThrow(DataError);
  for (let length = 9; length < bytes.length; length++) {
    // Between two sections it may end.
    try {
      decodeModule(bytes.subarray(0, length));
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
    }
  }
  const strange = bytes.slice();
  strange[bytes.lastIndexOf(0x41)] = 0xff;
  expect(() => decodeModule(strange)).toThrow(/^byte \d+: opcode ff, expected one that is known$/);
});
