/** Writes zip archives, without Zip64 (src/data/arrays/zip.ts reads them). */
import { DataError } from "../../errors.js";
import { crc32 } from "../crc.js";
import { deflate } from "./deflate.js";
import { show } from "./show.js";
import {
  checkName,
  DEFLATED,
  DIRECTORY_END,
  DIRECTORY_END_BYTES,
  DIRECTORY_HEADER,
  DIRECTORY_HEADER_BYTES,
  type EntryRecord,
  FULL_16,
  LOCAL_HEADER,
  LOCAL_HEADER_BYTES,
  STORED,
  UTF8_NAME,
  ZIP_LIMITS,
} from "./zipFormat.js";

/** Half of a character beyond 16 bits, which UTF-8 cannot have. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** 2.0, the version of the format that brought deflate (4.4.3). */
const VERSION = 20;
/** 1 January 1980, midnight: the same content makes the same file. */
const NO_DATE = 0x21;

export interface NewZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How the entries may be packed. */
export const COMPRESSIONS = ["none", "deflate"] as const;

export interface WriteZipOptions {
  /** "deflate" takes time and saves space. Default: "none". */
  readonly compression?: (typeof COMPRESSIONS)[number];
  /** What the archive is called in messages. */
  readonly place?: string;
}

/**
 * An archive of `entries`, without Zip64. The same entries make the same bytes, unless compressed:
 * hosts have different compressors.
 *
 * @throws DataError when names are not unique or lead out of a folder, or the archive is too long.
 */
export async function writeZip(
  entries: readonly NewZipEntry[],
  { compression = "none", place = "the archive" }: WriteZipOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkNewEntries(entries, place);
  const method = compression === "deflate" ? DEFLATED : STORED;
  const parts: { record: Omit<EntryRecord, "name">; name: Uint8Array; packed: Uint8Array }[] = [];
  let start = 0;
  for (const { name: text, bytes } of entries) {
    const name = new TextEncoder().encode(text);
    const packed = method === DEFLATED ? await deflate(bytes) : bytes;
    const record = {
      flags: name.length === text.length ? 0 : UTF8_NAME,
      method,
      checksum: crc32(bytes),
      packedBytes: packed.length,
      bytes: bytes.length,
      start,
    };
    parts.push({ record, name, packed });
    start += LOCAL_HEADER_BYTES + name.length + packed.length;
  }
  const directoryBytes = parts.reduce(
    (sum, { name }) => sum + DIRECTORY_HEADER_BYTES + name.length,
    0,
  );
  const length = start + directoryBytes + DIRECTORY_END_BYTES;
  if (length > ZIP_LIMITS.maximumBytes) {
    throw new DataError(
      `${place}: its length would be ${length} bytes, expected at most ${ZIP_LIMITS.maximumBytes}`,
    );
  }
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  let position = 0;
  for (const { record, name, packed } of parts) {
    view.setUint32(position, LOCAL_HEADER, true);
    writeCommonFields(view, position + 4, record, name.length);
    file.set(name, position + LOCAL_HEADER_BYTES);
    file.set(packed, position + LOCAL_HEADER_BYTES + name.length);
    position += LOCAL_HEADER_BYTES + name.length + packed.length;
  }
  for (const { record, name } of parts) {
    view.setUint32(position, DIRECTORY_HEADER, true);
    view.setUint16(position + 4, VERSION, true);
    writeCommonFields(view, position + 6, record, name.length);
    view.setUint32(position + 42, record.start, true);
    file.set(name, position + DIRECTORY_HEADER_BYTES);
    position += DIRECTORY_HEADER_BYTES + name.length;
  }
  view.setUint32(position, DIRECTORY_END, true);
  view.setUint16(position + 8, parts.length, true);
  view.setUint16(position + 10, parts.length, true);
  view.setUint32(position + 12, directoryBytes, true);
  view.setUint32(position + 16, start, true);
  return file;
}

/** The fields that local header and directory share, from the version on (4.3.7, 4.3.12). */
function writeCommonFields(
  view: DataView,
  position: number,
  { flags, method, checksum, packedBytes, bytes }: Omit<EntryRecord, "name">,
  nameBytes: number,
): void {
  view.setUint16(position, VERSION, true);
  view.setUint16(position + 2, flags, true);
  view.setUint16(position + 4, method, true);
  view.setUint16(position + 8, NO_DATE, true);
  view.setUint32(position + 10, checksum, true);
  view.setUint32(position + 14, packedBytes, true);
  view.setUint32(position + 18, bytes, true);
  view.setUint16(position + 22, nameBytes, true);
}

function checkNewEntries(entries: readonly NewZipEntry[], place: string): void {
  if (entries.length > ZIP_LIMITS.maximumEntries) {
    throw new DataError(
      `${place}: the number of its entries is ${entries.length}, expected at most ${ZIP_LIMITS.maximumEntries}`,
    );
  }
  const names = new Set<string>();
  for (const { name } of entries) {
    checkName(name, place);
    if (names.has(name)) {
      throw new DataError(`${place}: the entry ${show(name)} occurs twice, expected unique names`);
    }
    names.add(name);
    if (new TextEncoder().encode(name).length > FULL_16 || LONE_SURROGATE.test(name)) {
      throw new DataError(
        `${place}: the name ${show(name)} is no text of at most ${FULL_16} bytes, expected one`,
      );
    }
  }
}
