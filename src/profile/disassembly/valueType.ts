/** Types of values, as the binary has them. */
import { DataError } from "../../errors.js";
import type { ByteReader } from "./byteReader.js";
import type { ValueType } from "./opcodes.js";

const VALUE_TYPES: Readonly<Record<number, ValueType>> = {
  127: "i32",
  126: "i64",
  125: "f32",
  124: "f64",
  123: "v128",
  112: "funcref",
  111: "externref",
};

/** @throws DataError at anything else. */
export function readValueType(reader: ByteReader): ValueType {
  const code = reader.byte();
  const type = VALUE_TYPES[code];
  if (type) return type;
  throw new DataError(`byte ${reader.position - 1}: ${code}, expected the type of a value`);
}
