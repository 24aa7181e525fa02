/** A copy of a module that counts how often each of its loops is gone through. */
import type { Instruction } from "./instructions.js";
import { SECTIONS, type Section, type WasmModule } from "./module.js";

export interface CountingModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each counter, in order: the function's position in the module's list, and that of the "loop" in it. */
  readonly counters: readonly { readonly position: number; readonly loop: number }[];
}

/** The export of the counter's global, a `WebAssembly.Global` of type i64. */
export function counterName(counter: number): string {
  return `loop ${counter}`;
}

/** i64, may be changed, 0. */
const COUNTER = [0x7e, 0x01, 0x42, 0x00, 0x0b];
const GLOBAL = 0x03;

/** A global for each loop, which begins by adding 1 to it. Nothing else is different. */
export function withLoopCounters(module: WasmModule): CountingModule {
  const counters = module.functions.flatMap(({ instructions }, position) =>
    instructions.flatMap(({ name }, loop) => (name === "loop" ? [{ position, loop }] : [])),
  );
  const { bytes, sections, globals } = module;
  const content = ({ start, end }: Section) => bytes.subarray(start, end);
  const output: number[] = [...bytes.subarray(0, 8)];
  const put = (id: number, parts: Iterable<number>) => {
    const list = [...parts];
    output.push(id, ...leb(list.length));
    for (const byte of list) output.push(byte);
  };
  const added = counters.flatMap(() => COUNTER);
  let hasGlobals = sections.some(({ id }) => id === SECTIONS.global);
  for (const section of sections) {
    if (!hasGlobals && section.id > SECTIONS.global) {
      put(SECTIONS.global, [...leb(counters.length), ...added]);
      hasGlobals = true;
    }
    if (section.id === SECTIONS.global) {
      put(section.id, appended(content(section), counters.length, added));
    } else if (section.id === SECTIONS.export) {
      const exported = counters.flatMap((_, counter) => {
        const name = new TextEncoder().encode(counterName(counter));
        return [...leb(name.length), ...name, GLOBAL, ...leb(globals + counter)];
      });
      put(section.id, appended(content(section), counters.length, exported));
    } else if (section.id === SECTIONS.code) {
      put(section.id, countingCode(module));
    } else {
      put(section.id, content(section));
    }
  }
  return { bytes: Uint8Array.from(output), counters };
}

/** A list with so many more entries. */
function appended(list: Uint8Array, count: number, entries: readonly number[]): number[] {
  let size = 1;
  while (list[size - 1] >= 0x80) size++;
  let before = 0;
  for (let index = 0; index < size; index++) before += (list[index] & 0x7f) * 2 ** (7 * index);
  return [...leb(before + count), ...list.subarray(size), ...entries];
}

function countingCode({ bytes, functions, globals }: WasmModule): number[] {
  let counter = globals;
  const output = leb(functions.length);
  for (const { start, end, instructions } of functions) {
    const body: number[] = [];
    let from = start;
    for (const loop of instructions.filter(({ name }: Instruction) => name === "loop")) {
      for (const byte of bytes.subarray(from, loop.end)) body.push(byte);
      const place = leb(counter++);
      // global.get, i64.const 1, i64.add, global.set
      body.push(0x23, ...place, 0x42, 0x01, 0x7c, 0x24, ...place);
      from = loop.end;
    }
    for (const byte of bytes.subarray(from, end)) body.push(byte);
    output.push(...leb(body.length));
    for (const byte of body) output.push(byte);
  }
  return output;
}

/** An unsigned number in LEB128. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest >= 0x80 ? 0x80 : 0;
    bytes.push((rest & 0x7f) | more);
    rest = Math.floor(rest / 0x80);
  } while (rest > 0);
  return bytes;
}
