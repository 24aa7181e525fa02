/** Takes a WebAssembly module apart: types, exports, and the functions with their instructions. */
import { DataError } from "../../errors.js";
import { ByteReader } from "./byteReader.js";
import { decodeInstructions, type Instruction } from "./instructions.js";
import type { Signature, ValueType } from "./opcodes.js";
import { readValueType } from "./valueType.js";

/** Where a section's content lies. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

export interface WasmFunction {
  /** Counted from the imported ones on, as `call` does. */
  readonly index: number;
  readonly type: Signature;
  /** Types of the parameters, then of the other locals. */
  readonly locals: readonly ValueType[];
  readonly instructions: readonly Instruction[];
  /** Bytes of the body in the module, its size not included. */
  readonly start: number;
  readonly end: number;
}

export interface WasmModule {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly types: readonly Signature[];
  /** Those that have a body. */
  readonly functions: readonly WasmFunction[];
  /** Of every function by its index, imported ones too. */
  readonly functionTypes: readonly Signature[];
  readonly importedFunctions: number;
  readonly globals: number;
  /** Indices of the exported functions, by name. */
  readonly exports: ReadonlyMap<string, number>;
}

export const SECTIONS = {
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
} as const;

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** @throws DataError when it is no module, or has what this decoder does not know. */
export function decodeModule(bytes: Uint8Array): WasmModule {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) {
    throw new DataError("the file does not begin as a WebAssembly module of version 1 does");
  }
  const sections = readSections(bytes);
  const within = (id: number): ByteReader => {
    const section = sections.find((one) => one.id === id);
    // Without the section there is a list of none.
    return section ? new ByteReader(bytes, section.start) : new ByteReader(Uint8Array.of(0));
  };
  const types = list(within(SECTIONS.type), readType);
  const imports = list(within(SECTIONS.import), readImport);
  const declared = list(within(SECTIONS.function), (reader) => reader.u32());
  const importedTypes = imports.flatMap(({ type }) => (type === undefined ? [] : [type]));
  const functionTypes = [...importedTypes, ...declared].map((type) => types[type]);
  const importedGlobals = imports.filter(({ kind }) => kind === KINDS.global).length;
  const exported = list(within(SECTIONS.export), readExport);
  const code = within(SECTIONS.code);
  const functions = list(
    code,
    (reader) => reader.u32(),
    (size, position) => {
      const index = importedTypes.length + position;
      return readBody(code, size, index, functionTypes[index], types);
    },
  );
  return {
    bytes,
    sections,
    types,
    functions,
    functionTypes,
    importedFunctions: importedTypes.length,
    globals: importedGlobals + within(SECTIONS.global).u32(),
    exports: new Map(
      exported.flatMap(({ name, kind, index }) =>
        kind === KINDS.function ? [[name, index] as const] : [],
      ),
    ),
  };
}

function readSections(bytes: Uint8Array): Section[] {
  const reader = new ByteReader(bytes, MAGIC.length);
  const sections: Section[] = [];
  while (reader.position < bytes.length) {
    const id = reader.byte();
    const size = reader.u32();
    const start = reader.position;
    reader.take(size);
    sections.push({ id, start, end: start + size });
  }
  return sections;
}

/** A count, and so many entries; `then` sees each as it was read. */
function list<Entry, Result = Entry>(
  reader: ByteReader,
  read: (reader: ByteReader) => Entry,
  then: (entry: Entry, position: number) => Result = (entry) => entry as unknown as Result,
): Result[] {
  const entries: Result[] = [];
  const count = reader.u32();
  for (let position = 0; position < count; position++) entries.push(then(read(reader), position));
  return entries;
}

function readType(reader: ByteReader): Signature {
  const form = reader.byte();
  if (form !== 0x60) {
    throw new DataError(
      `byte ${reader.position - 1}: a type of form ${form}, expected that of a function, 96`,
    );
  }
  return { takes: list(reader, readValueType), leaves: list(reader, readValueType) };
}

const KINDS = { function: 0, table: 1, memory: 2, global: 3 } as const;

/** `type` only of functions. */
function readImport(reader: ByteReader): { readonly kind: number; readonly type?: number } {
  reader.name();
  reader.name();
  const kind = reader.byte();
  if (kind === KINDS.function) return { kind, type: reader.u32() };
  if (kind === KINDS.global) reader.take(2);
  else {
    if (kind === KINDS.table) reader.byte();
    const flags = reader.byte();
    reader.u32();
    if (flags & 1) reader.u32();
  }
  return { kind };
}

function readExport(reader: ByteReader): {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
} {
  return { name: reader.name(), kind: reader.byte(), index: reader.u32() };
}

function readBody(
  reader: ByteReader,
  size: number,
  index: number,
  type: Signature,
  types: readonly Signature[],
): WasmFunction {
  const start = reader.position;
  const groups = list(reader, (each) => {
    const count = each.u32();
    return new Array<ValueType>(count).fill(readValueType(each));
  });
  const end = start + size;
  const instructions = decodeInstructions(reader, end, types);
  return { index, type, locals: [...type.takes, ...groups.flat()], instructions, start, end };
}
