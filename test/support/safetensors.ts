/** Takes safetensors files apart and puts them together, apart from the code under test. */

export type Header = Record<string, unknown>;

const LENGTH_BYTES = 8;

/** The JSON header and the data behind it. */
export function split(file: Uint8Array): { header: Header; data: Uint8Array } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const text = new TextDecoder().decode(file.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  return { header: JSON.parse(text), data: file.subarray(LENGTH_BYTES + length) };
}

/** A file of this header, which is text as it is or something to be written as JSON. */
export function join(header: string | Header, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const file = new Uint8Array(LENGTH_BYTES + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, LENGTH_BYTES);
  file.set(data, LENGTH_BYTES + text.length);
  return file;
}

/** The header's length, as the file announces it. */
export function headerLength(file: Uint8Array): number {
  return Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
}
