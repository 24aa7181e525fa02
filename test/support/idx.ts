/** Writes small IDX files, sound and unsound. */

export interface IdxParts {
  readonly dimensions: readonly number[];
  /** Default: as many bytes as the dimensions say, counting up from 0. */
  readonly data?: readonly number[] | Uint8Array;
  /** The first three bytes; default 0, 0, 8 (unsigned bytes). */
  readonly start?: readonly number[];
}

export function idx({ dimensions, data, start = [0, 0, 8] }: IdxParts): Uint8Array {
  const values = data ?? countUp(dimensions.reduce((product, size) => product * size, 1));
  const bigEndian = dimensions.flatMap((size) => [24, 16, 8, 0].map((shift) => size >>> shift));
  return Uint8Array.of(...start, dimensions.length, ...bigEndian, ...values);
}

function countUp(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index);
}
