import { expect, test } from "vitest";
import { vectorPressure } from "../../../src/profile/disassembly/liveness.js";
import { structureOf } from "../../../src/profile/disassembly/loops.js";
import { operandsOf } from "../../../src/profile/disassembly/stack.js";
import { decodeText } from "../../support/wat.js";

/** Of the only loop. @param body in which 0 is an address, and from 1 on there are six vectors */
function pressureOf(body: string) {
  const module = decodeText(
    `(module (memory 1) (func (param i32) (local v128 v128 v128 v128 v128 v128) ${body}))`,
  );
  const [only] = module.functions;
  const structure = structureOf(only.instructions);
  expect(structure.loops).toHaveLength(1);
  return vectorPressure(structure.loops[0], only, structure, operandsOf(only, module));
}

const AGAIN = "(br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 16))))";
const load = "(v128.load (local.get 0))";

test("a sum is carried, what is added to it is not", () => {
  const sum = `(local.set 1 (f32x4.add (local.get 1) ${load}))`;
  // The load stands on the stack beside the sum.
  expect(pressureOf(`(loop ${sum} ${AGAIN}) (v128.store (i32.const 0) (local.get 1))`)).toEqual({
    carried: 1,
    locals: 1,
    values: 2,
  });
});

test("four sums and a factor that all of them need", () => {
  const factor = `(local.set 5 ${load})`;
  const sums = [1, 2, 3, 4]
    .map((sum) => `(local.set ${sum} (f32x4.add (local.get ${sum}) (local.get 5)))`)
    .join(" ");
  const stores = [1, 2, 3, 4]
    .map((sum) => `(v128.store (i32.const 0) (local.get ${sum}))`)
    .join(" ");
  expect(pressureOf(`(loop ${factor} ${sums} ${AGAIN}) ${stores}`)).toEqual({
    carried: 4,
    locals: 5,
    values: 5,
  });
});

test("what the loop only reads is live all the way, what nobody reads again is not", () => {
  const body = `(local.set 2 (v128.const i32x4 1 1 1 1))
    (loop
      (local.set 1 ${load})
      (local.set 3 (f32x4.mul (local.get 1) (local.get 2)))
      (v128.store (local.get 0) (local.get 3))
      ${AGAIN})`;
  expect(pressureOf(body)).toEqual({ carried: 1, locals: 2, values: 2 });
});

test("a branch of an if keeps alive what the other does not need", () => {
  const body = `(local.set 1 ${load}) (local.set 2 ${load})
    (loop
      (if (i32.and (local.get 0) (i32.const 16))
        (then (v128.store (local.get 0) (local.get 1)))
        (else (v128.store (local.get 0) (local.get 2))))
      ${AGAIN})`;
  expect(pressureOf(body)).toMatchObject({ carried: 2, locals: 2 });
});

test("an operand that was read before its local changed is a value of its own", () => {
  const body = `(loop
      (v128.store (local.get 0) (f32x4.add (local.get 1) (local.tee 1 ${load})))
      ${AGAIN})`;
  expect(pressureOf(body)).toEqual({ carried: 1, locals: 1, values: 2 });
});

test("values after the loop count where the loop itself does not touch them", () => {
  const body = `(local.set 6 ${load}) (loop ${AGAIN}) (v128.store (i32.const 0) (local.get 6))`;
  expect(pressureOf(body)).toEqual({ carried: 1, locals: 1, values: 1 });
});

test("left early by a branch outwards: what is needed there is live", () => {
  const body = `(local.set 1 ${load})
    (block
      (loop
        (br_if 1 (i32.eqz (local.get 0)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 16)))
        (br 0)))
    (v128.store (i32.const 0) (local.get 1))`;
  expect(pressureOf(body)).toMatchObject({ carried: 1 });
});
