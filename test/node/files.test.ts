import { spawnSync } from "node:child_process";
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FileError } from "../../src/errors.js";
import { checkWritable, readFileBytes, writeFileAtomically } from "../../src/node/files.js";
import { asOrdinaryUser } from "../support/ordinaryUser.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

/** Windows has other permissions and no named pipes among files. */
const onPosix = test.skipIf(process.platform === "win32");

const BYTES = Uint8Array.of(1, 2, 3);

test("a file is read as plain bytes", async () => {
  const path = join(await temporaryDirectory(), "f");
  await writeFile(path, BYTES);
  const bytes = await readFileBytes(path);
  expect(bytes).toEqual(BYTES);
  expect(bytes.constructor).toBe(Uint8Array);
});

test("a missing file is refused with a sentence", async () => {
  const path = join(await temporaryDirectory(), "missing");
  await expect(readFileBytes(path)).rejects.toThrow(
    new FileError(`${path}: does not exist, expected a file that can be read`),
  );
});

test("reading a folder is refused with a sentence", async () => {
  const path = await temporaryDirectory();
  await expect(readFileBytes(path)).rejects.toThrow(
    new FileError(`${path}: is a folder, expected a file that can be read`),
  );
});

test("a path through a file is refused with a sentence", async () => {
  const file = join(await temporaryDirectory(), "f");
  await writeFile(file, BYTES);
  const path = join(file, "g");
  await expect(readFileBytes(path)).rejects.toThrow(
    new FileError(
      `${path}: is no folder, or lies within what is none, expected a file that can be read`,
    ),
  );
});

onPosix("a file that may not be read is refused with a sentence", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "secret");
  await writeFile(path, BYTES);
  await chmod(path, 0o000);
  await expect(asOrdinaryUser(() => readFileBytes(path))).rejects.toThrow(
    new FileError(`${path}: permission was denied, expected a file that can be read`),
  );
});

test("a file is written, and overwritten, with nothing left beside it", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "model");
  for (const bytes of [new Uint8Array(100_000).fill(7), BYTES]) {
    await checkWritable(path);
    await writeFileAtomically(path, bytes);
    expect(await readFileBytes(path)).toEqual(bytes);
    expect(await readdir(directory)).toEqual(["model"]);
  }
});

test("whoever has the old file open goes on seeing it whole", async () => {
  const path = join(await temporaryDirectory(), "model");
  await writeFile(path, "old");
  const before = await stat(path);
  await writeFileAtomically(path, BYTES);
  expect((await stat(path)).ino).not.toBe(before.ino);
});

test("checking leaves neither a new file nor a change of an old one", async () => {
  const directory = await temporaryDirectory();
  await checkWritable(join(directory, "new"));
  expect(await readdir(directory)).toEqual([]);
  const old = join(directory, "old");
  await writeFile(old, "old");
  const { ino, mtimeMs } = await stat(old);
  await checkWritable(old);
  expect(await readFile(old, "utf8")).toBe("old");
  expect(await stat(old)).toMatchObject({ ino, mtimeMs });
});

onPosix("a link stays a link; the file that it leads to is written", async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, "models"));
  const target = join(directory, "models", "first");
  const link = join(directory, "latest");
  await writeFile(target, "old");
  await symlink(target, link);
  await writeFileAtomically(link, BYTES);
  expect(await readlink(link)).toBe(target);
  expect(await readFileBytes(target)).toEqual(BYTES);
});

/** What cannot be written is refused alike by the check before and by the write itself. */
async function expectRefusal(path: string, message: string): Promise<void> {
  for (const attempt of [() => checkWritable(path), () => writeFileAtomically(path, BYTES)]) {
    await expect(asOrdinaryUser(attempt)).rejects.toThrow(new FileError(message));
  }
}

test("writing into a missing folder is refused", async () => {
  const path = join(await temporaryDirectory(), "missing", "model");
  await expectRefusal(
    path,
    `${path}: its folder does not exist, expected a file that can be written`,
  );
});

test("writing onto a folder is refused", async () => {
  const path = await temporaryDirectory();
  await expectRefusal(path, `${path}: is a folder, expected a file or a name that is free`);
});

test.each(["", "models/"])("writing to %j, which names no file, is refused", async (path) => {
  await expectRefusal(path, `"${path}": does not name a file, expected the name of one`);
});

test("writing to a name that is too long is refused", async () => {
  const path = join(await temporaryDirectory(), "m".repeat(300));
  await expect(checkWritable(path)).rejects.toThrow(
    new FileError(`${path}: the name is too long, expected a file that can be written`),
  );
});

onPosix("writing into a folder without permission is refused and leaves nothing", async () => {
  const directory = await temporaryDirectory();
  await chmod(directory, 0o555);
  const path = join(directory, "model");
  await expectRefusal(path, `${path}: permission was denied, expected a file that can be written`);
  expect(await readdir(directory)).toEqual([]);
});

onPosix("a write-protected file stays as it is, although its folder would allow more", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "model");
  await writeFile(path, "precious");
  await chmod(path, 0o444);
  await expectRefusal(path, `${path}: permission was denied, expected a file that can be written`);
  expect(await readFile(path, "utf8")).toBe("precious");
});

onPosix("a pipe is refused, as renaming would replace it", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "pipe");
  spawnSync("mkfifo", [path]);
  await expectRefusal(
    path,
    `${path}: is a device or a pipe, expected a file or a name that is free`,
  );
  expect((await stat(path)).isFIFO()).toBe(true);
});

test("a write that fails half-way leaves the old file and nothing else", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "model");
  await writeFile(path, "old");
  // Claims to be an array and is none: opening the temporary file succeeds, filling it does not.
  const bytes: Uint8Array = Object.create(Uint8Array.prototype);
  await expect(writeFileAtomically(path, bytes)).rejects.toThrow(TypeError);
  expect(await readFile(path, "utf8")).toBe("old");
  expect(await readdir(directory)).toEqual(["model"]);
});

onPosix("devices, pipes and links in a circle are refused unread", async () => {
  const directory = await temporaryDirectory();
  const [pipe, circle] = [join(directory, "pipe"), join(directory, "circle")];
  spawnSync("mkfifo", [pipe]);
  await symlink(circle, circle);
  for (const path of [pipe, "/dev/zero"]) {
    await expect(readFileBytes(path)).rejects.toThrow(
      new FileError(`${path}: is a device or a pipe, expected a file`),
    );
  }
  await expect(readFileBytes(circle)).rejects.toThrow(
    new FileError(
      `${circle}: is a symbolic link that leads to itself, expected a file that can be read`,
    ),
  );
});

test("a file that is longer than Node reads at once is refused", async () => {
  const path = join(await temporaryDirectory(), "long");
  await writeFile(path, "");
  await truncate(path, 2 ** 31);
  await expect(readFileBytes(path)).rejects.toThrow(
    new FileError(`${path}: its length is 2147483648 bytes, expected at most 2147483647`),
  );
});
