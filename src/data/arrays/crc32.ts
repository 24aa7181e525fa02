/**
 * CRC-32, the cyclic redundancy check of zip files and Ethernet (ISO 3309; RFC 1952, section 8), by
 * tables that take eight bytes at a time (Kounavis and Berry 2005, "slicing by 8").
 */

/** The polynomial x³² + x²⁶ + x²³ + … with its bits reversed. */
const POLYNOMIAL = 0xedb88320;
const SLICES = 8;
let tables: Int32Array | undefined;

/** The checksum of `bytes`, 0 … 2³² − 1. */
export function crc32(bytes: Uint8Array): number {
  tables ??= createTables();
  const t = tables;
  let crc = -1;
  let index = 0;
  for (const whole = bytes.length - (bytes.length % 8); index < whole; index += 8) {
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
function createTables(): Int32Array {
  const created = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    created[byte] = crc;
  }
  for (let index = 256; index < created.length; index++) {
    const before = created[index - 256];
    created[index] = (before >>> 8) ^ created[before & 0xff];
  }
  return created;
}
