import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { DataError } from "../../src/errors.js";
import { gunzipIfCompressed } from "../../src/node/gunzip.js";

const CONTENT = Uint8Array.from({ length: 1000 }, (_, index) => (index * index) % 251);
const OPTIONS = { name: "f.gz", maximumBytes: 1000 };

test("what gzip packed is unpacked, up to the limit and including it", async () => {
  expect(await gunzipIfCompressed(gzipSync(CONTENT), OPTIONS)).toEqual(CONTENT);
});

test("several packed pieces in sequence are one content", async () => {
  const file = Buffer.concat([gzipSync(CONTENT.subarray(0, 10)), gzipSync(CONTENT.subarray(10))]);
  expect(await gunzipIfCompressed(file, OPTIONS)).toEqual(CONTENT);
});

test("what gzip did not pack is returned as it is", async () => {
  for (const file of [CONTENT, new Uint8Array(0), Uint8Array.of(0x1f), Uint8Array.of(0x1f, 0)]) {
    expect(await gunzipIfCompressed(file, OPTIONS)).toBe(file);
  }
});

/** Packs `CONTENT` and flips all bits of the byte at `position`, from the end if negative. */
function damaged(position: number): Uint8Array {
  const file = Uint8Array.from(gzipSync(CONTENT));
  const index = position < 0 ? file.length + position : position;
  file[index] = ~file[index];
  return file;
}

test.each([
  {
    what: "a truncated file",
    file: gzipSync(CONTENT).subarray(0, 100),
    message: "f.gz: ends in the middle of its gzip data, expected the whole file",
  },
  {
    what: "a file that is cut off within its checksum",
    file: gzipSync(CONTENT).subarray(0, -2),
    message: "f.gz: ends in the middle of its gzip data, expected the whole file",
  },
  {
    what: "a wrong checksum",
    file: damaged(-8),
    message: "f.gz: its gzip data is damaged (incorrect data check), expected the file unchanged",
  },
  {
    what: "a wrong length",
    file: damaged(-1),
    message: "f.gz: its gzip data is damaged (incorrect length check), expected the file unchanged",
  },
  {
    what: "an unknown method",
    file: damaged(2),
    message:
      "f.gz: its gzip data is damaged (unknown compression method), expected the file unchanged",
  },
  {
    what: "a byte more than the limit",
    file: gzipSync(new Uint8Array(1001)),
    message: "f.gz: unpacks to more than 1000 bytes, expected at most that",
  },
])("$what is refused with a sentence", async ({ file, message }) => {
  await expect(gunzipIfCompressed(file, OPTIONS)).rejects.toThrow(new DataError(message));
});

test("a bomb is stopped before it has taken much memory", async () => {
  const megabyte = gzipSync(new Uint8Array(2 ** 20));
  const gigabyte = Buffer.concat(Array.from({ length: 1024 }, () => megabyte));
  const peakBefore = process.resourceUsage().maxRSS;
  const unpacking = gunzipIfCompressed(gigabyte, { name: "bomb.gz", maximumBytes: 1_000_000 });
  await expect(unpacking).rejects.toThrow("bomb.gz: unpacks to more than 1000000 bytes");
  const peakAfter = process.resourceUsage().maxRSS;
  expect(peakAfter - peakBefore).toBeLessThan(64 * 1024); // of 1024 bytes
});
