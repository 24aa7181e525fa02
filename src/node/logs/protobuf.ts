/**
 * The little of Protocol Buffers' encoding that event files take: fields of a message, one after another,
 * each a tag (number · 8 + wire type) and its value.
 */

const VARINT = 0;
const DOUBLE = 1;
const BYTES = 2;
const FLOAT = 5;

/** A whole number ≥ 0, as int32, int64 or an enumeration. */
export function integerField(number: number, value: number): number[] {
  return [...varint(number * 8 + VARINT), ...varint(value)];
}

export function doubleField(number: number, value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [...varint(number * 8 + DOUBLE), ...bytes];
}

export function floatField(number: number, value: number): number[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [...varint(number * 8 + FLOAT), ...bytes];
}

export function textField(number: number, value: string): number[] {
  return messageField(number, [...new TextEncoder().encode(value)]);
}

/** An embedded message, or any bytes. */
export function messageField(number: number, content: readonly number[]): number[] {
  return [...varint(number * 8 + BYTES), ...varint(content.length), ...content];
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
