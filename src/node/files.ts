/** Reads files, and writes them so that each is there whole or not at all. */
import { randomUUID } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { FileError } from "../errors.js";
import { readError, systemCode, writeError } from "./fileErrors.js";

/** Node reads no longer file at once. */
const LONGEST_FILE = 2 ** 31 - 1;

/**
 * The bytes of a file. Devices and pipes are refused unread: a pipe may keep its reader waiting for ever, and
 * a device such as /dev/zero has no end.
 *
 * @throws FileError when there is no file of that name, it cannot be read, or it is longer than 2³¹ − 1 bytes.
 */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory()) {
      throw new FileError(`${path}: is a device or a pipe, expected a file`);
    }
    if (found.size > LONGEST_FILE) {
      throw new FileError(
        `${path}: its length is ${found.size} bytes, expected at most ${LONGEST_FILE}`,
      );
    }
    const { buffer, byteOffset, length } = await readFile(path);
    // The same bytes as a plain array: Buffer means something else by methods such as `slice`.
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    throw readError(path, cause);
  }
}

/**
 * Writes `bytes` beside `path` and renames the result, so that whoever reads `path` sees the old
 * file or the new one. A failure leaves the old file and nothing else.
 *
 * @throws FileError when the file cannot be written.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const target = await resolveTarget(path);
  await withTemporaryFile(path, target, async (temporary) => {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      // A rename may reach the disk before the content does, unless that is there already.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  });
}

/**
 * Tries now what `writeFileAtomically(path, …)` is to do later, after hours of training perhaps.
 * Leaves everything as it was.
 *
 * @throws FileError when the file could not be written.
 */
export async function checkWritable(path: string): Promise<void> {
  const target = await resolveTarget(path);
  await withTemporaryFile(path, target, async (temporary) => {
    const file = await open(temporary, "wx");
    await file.close();
  });
}

/** The file that a write to `path` replaces. Links are followed, so that a link stays one. */
async function resolveTarget(path: string): Promise<string> {
  if (path === "" || path.endsWith("/") || path.endsWith(sep)) {
    throw new FileError(`"${path}": does not name a file, expected the name of one`);
  }
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new FileError(`${path}: is a folder, expected a file or a name that is free`);
    }
    // Renaming onto a device or a pipe would replace it.
    if (!found.isFile()) {
      throw new FileError(`${path}: is a device or a pipe, expected a file or a name that is free`);
    }
    // Renaming would get around the protection of a file that must not be written.
    await (await open(path, "r+")).close();
    return await realpath(path);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return path;
    throw writeError(path, cause);
  }
}

/** Runs `use` with an unused name in the folder of `target`; removes what it leaves there. */
async function withTemporaryFile(
  path: string,
  target: string,
  use: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(target), `.wasmlp-${randomUUID()}.tmp`);
  try {
    await use(temporary);
  } catch (cause) {
    throw writeError(path, cause);
  } finally {
    // What went wrong before says more than a failure to tidy up.
    await rm(temporary, { force: true }).catch(() => {});
  }
}
