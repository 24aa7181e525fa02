/** The deflate format (RFC 1951) by the platform's own streams, which browsers and Node share. */
import { DataError } from "../../errors.js";
import { concatenate } from "../concatenate.js";

/** What is handed to a stream at once; it stops being fed within this many bytes of a fault. */
const PIECE_BYTES = 1024 * 1024;
/** No byte of deflate makes more than this many (RFC 1951: 258 bytes from two bits). */
export const LARGEST_RATIO = 1032;

export interface InflateOptions {
  /** What the data is called in messages. */
  readonly place: string;
  /** Length of the result; unpacking stops, and fails, beyond it. Not beyond what deflate can make. */
  readonly bytes: number;
}

/** @throws DataError when the data is damaged or unpacks to any other length. */
export async function inflate(
  compressed: Uint8Array,
  { place, bytes }: InflateOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const result = new Uint8Array(bytes);
  let filled = 0;
  try {
    await pump(compressed, new DecompressionStream("deflate-raw"), (piece) => {
      if (piece.length > bytes - filled) {
        throw new DataError(
          `${place} unpacks to more than ${bytes} bytes, expected that many: the file is damaged`,
        );
      }
      result.set(piece, filled);
      filled += piece.length;
    });
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${place} is damaged, expected data that deflate has made`, { cause });
  }
  if (filled < bytes) {
    throw new DataError(
      `${place} unpacks to ${filled} bytes, expected ${bytes}: the file is damaged or cut`,
    );
  }
  return result;
}

export async function deflate(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  await pump(bytes, new CompressionStream("deflate-raw"), (piece) => {
    pieces.push(piece);
  });
  return concatenate(pieces);
}

/** Sends `bytes` through a stream; `take` gets what comes out and ends it by throwing. */
async function pump(
  bytes: Uint8Array,
  { writable, readable }: CompressionStream | DecompressionStream,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  const feeding = feed(bytes, writable);
  // Its error, if any, is the reader's as well, or thrown below.
  feeding.catch(() => {});
  const reader: ReadableStreamDefaultReader<Uint8Array> = readable.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) take(read.value);
    await feeding;
  } finally {
    // Releases what is left when `take` has thrown; else the stream has ended already.
    await reader.cancel().catch(() => {});
  }
}

async function feed(bytes: Uint8Array, writable: WritableStream<BufferSource>): Promise<void> {
  const writer = writable.getWriter();
  // Each write waits until the stream has room.
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    await writer.ready;
    await writer.write(new Uint8Array(bytes.subarray(start, start + PIECE_BYTES)));
  }
  await writer.close();
}
