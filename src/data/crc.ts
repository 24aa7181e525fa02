/**
 * Cyclic redundancy checks of 32 bits, by tables that take eight bytes at a time (Kounavis and Berry
 * 2005, "slicing by 8").
 */

/** x³² + x²⁶ + x²³ + … with its bits reversed. */
const ISO_POLYNOMIAL = 0xedb88320;
/** x³² + x²⁸ + x²⁷ + … with its bits reversed. */
const CASTAGNOLI_POLYNOMIAL = 0x82f63b78;
const SLICES = 8;
let isoTables: Int32Array | undefined;
let castagnoliTables: Int32Array | undefined;

/** CRC-32 of zip files and Ethernet (ISO 3309; RFC 1952, section 8): 0 … 2³² − 1. */
export function crc32(bytes: Uint8Array): number {
  isoTables ??= createTables(ISO_POLYNOMIAL);
  return checksum(bytes, isoTables);
}

/** CRC-32C with Castagnoli's polynomial (RFC 3720, appendix B.4): 0 … 2³² − 1. */
export function crc32c(bytes: Uint8Array): number {
  castagnoliTables ??= createTables(CASTAGNOLI_POLYNOMIAL);
  return checksum(bytes, castagnoliTables);
}

function checksum(bytes: Uint8Array, t: Int32Array): number {
  let crc = -1;
  let index = 0;
  for (const whole = bytes.length & ~7; index < whole; index += 8) {
    const low =
      crc ^
      (bytes[index] |
        (bytes[index + 1] << 8) |
        (bytes[index + 2] << 16) |
        (bytes[index + 3] << 24));
    crc =
      t[0x700 + (low & 0xff)] ^
      t[0x600 + ((low >>> 8) & 0xff)] ^
      t[0x500 + ((low >>> 16) & 0xff)] ^
      t[0x400 + (low >>> 24)] ^
      t[0x300 + bytes[index + 4]] ^
      t[0x200 + bytes[index + 5]] ^
      t[0x100 + bytes[index + 6]] ^
      t[bytes[index + 7]];
  }
  for (; index < bytes.length; index++) crc = (crc >>> 8) ^ t[(crc ^ bytes[index]) & 0xff];
  return ~crc >>> 0;
}

/** Table s, 256 entries from 256·s on, carries a byte over s more bytes of zeros. */
function createTables(polynomial: number): Int32Array {
  const created = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    created[byte] = crc;
  }
  for (let index = 256; index < created.length; index++) {
    const before = created[index - 256];
    created[index] = (before >>> 8) ^ created[before & 0xff];
  }
  return created;
}
