/** The bytes of numbers, in the order of this host. */
import { DTYPE_BYTES, type DType } from "./namedArray.js";

/** Whether this host keeps the least significant byte of a number first. */
export const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Values of float32, little-endian, without gaps. */
export function decodeFloats(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  return new Float32Array(copyElements(bytes, { dtype: "float32", littleEndian: true }).buffer);
}

/** In the host's byte order, and aligned: typed arrays cannot begin just anywhere in a file. */
export function copyElements(
  bytes: Uint8Array,
  { dtype, littleEndian }: { readonly dtype: DType; readonly littleEndian: boolean },
): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  if (littleEndian !== HOST_IS_LITTLE_ENDIAN) reverseBytes(copy, DTYPE_BYTES[dtype]);
  return copy;
}

/** Turns every `size` bytes round. */
export function reverseBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    for (let low = start, high = start + size - 1; low < high; low++, high--) {
      const byte = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = byte;
    }
  }
}
