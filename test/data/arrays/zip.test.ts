import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { readZipDirectory, unpackZipEntry } from "../../../src/data/arrays/zip.js";
import type { ZipLimits } from "../../../src/data/arrays/zipFormat.js";
import { DataError } from "../../../src/errors.js";
import { type End, type Entry, join, zip, zip64Field } from "../../support/zip.js";

const DATA = new TextEncoder().encode("values, values, values, values, values");
const FULL_32 = 0xffff_ffff;

/** Every entry, unpacked. */
async function unpack(file: Uint8Array, limits: ZipLimits = {}): Promise<Record<string, string>> {
  const unpacked: Record<string, string> = {};
  for (const entry of readZipDirectory(file, "f.zip", limits)) {
    unpacked[entry.name] = new TextDecoder().decode(await unpackZipEntry(entry, "f.zip"));
  }
  return unpacked;
}

const TEXT = new TextDecoder().decode(DATA);

test.each<{ what: string; entries: Entry[]; end?: End }>([
  { what: "stored", entries: [{ name: "a", data: DATA }] },
  { what: "deflated", entries: [{ name: "a", data: DATA, isDeflated: true }] },
  {
    what: "with a comment that looks like the end",
    entries: [{ name: "a", data: DATA }],
    end: { comment: join(Uint8Array.of(0x50, 0x4b, 5, 6), new Uint8Array(30)) },
  },
  {
    what: "with a descriptor, the local header knowing nothing",
    entries: [
      {
        name: "a",
        data: DATA,
        isDeflated: true,
        fields: { flags: 8 },
        local: { checksum: 0, bytes: 0, packedBytes: 0 },
        descriptor: new Uint8Array(16),
      },
    ],
  },
  {
    what: "with Zip64 in the local header only, as NumPy writes",
    entries: [
      {
        name: "a",
        data: DATA,
        local: {
          bytes: FULL_32,
          packedBytes: FULL_32,
          extra: zip64Field(DATA.length, DATA.length),
        },
      },
    ],
  },
  {
    what: "with Zip64 throughout",
    entries: [
      {
        name: "a",
        data: DATA,
        fields: { bytes: FULL_32, packedBytes: FULL_32 },
        local: { extra: zip64Field(DATA.length, DATA.length) },
        directory: {
          start: FULL_32,
          // Behind a field of another kind.
          extra: join(Uint8Array.of(9, 9, 1, 0, 7), zip64Field(DATA.length, DATA.length, 0)),
        },
      },
    ],
    end: { zip64: {} },
  },
])("an entry is read: $what", async ({ entries, end }) => {
  expect(await unpack(zip(entries, end))).toEqual({ a: TEXT });
});

test("names are UTF-8, entries may be empty, an archive too", async () => {
  const empty = new Uint8Array(0);
  const file = zip([
    { name: "Gewicht ×/ä", data: empty },
    { name: "folder/", data: empty },
    { name: "deflated", data: empty, isDeflated: true },
  ]);
  expect(await unpack(file)).toEqual({ "Gewicht ×/ä": "", "folder/": "", deflated: "" });
  expect(await unpack(zip([]))).toEqual({});
});

test("entries stored as they are share memory with the archive", async () => {
  const file = zip([{ name: "a", data: DATA }]);
  const [entry] = readZipDirectory(file, "f.zip");
  expect((await unpackZipEntry(entry, "f.zip")).buffer).toBe(file.buffer);
});

test("a thousandfold is unpacked when it is announced and within the limit", async () => {
  const data = new Uint8Array(10_000_000).fill(0x61);
  const file = zip([{ name: "a", data, isDeflated: true }]);
  expect(data.length / file.length).toBeGreaterThan(900);
  const { a } = await unpack(file);
  expect(a.length).toBe(data.length);
  await expect(unpack(file, { maximumBytes: data.length - 1 })).rejects.toThrow(
    new DataError("f.zip: its entries unpack to 10000000 bytes, expected at most 9999999"),
  );
});

const one = (changes: Partial<Entry>, end?: End) =>
  zip([{ name: "a", data: DATA, ...changes }], end);
const PACKED = deflateRawSync(DATA);

test.each<{ what: string; file: Uint8Array; message: string }>([
  {
    what: "nothing",
    file: new Uint8Array(0),
    message: "has no directory at its end, expected a whole zip archive, which has one",
  },
  {
    what: "a directory that ends elsewhere",
    file: one({}, { bytes: 46 }),
    message: "its directory is said to take 46 bytes from byte 69, expected it to end at byte 116",
  },
  {
    what: "something in front",
    file: join(Uint8Array.of(1), one({})),
    message: "its directory is said to take 47 bytes from byte 69, expected it to end at byte 117",
  },
  {
    what: "several parts",
    file: one({}, { disk: 1 }),
    message: "is one part of several, expected the whole archive",
  },
  {
    what: "entries in another part",
    file: one({}, { here: 0 }),
    message: "is one part of several, expected the whole archive",
  },
  {
    what: "several parts by Zip64",
    file: one({}, { zip64: { disk: 2 } }),
    message: "is one part of several, expected the whole archive",
  },
  {
    what: "an entry that is in another part",
    file: one({ directory: { disk: 1 } }),
    message: 'the entry "a" is in part 2, expected one part only',
  },
  {
    what: "a Zip64 directory that is not there",
    file: one({}, { zip64: { position: 4e15 } }),
    message:
      "its Zip64 directory is said to end at byte 4000000000000000, expected its record there",
  },
  {
    what: "Zip64 that says something else",
    file: one({}, { zip64: {}, start: 70 }),
    message: "its directory is said to take 47 bytes from byte 69, expected it to end at byte 116",
  },
  {
    what: "more entries than the limit",
    file: one({}, { zip64: { entries: 1e12 } }),
    message: "the number of its entries is 1000000000000, expected at most 10000",
  },
  {
    what: "more entries than there are",
    file: one({}, { entries: 2 }),
    message: "entry 2 of its directory is damaged, expected 2 entries",
  },
  {
    what: "fewer entries than there are",
    file: one({}, { entries: 0 }),
    message: "47 bytes follow the last entry of its directory, expected none",
  },
  {
    what: "an encrypted entry",
    file: one({ fields: { flags: 1 } }),
    message: 'the entry "a" is encrypted, expected one that is not',
  },
  {
    what: "a strongly encrypted entry",
    file: one({ fields: { flags: 0x41 } }),
    message: 'the entry "a" is encrypted, expected one that is not',
  },
  {
    what: "a patch",
    file: one({ fields: { flags: 0x20 } }),
    message: 'the entry "a" is a patch, expected whole data',
  },
  {
    what: "another method",
    file: one({ fields: { method: 14 } }),
    message: 'the entry "a" is compressed by method 14, expected 0 (stored) or 8 (deflated)',
  },
  {
    what: "a stored entry of two lengths",
    file: one({ fields: { bytes: 39 } }),
    message:
      'the entry "a" is said to unpack from 38 to 39 bytes, expected as many, since it is stored',
  },
  {
    what: "a length that deflate cannot reach",
    file: one({ isDeflated: true, fields: { bytes: 1_000_000 } }),
    message: `the entry "a" is said to unpack from ${PACKED.length} to 1000000 bytes, expected no more than deflate can make`,
  },
  {
    what: "a full length without Zip64",
    file: one({ directory: { bytes: FULL_32 } }),
    message: 'the entry "a" has no Zip64 field, expected one with its length or place',
  },
  {
    what: "a Zip64 field that is too short",
    file: one({ directory: { bytes: FULL_32, packedBytes: FULL_32, extra: zip64Field(38) } }),
    message: 'the entry "a" has a Zip64 field that is too short, expected all its values',
  },
  {
    what: "a place beyond the end",
    file: one({ directory: { start: 4e9 } }),
    message:
      'the entry "a" is said to be at byte 4000000000 and 38 bytes long, expected it there, within the 138 bytes of the archive',
  },
  {
    what: "a place where there is no entry",
    file: one({ directory: { start: 1 } }),
    message:
      'the entry "a" is said to be at byte 1 and 38 bytes long, expected it there, within the 138 bytes of the archive',
  },
  {
    what: "an entry longer than the archive",
    file: one({ fields: { bytes: 3e9, packedBytes: 3e9 } }),
    message: "its entries unpack to 3000000000 bytes, expected at most 2147483647",
  },
  {
    what: "an entry that reaches into the directory",
    file: one({ fields: { bytes: 60, packedBytes: 60 } }),
    message: 'the entry "a" takes bytes 0 to 91, expected from 0 to 69 at most, without overlaps',
  },
  ...[
    { name: "b" },
    { checksum: 1 },
    { bytes: 37, packedBytes: 37 },
    { packedBytes: 37 },
    { method: 8 },
    { flags: 8 },
  ].map((local) => ({
    what: `another ${Object.keys(local)[0]} in the local header`,
    file: one({ local }),
    message:
      'the entry "a" is described otherwise in front of its data, expected what the directory says',
  })),
  ...["", "/etc/passwd", "\\share", "C:\\a", "..", "a/../../b", "..\\b", "a\0b"].map((name) => ({
    what: `the name ${JSON.stringify(name)}`,
    file: one({ name }),
    message: `the name of an entry is ${JSON.stringify(name)}, expected one within the archive, without ".." and not absolute`,
  })),
  {
    what: "a name that is not UTF-8",
    file: one({ fields: { name: Uint8Array.of(0xe4) } }),
    message: "the name of an entry is not UTF-8, expected it to be",
  },
  {
    what: "a name that occurs twice",
    file: zip([
      { name: "a", data: DATA },
      { name: "a", data: DATA },
    ]),
    message: 'the entry "a" occurs twice, expected unique names',
  },
  {
    what: "entries within others",
    file: zip([
      { name: "a", data: zip([{ name: "b", data: DATA }]) },
      { name: "b", data: DATA, directory: { start: 31 } },
    ]),
    message:
      'the entry "b" takes bytes 31 to 100, expected from 169 to 238 at most, without overlaps',
  },
  {
    what: "a checksum of something else",
    file: one({ fields: { checksum: 0x1234 } }),
    message:
      'the entry "a" has the checksum 9bbf2267, expected 00001234 as the archive says: the file is damaged',
  },
  {
    what: "deflated data that is longer than announced",
    file: one({ isDeflated: true, fields: { bytes: 37 } }),
    message: 'the entry "a" unpacks to more than 37 bytes, expected that many: the file is damaged',
  },
  {
    what: "deflated data that is shorter than announced",
    file: one({ isDeflated: true, fields: { bytes: 39 } }),
    message: 'the entry "a" unpacks to 38 bytes, expected 39: the file is damaged or cut',
  },
  {
    what: "data that deflate has not made",
    file: one({ fields: { method: 8 } }),
    message: 'the entry "a" is damaged, expected data that deflate has made',
  },
  {
    what: "deflated data that breaks off",
    file: one({
      data: PACKED.subarray(0, -1),
      fields: { method: 8, bytes: DATA.length },
    }),
    message: 'the entry "a" is damaged, expected data that deflate has made',
  },
])("$what is refused with a sentence", async ({ file, message }) => {
  await expect(unpack(file)).rejects.toThrow(new DataError(`f.zip: ${message}`));
});

test("a bomb that says it is small is not unpacked", async () => {
  const data = new Uint8Array(100_000_000);
  const file = zip([{ name: "a", data, isDeflated: true, fields: { bytes: 1000 } }]);
  await expect(unpack(file)).rejects.toThrow(
    new DataError(
      'f.zip: the entry "a" unpacks to more than 1000 bytes, expected that many: the file is damaged',
    ),
  );
});
