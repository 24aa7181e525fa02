/** Unpacks what is gzip-compressed, within a limit. */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DataError } from "../errors.js";

const gunzipOnThreadPool = promisify(gunzip);

/** Output is collected in pieces of this size: sixteen times zlib's default takes a third less time. */
const PIECE_BYTES = 256 * 1024;

export interface GunzipOptions {
  /** What the file is called in messages. */
  readonly name: string;
  /** Unpacking stops, and fails, beyond this length. */
  readonly maximumBytes: number;
}

/**
 * Bytes that begin as gzip files do (RFC 1952) are unpacked, others returned as they are.
 *
 * @throws DataError when the compressed data is truncated, damaged, or too much once unpacked.
 */
export async function gunzipIfCompressed(
  file: Uint8Array,
  { name, maximumBytes }: GunzipOptions,
): Promise<Uint8Array> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  try {
    const unpacked = await gunzipOnThreadPool(file, {
      chunkSize: PIECE_BYTES,
      maxOutputLength: maximumBytes,
    });
    return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length);
  } catch (cause) {
    const fault = describe(cause, maximumBytes);
    throw fault === undefined ? cause : new DataError(`${name}: ${fault}`, { cause });
  }
}

/** Undefined for errors that do not come from the data. */
function describe(cause: unknown, maximumBytes: number): string | undefined {
  if (!(cause instanceof Error && "code" in cause)) return undefined;
  switch (cause.code) {
    case "ERR_BUFFER_TOO_LARGE":
      return `unpacks to more than ${maximumBytes} bytes, expected at most that`;
    case "Z_BUF_ERROR":
      return "ends in the middle of its gzip data, expected the whole file";
    case "Z_DATA_ERROR":
      return `its gzip data is damaged (${cause.message}), expected the file unchanged`;
    default:
      return undefined;
  }
}
