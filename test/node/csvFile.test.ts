import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { DataError, FileError } from "../../src/errors.js";
import { readCsvFile } from "../../src/node/csvFile.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const TEXT = `a,b\n${"1,x\n2,y\n".repeat(1000)}`;

async function file(bytes: string | Uint8Array): Promise<string> {
  const path = join(await temporaryDirectory(), "rows.csv");
  await writeFile(path, bytes);
  return path;
}

test("a file, and the same one compressed", async () => {
  for (const bytes of [TEXT, gzipSync(TEXT)]) {
    const { rows, columns } = await readCsvFile(await file(bytes));
    expect([rows, columns[0].value(1999), columns[1].categories]).toEqual([2000, 2, ["x", "y"]]);
  }
});

test("decimal commas, read piece by piece", async () => {
  const text = "5,1;3,5;setosa\n".repeat(50_000);
  const { columns, rows, decimal } = await readCsvFile(await file(text));
  expect([rows, decimal, columns[1].value(49_999)]).toEqual([50_000, "comma", 3.5]);
});

test("a file that is damaged, cut off, missing or a folder is refused in a sentence", async () => {
  const packed = gzipSync(TEXT);
  const damaged = packed.map((byte, index) => (index === 20 ? byte ^ 255 : byte));
  await expect(readCsvFile(await file(packed.subarray(0, -12)))).rejects.toThrow(DataError);
  await expect(readCsvFile(await file(damaged))).rejects.toThrow(DataError);
  await expect(readCsvFile(await file("a,b\n1\n"))).rejects.toThrow(/rows\.csv: line 2 has 1 col/);
  const folder = await temporaryDirectory();
  await expect(readCsvFile(folder)).rejects.toThrow(FileError);
  await expect(readCsvFile(join(folder, "none.csv"))).rejects.toThrow(/none\.csv: does not exist/);
});

test("reading stops when it is told to", async () => {
  const stop = AbortSignal.abort(new Error("enough"));
  await expect(readCsvFile(await file(TEXT), { signal: stop })).rejects.toThrow("enough");
});
