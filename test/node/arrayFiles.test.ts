import { spawnSync } from "node:child_process";
import { mkdir, readdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { NumericArray } from "../../src/data/arrays/namedArray.js";
import { DataError, FileError } from "../../src/errors.js";
import { readArrays, writeNpz } from "../../src/node/arrayFiles.js";
import { numpyFile } from "../support/numpyFiles.js";
import * as safetensors from "../support/safetensors.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

/** Windows has no named pipes among files. */
const onPosix = test.skipIf(process.platform === "win32");

const W1: NumericArray = {
  name: "W1",
  shape: [2, 3],
  dtype: "float64",
  values: Float64Array.of(0, 1, 2, 3, 4, 5),
};
const B1: NumericArray = { name: "b1", shape: [], dtype: "float32", values: Float32Array.of(3) };

/** A file of this content in a folder of its own. */
async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryDirectory(), name);
  await writeFile(path, bytes);
  return path;
}

test("a file is read whatever it is called", async () => {
  expect(await readArrays(await fileOf("dump.npz", numpyFile("savez")))).toEqual([W1, B1]);
  expect(await readArrays(await fileOf("dump", numpyFile("savezCompressed")))).toEqual([W1, B1]);
  const entry = { dtype: "U8", shape: [1], data_offsets: [0, 1] };
  const tensors = await fileOf("a.bin", safetensors.join({ t: entry }, Uint8Array.of(7)));
  expect(await readArrays(tensors)).toEqual([
    { name: "t", shape: [1], dtype: "uint8", values: Uint8Array.of(7) },
  ]);
});

test("the array of a .npy file has the name of the file", async () => {
  const scalar = { shape: [], dtype: "float32", values: Float32Array.of(2.5) };
  const path = await fileOf("loss.npy", numpyFile("scalar"));
  expect(await readArrays(path)).toEqual([{ name: "loss", ...scalar }]);
  const other = await fileOf("loss", numpyFile("scalar"));
  expect(await readArrays(other)).toEqual([{ name: "loss", ...scalar }]);
});

test("the .npy files of a folder are read by name, others passed over", async () => {
  const folder = await temporaryDirectory();
  await writeFile(join(folder, "b.npy"), numpyFile("scalar"));
  await writeFile(join(folder, "a.npy"), numpyFile("empty"));
  await writeFile(join(folder, "notes.txt"), "notes");
  await mkdir(join(folder, "more"));
  const arrays = await readArrays(folder);
  expect(arrays.map(({ name, shape }) => [name, shape])).toEqual([
    ["a", [0, 3]],
    ["b", []],
  ]);
  expect(await readArrays(`${folder}/`)).toEqual(arrays);
});

test("what was written is read, and nothing else is left", async () => {
  const folder = await temporaryDirectory();
  const path = join(folder, "dump.npz");
  for (const compression of ["none", "deflate"] as const) {
    await writeNpz(path, [W1, B1], { compression });
    expect(await readArrays(path)).toEqual([W1, B1]);
  }
  expect(await readdir(folder)).toEqual(["dump.npz"]);
});

test("arrays that cannot be written leave the old file", async () => {
  const path = await fileOf("dump.npz", numpyFile("savez"));
  await expect(writeNpz(path, [W1, W1])).rejects.toBeInstanceOf(DataError);
  expect(await readArrays(path)).toEqual([W1, B1]);
});

test("a file in a folder that does not exist is not written", async () => {
  const path = join(await temporaryDirectory(), "missing", "dump.npz");
  await expect(writeNpz(path, [W1])).rejects.toThrow(
    new FileError(`${path}: its folder does not exist, expected a file that can be written`),
  );
});

test("what is missing is refused", async () => {
  const path = join(await temporaryDirectory(), "missing.npz");
  await expect(readArrays(path)).rejects.toThrow(
    new FileError(`${path}: does not exist, expected a file or a folder that can be read`),
  );
});

test.each([
  ["an empty folder", [], "nothing"],
  ["a folder of other files", ["b.txt", "a.csv"], '"a.csv", "b.txt", no .npy file'],
  [
    "a folder of many other files",
    ["1", "2", "3", "4", "5", "6", "7"],
    '"1", "2", "3", "4", "5" and 2 more, no .npy file',
  ],
  ["a folder with a file of no name", [".npy"], '".npy", no .npy file'],
])("%s is refused", async (_, names, found) => {
  const folder = await temporaryDirectory();
  for (const name of names) await writeFile(join(folder, name), "");
  await expect(readArrays(folder)).rejects.toThrow(
    new DataError(
      `${folder}: holds ${found}, expected a folder of .npy files, or a .npz or .safetensors file`,
    ),
  );
});

test("in a folder the file that is damaged is named", async () => {
  const folder = await temporaryDirectory();
  await writeFile(join(folder, "a.npy"), numpyFile("scalar"));
  await writeFile(join(folder, "b.npy"), "");
  await expect(readArrays(folder)).rejects.toThrow(
    new DataError(
      `${join(folder, "b.npy")}: its length is 0 bytes, expected a .npy file, which has at least 10`,
    ),
  );
});

test("a folder called like a file is refused", async () => {
  const folder = await temporaryDirectory();
  await mkdir(join(folder, "a.npy"));
  await expect(readArrays(folder)).rejects.toThrow(
    new DataError(`${join(folder, "a.npy")}: is a folder, expected a .npy file`),
  );
});

test("an archive and a safetensors file without arrays are refused", async () => {
  const empty = await fileOf("a.npz", Uint8Array.of(0x50, 0x4b, 5, 6, ...new Uint8Array(18)));
  await expect(readArrays(empty)).rejects.toThrow(
    new DataError(`${empty}: holds no arrays, expected at least one`),
  );
  const tensors = await fileOf("a.safetensors", safetensors.join({}, new Uint8Array(0)));
  await expect(readArrays(tensors)).rejects.toThrow(
    new DataError(`${tensors}: holds no arrays, expected at least one`),
  );
});

test("a file beyond the limit is refused without being read", async () => {
  const path = await fileOf("a.npz", numpyFile("savez"));
  await expect(readArrays(path, { maximumBytes: 545 })).rejects.toThrow(
    new DataError(`${path}: its length is 546 bytes, expected at most 545`),
  );
  // Takes no room on the disk, and could not be read at once.
  await truncate(path, 2 ** 31);
  await expect(readArrays(path)).rejects.toThrow(
    new DataError(`${path}: its length is 2147483648 bytes, expected at most 2147483647`),
  );
});

test("the files of a folder are limited together", async () => {
  const folder = await temporaryDirectory();
  await writeFile(join(folder, "a.npy"), numpyFile("scalar"));
  await writeFile(join(folder, "b.npy"), numpyFile("scalar"));
  expect(await readArrays(folder, { maximumBytes: 264 })).toHaveLength(2);
  await expect(readArrays(folder, { maximumBytes: 263 })).rejects.toThrow(
    new DataError(`${folder}: its length is 264 bytes, expected at most 263`),
  );
  await expect(readArrays(folder, { maximumEntries: 1 })).rejects.toThrow(
    new DataError(`${folder}: the number of its .npy files is 2, expected at most 1`),
  );
});

onPosix("a pipe is refused rather than waited for", async () => {
  const folder = await temporaryDirectory();
  const path = join(folder, "pipe.npy");
  expect(spawnSync("mkfifo", [path]).status).toBe(0);
  for (const place of [path, folder]) {
    await expect(readArrays(place)).rejects.toThrow(
      new FileError(`${path}: is a device or a pipe, expected a .npz, .npy or .safetensors file`),
    );
  }
});

onPosix("links are followed", async () => {
  const path = await fileOf("a.npy", numpyFile("scalar"));
  const link = join(await temporaryDirectory(), "b.npy");
  await symlink(path, link);
  expect((await readArrays(link)).map(({ name }) => name)).toEqual(["b"]);
});
