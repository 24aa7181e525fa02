/** What --data names: images in MNIST's format or built-in ones, a table, or arrays. */
import { open, stat } from "node:fs/promises";
import { constants, gunzipSync } from "node:zlib";
import { FileError } from "../index.js";
import { holdsArrays } from "../node/index.js";

export type DataKind = "images" | "table" | "arrays";

/** Of a file that does not exist, or is empty, its name decides, so that the message is of such a file. */
const ARRAYS_NAME = /(?:\.(?:npy|npz|idx|safetensors)|idx\d(?:-\w+)?)(?:\.gz)?$/i;
const TABLE_NAME = /\.(?:csv|tsv|txt|tab|data)(?:\.gz)?$/i;
/** Bytes that tell one format from another, once unpacked. */
const HEAD_BYTES = 4096;

/**
 * A file is told by its first bytes: what is not arrays is a table.
 *
 * @throws FileError when it is a device or a pipe.
 */
export async function dataKindOf(data: string | undefined): Promise<DataKind> {
  if (data === undefined || data === "mnist" || data === "digits") return "images";
  const found = await stat(data).catch(() => undefined);
  if (!found) return kindByName(data);
  if (found.isDirectory()) return "images";
  // Reading a pipe may wait for ever, and a device has no end.
  if (!found.isFile()) {
    throw new FileError(`${data}: is a device or a pipe, expected a file or a folder`);
  }
  const head = await readHead(data);
  if (head.length === 0) return ARRAYS_NAME.test(data) ? "arrays" : "table";
  return holdsArrays(head) ? "arrays" : "table";
}

function kindByName(path: string): DataKind {
  return ARRAYS_NAME.test(path) ? "arrays" : TABLE_NAME.test(path) ? "table" : "images";
}

/** The first bytes, unpacked; none of what cannot be read, which whoever reads all of it will say. */
async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path).catch(() => undefined);
  if (!file) return new Uint8Array();
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head[0] !== 0x1f || head[1] !== 0x8b) return head;
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  } finally {
    await file.close();
  }
}
