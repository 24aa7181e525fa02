import { expect, test } from "vitest";
import { wat } from "../../../src/profile/disassembly/wat.js";
import { decodeText } from "../../support/wat.js";

const BODY = `(loop
    (local.set 1 (f32x4.add (local.get 1) (v128.load offset=16 (local.get 0))))
    (if (local.get 0) (then (v128.store (local.get 0) (local.get 1))) (else (nop)))
    (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 16)))))`;
const MODULE = `(module (memory 1) (func (param i32) (local v128) ${BODY}))`;

test("operands stand within their parentheses, blocks are indented", () => {
  const module = decodeText(MODULE);
  const text = wat(module.functions[0].instructions.slice(0, -1), module, 100);
  expect(text).toBe(`loop
  (local.set 1 (f32x4.add (local.get 1) (v128.load offset=16 (local.get 0))))
  (local.get 0)
  if
    (v128.store (local.get 0) (local.get 1))
  else
    (nop)
  end
  (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 16))))
end`);
});

test("what is too wide goes on in lines of its own", () => {
  const module = decodeText(MODULE);
  const text = wat(module.functions[0].instructions.slice(0, -1), module, 50);
  expect(text).toContain(`  (local.set 1
    (f32x4.add
      (local.get 1)
      (v128.load offset=16 (local.get 0))))
`);
});

test("the text is one that an assembler reads to the same instructions", () => {
  const module = decodeText(MODULE);
  const text = wat(module.functions[0].instructions.slice(0, -1), module, 40);
  const again = decodeText(`(module (memory 1) (func (param i32) (local v128) ${text}))`);
  const names = ({ functions }: typeof module) => functions[0].instructions.map(({ name }) => name);
  expect(names(again)).toEqual(names(module));
});
