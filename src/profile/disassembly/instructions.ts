/** The instructions of a function, one after the other. */
import { DataError } from "../../errors.js";
import type { ByteReader } from "./byteReader.js";
import { findOpcode, type Immediate, type Opcode, type Signature } from "./opcodes.js";
import { readValueType } from "./valueType.js";

export interface Instruction extends Opcode {
  /** First byte in the module, and the first one behind. */
  readonly start: number;
  readonly end: number;
  /** What stands behind the name in text. */
  readonly text: string;
  /** A local, a function, a global or a type, by `immediate`. */
  readonly index?: number;
  /** Depths that a branch may go to; the last one of a table is its default. */
  readonly labels?: readonly number[];
  /** Of "block", "loop" and "if". */
  readonly blockType?: Signature;
}

/**
 * @param reader at the first instruction
 * @param end the first byte behind the function
 * @param types of the module
 * @throws DataError at an instruction that is not known.
 */
export function decodeInstructions(
  reader: ByteReader,
  end: number,
  types: readonly Signature[],
): Instruction[] {
  const instructions: Instruction[] = [];
  while (reader.position < end) instructions.push(decodeInstruction(reader, types));
  return instructions;
}

function decodeInstruction(reader: ByteReader, types: readonly Signature[]): Instruction {
  const start = reader.position;
  const first = reader.byte();
  const prefix = first === 0xfc || first === 0xfd || first === 0xfe ? first : 0;
  const code = prefix === 0 ? first : reader.u32();
  const opcode = findOpcode(prefix, code);
  if (!opcode) {
    const name = [...(prefix ? [prefix] : []), code].map((one) => one.toString(16)).join(" ");
    throw new DataError(`byte ${start}: opcode ${name}, expected one that is known`);
  }
  const immediates = READERS[opcode.immediate](reader, types);
  return { ...opcode, text: "", ...immediates, start, end: reader.position };
}

type Immediates = Partial<Pick<Instruction, "text" | "index" | "labels" | "blockType">>;

const READERS: Readonly<
  Record<Immediate, (reader: ByteReader, types: readonly Signature[]) => Immediates>
> = {
  none: () => ({}),
  block: readBlockType,
  label: (reader) => {
    const label = reader.u32();
    return { labels: [label], text: String(label) };
  },
  labels: (reader) => {
    const labels = Array.from({ length: reader.u32() + 1 }, () => 0).map(() => reader.u32());
    return { labels, text: labels.join(" ") };
  },
  function: readIndex,
  local: readIndex,
  global: readIndex,
  table: readIndex,
  indirect: (reader) => {
    const index = reader.u32();
    reader.byte();
    return { index, text: `(type ${index})` };
  },
  memory: (reader) => {
    reader.byte();
    return {};
  },
  memories: (reader) => {
    reader.take(2);
    return {};
  },
  access: readAccess,
  laneAccess: (reader) => {
    const { text } = readAccess(reader);
    return { text: [text, String(reader.byte())].filter((part) => part !== "").join(" ") };
  },
  lane: (reader) => ({ text: String(reader.byte()) }),
  lanes: (reader) => ({ text: reader.take(16).join(" ") }),
  i32: (reader) => ({ text: String(reader.signed()) }),
  i64: (reader) => ({ text: String(reader.signed()) }),
  f32: (reader) => ({ text: float(reader.float32()) }),
  f64: (reader) => ({ text: float(reader.float64()) }),
  v128: (reader) => {
    const { buffer, byteOffset } = reader.take(16);
    const view = new DataView(buffer, byteOffset, 16);
    const words = [0, 4, 8, 12].map((offset) => view.getUint32(offset, true));
    return {
      text: `i32x4 ${words.map((word) => `0x${word.toString(16).padStart(8, "0")}`).join(" ")}`,
    };
  },
  fence: (reader) => {
    reader.byte();
    return {};
  },
};

function readIndex(reader: ByteReader): Immediates {
  const index = reader.u32();
  return { index, text: String(index) };
}

function readBlockType(reader: ByteReader, types: readonly Signature[]): Immediates {
  const next = reader.bytes[reader.position];
  if (next === 0x40) {
    reader.byte();
    return { blockType: { takes: [], leaves: [] } };
  }
  // Types of values are negative numbers of one byte, indices of types are not.
  if (next >= 0x40 && next < 0x80) {
    const type = readValueType(reader);
    return { blockType: { takes: [], leaves: [type] }, text: `(result ${type})` };
  }
  const index = Number(reader.signed());
  return { blockType: types[index], text: `(type ${index})` };
}

/** The alignment is a hint only, and left out. */
function readAccess(reader: ByteReader): { readonly text: string } {
  reader.u32();
  const offset = reader.u32();
  return { text: offset > 0 ? `offset=${offset}` : "" };
}

function float(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0" : String(value);
}
