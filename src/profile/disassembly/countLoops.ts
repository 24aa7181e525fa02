/** Copies of a module that count how often each of their loops is gone through, or whose loops are known again. */
import type { Instruction } from "./instructions.js";
import { SECTIONS, type Section, type WasmModule } from "./module.js";

/** The position of a function in the module's list, and that of the "loop" in it. */
export interface LoopPlace {
  readonly position: number;
  readonly loop: number;
}

export interface CountingModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each counter, in order. */
  readonly counters: readonly LoopPlace[];
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
  const counters = loopsOf(module);
  // global.get, i64.const 1, i64.add, global.set
  const count = (place: number[]) => [0x23, ...place, 0x42, 0x01, 0x7c, 0x24, ...place];
  const bytes = withLoopHeads(module, counters, count);
  return { bytes, counters };
}

/** What a loop of `withLoopMarks` begins with: a number that nothing else in its machine code is. */
export const LOOP_MARK = 0x5eed10;

/** A global for each loop, which begins by setting it to `LOOP_MARK`; one is left as it is. */
export function withLoopMarks(module: WasmModule, spared: LoopPlace): Uint8Array<ArrayBuffer> {
  const places = loopsOf(module);
  const isSpared = ({ position, loop }: LoopPlace) =>
    position === spared.position && loop === spared.loop;
  // i64.const, global.set
  const mark = (place: number[], index: number) =>
    isSpared(places[index]) ? [] : [0x42, ...leb(LOOP_MARK), 0x24, ...place];
  return withLoopHeads(module, places, mark);
}

function loopsOf(module: WasmModule): LoopPlace[] {
  return module.functions.flatMap(({ instructions }, position) =>
    instructions.flatMap(({ name }, loop) => (name === "loop" ? [{ position, loop }] : [])),
  );
}

/** The code with which a loop begins, from its number and that of its global in LEB128. */
type LoopHead = (place: number[], index: number) => number[];

function withLoopHeads(
  module: WasmModule,
  counters: readonly LoopPlace[],
  head: LoopHead,
): Uint8Array<ArrayBuffer> {
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
      put(section.id, codeWithHeads(module, head));
    } else {
      put(section.id, content(section));
    }
  }
  return Uint8Array.from(output);
}

/** A list with so many more entries. */
function appended(list: Uint8Array, count: number, entries: readonly number[]): number[] {
  let size = 1;
  while (list[size - 1] >= 0x80) size++;
  let before = 0;
  for (let index = 0; index < size; index++) before += (list[index] & 0x7f) * 2 ** (7 * index);
  return [...leb(before + count), ...list.subarray(size), ...entries];
}

function codeWithHeads({ bytes, functions, globals }: WasmModule, head: LoopHead): number[] {
  let index = 0;
  const output = leb(functions.length);
  for (const { start, end, instructions } of functions) {
    const body: number[] = [];
    let from = start;
    for (const loop of instructions.filter(({ name }: Instruction) => name === "loop")) {
      for (const byte of bytes.subarray(from, loop.end)) body.push(byte);
      body.push(...head(leb(globals + index), index));
      index++;
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
