/**
 * The little of Protocol Buffers' encoding that event files and ONNX take: fields of a message, one after
 * another, each a tag (number · 8 + wire type) and its value.
 */
import { concatenate } from "./concatenate.js";

const VARINT = 0;
const DOUBLE = 1;
const BYTES = 2;
const FLOAT = 5;

/** A whole number from 0 to 2⁵³, as int32, int64 or an enumeration. */
export function integerField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(number * 8 + VARINT), ...varint(value)]);
}

export function doubleField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return message([Uint8Array.from(varint(number * 8 + DOUBLE)), bytes]);
}

export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message([Uint8Array.from(varint(number * 8 + FLOAT)), bytes]);
}

export function textField(number: number, value: string): Uint8Array {
  return bytesField(number, new TextEncoder().encode(value));
}

/** An embedded message, or any bytes. */
export function bytesField(number: number, content: Uint8Array): Uint8Array {
  const head = Uint8Array.from([...varint(number * 8 + BYTES), ...varint(content.length)]);
  return message([head, content]);
}

/** An embedded message of these fields. */
export function messageField(number: number, fields: readonly Uint8Array[]): Uint8Array {
  return bytesField(number, message(fields));
}

/** The fields, one after another. */
export function message(fields: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatenate(fields);
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
