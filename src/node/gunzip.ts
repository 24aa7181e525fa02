/** Unpacks what is gzip-compressed, within a limit. */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DataError } from "../errors.js";

const gunzipOnThreadPool = promisify(gunzip);

/** Output of files that do not say how long they are is collected in pieces of this size. */
const PIECE_BYTES = 256 * 1024;
/** No byte of deflate makes more than this many (RFC 1951: 258 bytes from two bits). */
const LARGEST_RATIO = 1032;

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
      chunkSize: announcedBytes(file, maximumBytes),
      maxOutputLength: maximumBytes,
    });
    return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length);
  } catch (cause) {
    const fault = describe(cause, maximumBytes);
    throw fault === undefined ? cause : new DataError(`${name}: ${fault}`, { cause });
  }
}

/**
 * A gzip file ends with its unpacked length. Output collected in a piece of that length, and one
 * byte for zlib to see the end, is copied no more: half the memory of many pieces. A length that
 * cannot be true is not asked for.
 */
function announcedBytes(file: Uint8Array, maximumBytes: number): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const announced = file.length >= 4 ? view.getUint32(file.length - 4, true) : 0;
  const possible = Math.min(maximumBytes, LARGEST_RATIO * file.length);
  return PIECE_BYTES <= announced && announced <= possible ? announced + 1 : PIECE_BYTES;
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
