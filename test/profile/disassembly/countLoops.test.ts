import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  counterName,
  LOOP_MARK,
  withLoopCounters,
  withLoopMarks,
} from "../../../src/profile/disassembly/countLoops.js";
import { decodeModule } from "../../../src/profile/disassembly/module.js";
import { decodeText } from "../../support/wat.js";

function countsOf(bytes: Uint8Array<ArrayBuffer>, counters: number, argument: number): number[] {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  (exports.run as (argument: number) => void)(argument);
  return Array.from({ length: counters }, (_, counter) =>
    Number((exports[counterName(counter)] as WebAssembly.Global).value),
  );
}

const NESTED = `
  (func (export "run") (param i32) (local i32)
    (loop
      (local.set 1 (i32.const 3))
      (loop (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (if (i32.const 0) (then (loop (br 0)))))`;

test.each([
  ["without globals", `(module ${NESTED})`],
  [
    "with globals",
    `(module (global (mut i32) (i32.const 7)) (global $x (export "x") i32 (i32.const 1)) ${NESTED})`,
  ],
])("%s: loops are counted, also those that are never entered", (_, text) => {
  const { bytes, counters } = withLoopCounters(decodeText(text));
  expect(counters).toHaveLength(3);
  expect(countsOf(bytes, 3, 5)).toEqual([5, 15, 0]);
});

test.each(["wasmlp.relaxed.wasm", "wasmlp.threads.wasm", "wasmlp.profile.wasm"])(
  "%s: the copy has the same functions, and four instructions more for each loop",
  async (name) => {
    const module = decodeModule(await readFile(join(import.meta.dirname, "../../../build", name)));
    const { bytes, counters } = withLoopCounters(module);
    const copy = decodeModule(bytes);
    const count = (functions: typeof module.functions) =>
      functions.reduce((sum, { instructions }) => sum + instructions.length, 0);
    expect(count(copy.functions)).toBe(count(module.functions) + 4 * counters.length);
    expect(copy.exports).toEqual(module.exports);
    expect(copy.globals).toBe(module.globals + counters.length);
  },
);

test("a mark is set in every loop but one, and is nothing else that the module does", () => {
  const module = decodeText(`(module ${NESTED})`);
  const { counters } = withLoopCounters(module);
  for (const spared of counters) {
    const bytes = withLoopMarks(module, spared);
    const marks = counters.filter((one) => one !== spared);
    expect(countsOf(bytes, 3, 5)).toEqual(
      // The third is never entered.
      counters.map((one, index) => (marks.includes(one) && index < 2 ? LOOP_MARK : 0)),
    );
  }
});
