/**
 * Zip archives (PKWARE, APPNOTE.TXT 6.3.10; section numbers below are its own): entries one after
 * the other, each behind a local header; a central directory that describes them once more; a
 * record of where that is. Methods 0 (stored) and 8 (deflated), with Zip64 and data descriptors.
 *
 * An archive may come from anyone. The directory is what counts, everything that is said twice has
 * to agree, and nothing is unpacked, nor memory asked for, before all that it says has been found
 * possible and within limits. Names are names: no file is ever written.
 */
import { DataError } from "../../errors.js";
import { crc32 } from "../crc.js";
import { inflate, LARGEST_RATIO } from "./deflate.js";
import { show } from "./show.js";
import {
  checkName,
  DEFLATED,
  DIRECTORY_END,
  DIRECTORY_END_BYTES,
  DIRECTORY_HEADER,
  DIRECTORY_HEADER_BYTES,
  ENCRYPTED,
  type EntryRecord,
  FULL_16,
  FULL_32,
  HAS_DESCRIPTOR,
  LOCAL_HEADER,
  LOCAL_HEADER_BYTES,
  PATCH,
  STORED,
  ZIP_LIMITS,
  ZIP64_DIRECTORY_END,
  ZIP64_DIRECTORY_END_BYTES,
  ZIP64_FIELD,
  ZIP64_LOCATOR,
  ZIP64_LOCATOR_BYTES,
  type ZipLimits,
} from "./zipFormat.js";

/** An entry of an archive that has been found sound, but not yet unpacked. */
export interface ZipEntry {
  /** With "/" between folders; ends with "/" for a folder. Unique in the archive. */
  readonly name: string;
  /** Length once unpacked. */
  readonly bytes: number;
  /** As in the archive. */
  readonly packed: Uint8Array;
  readonly isDeflated: boolean;
  /** CRC-32 of the unpacked bytes. */
  readonly checksum: number;
}

/**
 * The entries in the order of the directory; nothing is unpacked or copied.
 *
 * @param file the whole archive
 * @param place what the archive is called in messages
 * @throws DataError when the archive is damaged, beyond a limit, in several parts, encrypted or of
 *   another method; when entries overlap, share a name, or have one that leads out of a folder.
 */
export function readZipDirectory(
  file: Uint8Array,
  place: string,
  limits: ZipLimits = {},
): ZipEntry[] {
  const { maximumEntries, maximumBytes } = { ...ZIP_LIMITS, ...limits };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const directory = findDirectory(view, place);
  if (directory.entries > maximumEntries) {
    throw new DataError(
      `${place}: the number of its entries is ${directory.entries}, expected at most ${maximumEntries}`,
    );
  }
  const records = readRecords(view, directory, place);
  const names = new Set<string>();
  let total = 0;
  for (const { name, bytes } of records) {
    if (names.has(name)) {
      throw new DataError(`${place}: the entry ${show(name)} occurs twice, expected unique names`);
    }
    names.add(name);
    total += bytes;
  }
  if (total > maximumBytes) {
    throw new DataError(
      `${place}: its entries unpack to ${total} bytes, expected at most ${maximumBytes}`,
    );
  }
  const places = records.map((record) => ({ record, ...locate(view, record, place) }));
  checkOverlaps(places, directory.start, place);
  return places.map(({ record: { name, bytes, method, checksum }, begin, end }) => ({
    name,
    bytes,
    packed: file.subarray(begin, end),
    isDeflated: method === DEFLATED,
    checksum,
  }));
}

/**
 * An entry's bytes, which share memory with the archive if they are stored as they are.
 *
 * @param place what the archive is called in messages
 * @throws DataError when they are damaged.
 */
export async function unpackZipEntry(
  { name, bytes, packed, isDeflated, checksum }: ZipEntry,
  place: string,
): Promise<Uint8Array> {
  const where = `${place}: the entry ${show(name)}`;
  const unpacked = isDeflated ? await inflate(packed, { place: where, bytes }) : packed;
  const found = crc32(unpacked);
  if (found !== checksum) {
    throw new DataError(
      `${where} has the checksum ${hex(found)}, expected ${hex(checksum)} as the archive says: the file is damaged`,
    );
  }
  return unpacked;
}

/** Where the central directory is. */
interface Directory {
  readonly entries: number;
  readonly start: number;
  readonly end: number;
}

function findDirectory(view: DataView, place: string): Directory {
  const position = findDirectoryEnd(view);
  if (position === undefined) {
    throw new DataError(
      `${place}: has no directory at its end, expected a whole zip archive, which has one`,
    );
  }
  const disk = view.getUint16(position + 4, true);
  const directoryDisk = view.getUint16(position + 6, true);
  const here = view.getUint16(position + 8, true);
  const said = {
    entries: view.getUint16(position + 10, true),
    bytes: view.getUint32(position + 12, true),
    start: view.getUint32(position + 16, true),
  };
  const zip64 = findZip64DirectoryEnd(view, position, place);
  const isWhole = [disk, directoryDisk].every(
    (number) => number === 0 || (number === FULL_16 && zip64 !== undefined),
  );
  if (!isWhole || here !== said.entries) {
    throw new DataError(`${place}: is one part of several, expected the whole archive`);
  }
  const { entries, bytes, start } = zip64 ?? said;
  const agrees =
    [FULL_16, entries].includes(said.entries) &&
    [FULL_32, bytes].includes(said.bytes) &&
    [FULL_32, start].includes(said.start);
  const end = zip64?.position ?? position;
  if (!agrees || start + bytes !== end) {
    throw new DataError(
      `${place}: its directory is said to take ${bytes} bytes from byte ${start}, expected it to end at byte ${end}`,
    );
  }
  return { entries, start, end };
}

/** The last record whose comment ends with the file. */
function findDirectoryEnd(view: DataView): number | undefined {
  const last = view.byteLength - DIRECTORY_END_BYTES;
  const first = Math.max(0, last - FULL_16);
  for (let position = last; position >= first; position--) {
    const isRecord = view.getUint32(position, true) === DIRECTORY_END;
    if (isRecord && position + view.getUint16(position + 20, true) === last) return position;
  }
  return undefined;
}

function findZip64DirectoryEnd(
  view: DataView,
  end: number,
  place: string,
): { entries: number; bytes: number; start: number; position: number } | undefined {
  const locator = end - ZIP64_LOCATOR_BYTES;
  if (locator < 0 || view.getUint32(locator, true) !== ZIP64_LOCATOR) return undefined;
  // The record ends where its locator begins; it may end with fields that mean nothing here.
  const position = readUint64(view, locator + 8);
  const isThere =
    position + ZIP64_DIRECTORY_END_BYTES <= locator &&
    view.getUint32(position, true) === ZIP64_DIRECTORY_END &&
    position + 12 + readUint64(view, position + 4) === locator;
  if (!isThere) {
    throw new DataError(
      `${place}: its Zip64 directory is said to end at byte ${position}, expected its record there`,
    );
  }
  const entries = readUint64(view, position + 32);
  const isOnePart =
    view.getUint32(position + 16, true) === 0 &&
    view.getUint32(position + 20, true) === 0 &&
    readUint64(view, position + 24) === entries;
  if (!isOnePart) {
    throw new DataError(`${place}: is one part of several, expected the whole archive`);
  }
  return {
    entries,
    bytes: readUint64(view, position + 40),
    start: readUint64(view, position + 48),
    position,
  };
}

function readRecords(
  view: DataView,
  { entries, start, end }: Directory,
  place: string,
): EntryRecord[] {
  const records: EntryRecord[] = [];
  let position = start;
  for (let index = 0; index < entries; index++) {
    const isThere =
      position + DIRECTORY_HEADER_BYTES <= end &&
      view.getUint32(position, true) === DIRECTORY_HEADER;
    const next = isThere
      ? position +
        DIRECTORY_HEADER_BYTES +
        view.getUint16(position + 28, true) +
        view.getUint16(position + 30, true) +
        view.getUint16(position + 32, true)
      : Number.POSITIVE_INFINITY;
    if (next > end) {
      throw new DataError(
        `${place}: entry ${index + 1} of its directory is damaged, expected ${entries} entries`,
      );
    }
    records.push(readRecord(view, position, place));
    position = next;
  }
  if (position !== end) {
    throw new DataError(
      `${place}: ${end - position} bytes follow the last entry of its directory, expected none`,
    );
  }
  return records;
}

function readRecord(view: DataView, position: number, place: string): EntryRecord {
  const nameBytes = view.getUint16(position + 28, true);
  const name = decodeName(bytesOf(view, position + DIRECTORY_HEADER_BYTES, nameBytes), place);
  const where = `${place}: the entry ${show(name)}`;
  const extra = {
    begin: position + DIRECTORY_HEADER_BYTES + nameBytes,
    bytes: view.getUint16(position + 30, true),
  };
  const flags = view.getUint16(position + 8, true);
  const method = view.getUint16(position + 10, true);
  const [bytes, packedBytes, start, disk] = readZip64Field(view, extra, where, [
    { said: view.getUint32(position + 24, true), full: FULL_32 },
    { said: view.getUint32(position + 20, true), full: FULL_32 },
    { said: view.getUint32(position + 42, true), full: FULL_32 },
    { said: view.getUint16(position + 34, true), full: FULL_16 },
  ]);
  checkName(name, place);
  if (flags & ENCRYPTED) {
    throw new DataError(`${where} is encrypted, expected one that is not`);
  }
  if (flags & PATCH) throw new DataError(`${where} is a patch, expected whole data`);
  if (method !== STORED && method !== DEFLATED) {
    throw new DataError(
      `${where} is compressed by method ${method}, expected ${STORED} (stored) or ${DEFLATED} (deflated)`,
    );
  }
  if (disk !== 0) throw new DataError(`${where} is in part ${disk + 1}, expected one part only`);
  if (method === STORED ? bytes !== packedBytes : bytes > LARGEST_RATIO * packedBytes) {
    throw new DataError(
      `${where} is said to unpack from ${packedBytes} to ${bytes} bytes, expected ${method === STORED ? "as many, since it is stored" : "no more than deflate can make"}`,
    );
  }
  const checksum = view.getUint32(position + 16, true);
  return { name, flags, method, checksum, packedBytes, bytes, start };
}

/**
 * The values of fields, of which full ones are looked up in the Zip64 field among the extra ones;
 * that has them in this order, and only them (4.5.3).
 */
function readZip64Field(
  view: DataView,
  extra: { readonly begin: number; readonly bytes: number },
  where: string,
  fields: readonly { readonly said: number; readonly full: number }[],
): number[] {
  if (fields.every(({ said, full }) => said !== full)) return fields.map(({ said }) => said);
  const end = extra.begin + extra.bytes;
  for (let position = extra.begin; position + 4 <= end; ) {
    const begin = position + 4;
    const next = begin + view.getUint16(position + 2, true);
    if (view.getUint16(position, true) === ZIP64_FIELD && next <= end) {
      return takeFull(view, { begin, end: next }, where, fields);
    }
    position = next;
  }
  throw new DataError(`${where} has no Zip64 field, expected one with its length or place`);
}

function takeFull(
  view: DataView,
  { begin, end }: { readonly begin: number; readonly end: number },
  where: string,
  fields: readonly { readonly said: number; readonly full: number }[],
): number[] {
  let position = begin;
  return fields.map(({ said, full }) => {
    if (said !== full) return said;
    const width = full === FULL_16 ? 4 : 8;
    if (position + width > end) {
      throw new DataError(`${where} has a Zip64 field that is too short, expected all its values`);
    }
    const value = width === 4 ? view.getUint32(position, true) : readUint64(view, position);
    position += width;
    return value;
  });
}

/** Where an entry is in the archive, its local header included. */
interface Location {
  readonly record: EntryRecord;
  /** Where its packed bytes begin and end. */
  readonly begin: number;
  readonly end: number;
}

function locate(view: DataView, record: EntryRecord, place: string): Omit<Location, "record"> {
  const { name, flags, method, checksum, packedBytes, bytes, start } = record;
  const where = `${place}: the entry ${show(name)}`;
  const length = view.byteLength;
  const isThere =
    start + LOCAL_HEADER_BYTES <= length && view.getUint32(start, true) === LOCAL_HEADER;
  const nameBytes = isThere ? view.getUint16(start + 26, true) : 0;
  const extraBytes = isThere ? view.getUint16(start + 28, true) : 0;
  const extra = { begin: start + LOCAL_HEADER_BYTES + nameBytes, bytes: extraBytes };
  const begin = extra.begin + extraBytes;
  const end = begin + packedBytes;
  if (!isThere || end > length) {
    throw new DataError(
      `${where} is said to be at byte ${start} and ${packedBytes} bytes long, expected it there, within the ${length} bytes of the archive`,
    );
  }
  const localName = bytesOf(view, start + LOCAL_HEADER_BYTES, nameBytes);
  const [localBytes, localPackedBytes] = readZip64Field(view, extra, where, [
    { said: view.getUint32(start + 22, true), full: FULL_32 },
    { said: view.getUint32(start + 18, true), full: FULL_32 },
  ]);
  // Who writes without knowing these in advance leaves zeros, and a descriptor behind the data.
  const mayBeUnknown = (flags & HAS_DESCRIPTOR) !== 0;
  const same = (local: number, expected: number) =>
    local === expected || (mayBeUnknown && local === 0);
  const agrees =
    ((view.getUint16(start + 6, true) ^ flags) & (ENCRYPTED | HAS_DESCRIPTOR)) === 0 &&
    view.getUint16(start + 8, true) === method &&
    same(view.getUint32(start + 14, true), checksum) &&
    same(localPackedBytes, packedBytes) &&
    same(localBytes, bytes) &&
    decodeName(localName, place) === name;
  if (!agrees) {
    throw new DataError(
      `${where} is described otherwise in front of its data, expected what the directory says`,
    );
  }
  return { begin, end };
}

function checkOverlaps(places: readonly Location[], limit: number, place: string): void {
  let previous = 0;
  const sorted = [...places].sort((a, b) => a.record.start - b.record.start || a.end - b.end);
  for (const { record, end } of sorted) {
    if (record.start < previous || end > limit) {
      throw new DataError(
        `${place}: the entry ${show(record.name)} takes bytes ${record.start} to ${end}, expected from ${previous} to ${limit} at most, without overlaps`,
      );
    }
    previous = end;
  }
}

/** Others than UTF-8 are rare: what is not ASCII has the flag for it, or the host's own encoding. */
function decodeName(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new DataError(`${place}: the name of an entry is not UTF-8, expected it to be`, {
      cause,
    });
  }
}

function bytesOf(view: DataView, start: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, length);
}

/** Beyond 2⁵³ rounded, and beyond the length of any file all the same. */
function readUint64(view: DataView, position: number): number {
  return Number(view.getBigUint64(position, true));
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, "0");
}
