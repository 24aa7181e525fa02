import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32c } from "../../src/data/crc32c.js";

/** RFC 3720, appendix B.4. */
test.each([
  ["zeros", new Uint8Array(32), 0x8a9136aa],
  ["ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["ascending", Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ["descending", Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
  ["digits", new TextEncoder().encode("123456789"), 0xe3069283],
  ["nothing", new Uint8Array(), 0],
])("%s", (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test("any length agrees with the division bit by bit", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      let crc = 0xffffffff;
      for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
      }
      expect(crc32c(bytes)).toBe(~crc >>> 0);
    }),
  );
});
