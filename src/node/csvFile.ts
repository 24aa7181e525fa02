/** CSV files, read as a stream: of a file larger than memory's comfort only the numbers stay. */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { checkOptions } from "../arguments.js";
import { type Table, type TableOptions, TableReader } from "../data/csv/table.js";
import { DataError, FileError } from "../errors.js";
import { readError, systemCode } from "./fileErrors.js";

const PIECE_BYTES = 2 ** 18;

/** How a table's file is read; its path is its name in messages. */
export interface ReadCsvOptions extends Omit<TableOptions, "place"> {
  /** Ends the reading; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told of the bytes of the file that have been read so far. */
  readonly onProgress?: (bytesRead: number) => void;
}

const OPTIONS = {
  delimiter: "string",
  header: "boolean",
  decimal: "string",
  signal: "signal",
  onProgress: "function",
} as const satisfies Record<keyof ReadCsvOptions, string>;

/**
 * The table in a CSV or TSV file, gzip-compressed if its bytes say so. What is kept of a cell is four to eight
 * bytes.
 *
 * @throws FileError when the file cannot be read.
 * @throws DataError when it holds no table; it names line and column.
 * @throws OptionError when an option is misspelt or of another type.
 * @throws the signal's reason when `options.signal` aborts.
 */
export async function readCsvFile(path: string, options: ReadCsvOptions = {}): Promise<Table> {
  checkOptions("readCsvFile", options, OPTIONS);
  const { signal, onProgress, ...rest } = options;
  const reader = new TableReader({ ...rest, place: path });
  const isCompressed = await isGzip(path);
  let bytesRead = 0;
  const count = async function* (pieces: AsyncIterable<Uint8Array>) {
    for await (const piece of pieces) {
      bytesRead += piece.length;
      onProgress?.(bytesRead);
      yield piece;
    }
  };
  const consume = async (pieces: AsyncIterable<Uint8Array>) => {
    for await (const piece of pieces) reader.push(piece);
  };
  try {
    const stop = signal ? { signal } : {};
    const stream = createReadStream(path, { highWaterMark: PIECE_BYTES });
    if (isCompressed) await pipeline(stream, count, createGunzip(), consume, stop);
    else await pipeline(stream, count, consume, stop);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (systemCode(cause) !== undefined) throw readError(path, cause);
    throw gzipError(path, cause);
  }
  return reader.end();
}

/** Whether a file begins as gzip files do (RFC 1952). */
async function isGzip(path: string): Promise<boolean> {
  const file = await open(path).catch((cause) => {
    throw readError(path, cause);
  });
  try {
    if (!(await file.stat()).isFile()) {
      throw new FileError(`${path}: is a folder, a device or a pipe, expected a file`);
    }
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function gzipError(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error && "code" in cause)) return cause;
  if (cause.code === "Z_BUF_ERROR") {
    return new DataError(`${path}: ends in the middle of its gzip data, expected the whole file`, {
      cause,
    });
  }
  if (cause.code !== "Z_DATA_ERROR") return cause;
  return new DataError(
    `${path}: its gzip data is damaged (${cause.message}), expected the file unchanged`,
    { cause },
  );
}
