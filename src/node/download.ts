/**
 * Downloads a file from the first mirror that delivers it. What has arrived is kept beside the
 * destination in a part file, from which the next attempt continues, on whichever mirror.
 */
import { createHash } from "node:crypto";
import { constants, type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { DataError, DownloadError } from "../errors.js";
import { readError, systemCode, writeError } from "./fileErrors.js";
import { gunzipIfCompressed } from "./gunzip.js";
import { MirrorFailure, requestFile } from "./request.js";

/** Where a download stands. */
export interface DownloadProgress {
  /** The destination's name, without its folder. */
  readonly file: string;
  /** What arrived before, in a download that is continued, included. */
  readonly bytesDone: number;
  /** Absent when the server does not say how long the file is. */
  readonly bytesTotal?: number;
}

export interface DownloadOptions {
  /** The same file on several servers, tried in this order. */
  readonly urls: readonly string[];
  /** Written once the content is complete and right; its folder is made when missing. */
  readonly destination: string;
  /** What the file holds: itself or, when it is gzip-compressed, what it unpacks to. */
  readonly content: {
    readonly bytes: number;
    /** hexadecimal */
    readonly sha256: string;
  };
  /** How long a server may send nothing before the next one is tried; default 20. */
  readonly silenceSeconds?: number | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops the download; what has arrived is kept for the next one. */
  readonly signal?: AbortSignal | undefined;
}

/** Beyond the pauses of a slow connection, but not beyond a person's patience. */
const DEFAULT_SILENCE_SECONDS = 20;

/** More than gzip adds to what it cannot compress: 5 bytes in 16 KB, a header and a name. */
const GZIP_OVERHEAD = { fraction: 1 / 1024, bytes: 1024 };

/**
 * @throws DownloadError when no mirror delivers the content.
 * @throws FileError when the destination or its part file cannot be written.
 * @throws the signal's reason when it aborts.
 */
export async function download(options: DownloadOptions): Promise<void> {
  const failures: string[] = [];
  for (const url of options.urls) {
    try {
      await downloadFrom(url, options);
      return;
    } catch (error) {
      if (!(error instanceof MirrorFailure)) throw error;
      failures.push(`${url} ${error.message}`);
    }
  }
  const tried = failures.join(", ") || "none was named";
  throw new DownloadError(`${basename(options.destination)}: no mirror delivered it: ${tried}`);
}

async function downloadFrom(url: string, options: DownloadOptions): Promise<void> {
  const { destination } = options;
  for (;;) {
    const { from, fault } = await completePart(url, options);
    if (fault === undefined) return acceptPart(destination);
    await removePart(destination);
    // What was there before may be to blame; it is gone now, so that the mirror gets its chance.
    if (from === 0) throw new MirrorFailure(fault);
  }
}

/** How much of the part file was there before and is still in use, and what is wrong with it now. */
interface CompletedPart {
  readonly from: number;
  readonly fault: string | undefined;
}

async function completePart(url: string, options: DownloadOptions): Promise<CompletedPart> {
  const { destination, content, silenceSeconds = DEFAULT_SILENCE_SECONDS, signal } = options;
  const part = partOf(destination);
  using answer = await requestFile(url, { from: await lengthOf(part), silenceSeconds, signal });
  const maximumBytes = content.bytes * (1 + GZIP_OVERHEAD.fraction) + GZIP_OVERHEAD.bytes;
  const file = await openPart(part);
  try {
    let bytesDone = answer.from;
    for await (const chunk of answer.chunks) {
      if (bytesDone + chunk.length > maximumBytes) {
        throw new MirrorFailure(`sends more than the ${content.bytes} bytes that are expected`);
      }
      await writeAt(file, part, chunk, bytesDone);
      bytesDone += chunk.length;
      options.onProgress?.({
        file: basename(destination),
        bytesDone,
        ...(answer.bytesTotal !== undefined && { bytesTotal: answer.bytesTotal }),
      });
    }
    if (answer.bytesTotal !== undefined && bytesDone < answer.bytesTotal) {
      throw new MirrorFailure(`broke off after ${bytesDone} of ${answer.bytesTotal} bytes`);
    }
    const bytes = await finish(file, part, bytesDone);
    return { from: answer.from, fault: await findFault(bytes, content) };
  } finally {
    await file.close();
  }
}

/** Undefined when `file` holds the content that is expected. */
async function findFault(
  file: Uint8Array,
  { bytes, sha256 }: DownloadOptions["content"],
): Promise<string | undefined> {
  try {
    const unpacked = await gunzipIfCompressed(file, { name: "file", maximumBytes: bytes });
    const found = createHash("sha256").update(unpacked).digest("hex");
    return found === sha256
      ? undefined
      : `sent something with the SHA-256 ${found}, expected ${sha256}`;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return `sent a damaged ${error.message}`;
  }
}

function partOf(destination: string): string {
  return `${destination}.part`;
}

/** 0 when there is no such file. */
async function lengthOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return 0;
    throw readError(path, cause);
  }
}

async function acceptPart(destination: string): Promise<void> {
  try {
    await rename(partOf(destination), destination);
  } catch (cause) {
    // Another process that downloads the same file may have been faster.
    const isThere = systemCode(cause) === "ENOENT" && (await lengthOf(destination)) > 0;
    if (!isThere) throw writeError(destination, cause);
  }
}

async function removePart(destination: string): Promise<void> {
  const part = partOf(destination);
  try {
    await rm(part, { force: true });
  } catch (cause) {
    throw writeError(part, cause);
  }
}

/** Opens the part file without shortening it. */
async function openPart(part: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(part), { recursive: true });
    return await open(part, constants.O_RDWR | constants.O_CREAT);
  } catch (cause) {
    throw writeError(part, cause);
  }
}

/**
 * Each chunk goes to its place rather than to the end, so that two processes that download the same
 * file at once write the same bytes to the same places.
 */
async function writeAt(
  file: FileHandle,
  part: string,
  chunk: Uint8Array,
  position: number,
): Promise<void> {
  try {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await file.write(chunk, done, chunk.length - done, position + done);
      done += bytesWritten;
    }
  } catch (cause) {
    throw writeError(part, cause);
  }
}

/** Ends the part file after `length` bytes, sees it safely on the disk, and returns all of it. */
async function finish(file: FileHandle, part: string, length: number): Promise<Uint8Array> {
  try {
    await file.truncate(length);
    await file.sync();
    return await file.readFile();
  } catch (cause) {
    throw writeError(part, cause);
  }
}
