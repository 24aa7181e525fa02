import fc from "fast-check";
import { expect, test } from "vitest";
import { writeZip } from "../../../src/data/arrays/writeZip.js";
import { readZipDirectory, unpackZipEntry } from "../../../src/data/arrays/zip.js";
import { DataError } from "../../../src/errors.js";

test("what was written is read", async () => {
  const name = fc
    .string({ minLength: 1 })
    .filter((text) => !/^[/\\]|^[A-Za-z]:|\.\.|\0/.test(text));
  const entry = fc.record({ name, bytes: fc.uint8Array({ maxLength: 300 }) });
  const entries = fc.uniqueArray(entry, { selector: (one) => one.name, maxLength: 5 });
  const compression = fc.constantFrom("none" as const, "deflate" as const);
  await fc.assert(
    fc.asyncProperty(entries, compression, async (given, how) => {
      const file = await writeZip(given, { compression: how });
      const read = readZipDirectory(file, "f");
      expect(read.map((one) => one.name)).toEqual(given.map((one) => one.name));
      for (const [index, one] of read.entries()) {
        expect(new Uint8Array(await unpackZipEntry(one, "f"))).toEqual(given[index].bytes);
      }
    }),
  );
});

test("deflating saves space, and the same entries make the same bytes", async () => {
  const entries = [{ name: "a", bytes: new Uint8Array(10_000) }];
  const stored = await writeZip(entries);
  const deflated = await writeZip(entries, { compression: "deflate" });
  expect(stored.length).toBeGreaterThan(10_000);
  expect(deflated.length).toBeLessThan(200);
  expect(await writeZip(entries)).toEqual(stored);
});

test.each([
  [["a", "a"], 'a: the entry "a" occurs twice, expected unique names'],
  [
    ["../a"],
    'a: the name of an entry is "../a", expected one within the archive, without ".." and not absolute',
  ],
  [["\ud800"], 'a: the name "\\ud800" is no text of at most 65535 bytes, expected one'],
])("the names %s are not written", async (names, message) => {
  const entries = names.map((name) => ({ name, bytes: new Uint8Array(1) }));
  await expect(writeZip(entries, { place: "a" })).rejects.toThrow(new DataError(message));
});
