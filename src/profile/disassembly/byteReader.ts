/** Reads the encodings of WebAssembly's binary format (core specification, chapter 5) one after the other. */
import { DataError } from "../../errors.js";

export class ByteReader {
  readonly bytes: Uint8Array;
  position: number;

  /** @param position of the first byte that is read */
  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  /** @throws DataError at the end. */
  byte(): number {
    if (this.position >= this.bytes.length) {
      throw new DataError(
        `the module ends at byte ${this.position}, expected more of it to be there`,
      );
    }
    return this.bytes[this.position++];
  }

  /** An unsigned number of up to 32 bits in LEB128. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new DataError(`byte ${this.position} continues a number of more than 32 bits`);
  }

  /** A signed number in LEB128. */
  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
    }
    throw new DataError(`byte ${this.position} continues a number of more than 64 bits`);
  }

  float32(): number {
    return this.#view(4).getFloat32(0, true);
  }

  float64(): number {
    return this.#view(8).getFloat64(0, true);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }

  /** The next bytes, as they are. */
  take(count: number): Uint8Array {
    this.position += count;
    if (this.position > this.bytes.length) {
      throw new DataError(
        `the module ends at byte ${this.bytes.length}, expected ${this.position} bytes at least`,
      );
    }
    return this.bytes.subarray(this.position - count, this.position);
  }

  #view(count: number): DataView {
    const { buffer, byteOffset } = this.take(count);
    return new DataView(buffer, byteOffset, count);
  }
}
