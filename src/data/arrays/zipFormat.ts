/** What reading and writing zip archives share: numbers of the format, limits, names. */
import { DataError } from "../../errors.js";
import { show } from "./show.js";

/** "PK" and what kind of record follows, as a little-endian word. */
export const LOCAL_HEADER = 0x04034b50;
export const DIRECTORY_HEADER = 0x02014b50;
export const DIRECTORY_END = 0x06054b50;
export const ZIP64_DIRECTORY_END = 0x06064b50;
export const ZIP64_LOCATOR = 0x07064b50;

/** Lengths of the records' fixed parts. */
export const LOCAL_HEADER_BYTES = 30;
export const DIRECTORY_HEADER_BYTES = 46;
export const DIRECTORY_END_BYTES = 22;
export const ZIP64_DIRECTORY_END_BYTES = 56;
export const ZIP64_LOCATOR_BYTES = 20;

/** Values that stand for "in the Zip64 record" (4.4.1.4). */
export const FULL_16 = 0xffff;
export const FULL_32 = 0xffff_ffff;
export const ZIP64_FIELD = 1;

export const STORED = 0;
export const DEFLATED = 8;

/** Bits of the flags (4.4.4). */
export const ENCRYPTED = 0x2041; // encrypted, strongly so, or with masked headers
export const PATCH = 0x20;
export const HAS_DESCRIPTOR = 0x08;
export const UTF8_NAME = 0x800;

/** What is read of an archive at most, and written to one. */
export const ZIP_LIMITS = {
  /** A network has tens of arrays. */
  maximumEntries: 10_000,
  /**
   * A byte less than 2 GiB, unpacked: Node reads no longer file at once, and archive, entries and the
   * arrays made of them have to fit into the memory of one tab, which often ends at 4 to 8 GiB.
   */
  maximumBytes: 2 ** 31 - 1,
} as const;

/** What an archive may claim of itself before it is taken for an attack or a mistake. */
export interface ZipLimits {
  /** More entries are refused. Default: 10 000. */
  readonly maximumEntries?: number;
  /** More bytes, of all entries unpacked, are refused. Default: 2³¹ − 1. */
  readonly maximumBytes?: number;
}

/** What the directory says of an entry. */
export interface EntryRecord {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  /** As in the archive. */
  readonly packedBytes: number;
  /** Once unpacked. */
  readonly bytes: number;
  /** Where the local header begins. */
  readonly start: number;
}

/** Nothing is written under these names here, but what they are passed on to might. */
export function checkName(name: string, place: string): void {
  const leadsOut = /^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)/.test(name);
  if (name === "" || name.includes("\0") || leadsOut) {
    throw new DataError(
      `${place}: the name of an entry is ${show(name)}, expected one within the archive, without ".." and not absolute`,
    );
  }
}
