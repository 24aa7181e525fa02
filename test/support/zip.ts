/** Puts zip archives together field by field, apart from the code under test, lies included. */
import { crc32, deflateRawSync } from "node:zlib";

/** What local header and directory say; each may be made to say something else. */
interface Fields {
  readonly name: string | Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly extra: Uint8Array;
}

export interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly isDeflated?: boolean;
  /** In both places, unless `local` or `directory` say otherwise. */
  readonly fields?: Partial<Fields>;
  readonly local?: Partial<Fields>;
  readonly directory?: Partial<Fields> & { readonly start?: number; readonly disk?: number };
  /** Behind the data. */
  readonly descriptor?: Uint8Array;
}

export interface End {
  readonly disk?: number;
  readonly directoryDisk?: number;
  readonly here?: number;
  readonly entries?: number;
  readonly bytes?: number;
  readonly start?: number;
  readonly comment?: Uint8Array;
  /** Adds the records of Zip64; the others' fields become full. */
  readonly zip64?: {
    readonly position?: number;
    readonly disk?: number;
    readonly entries?: number;
  };
}

const NOTHING = new Uint8Array(0);

/** The lower bytes of `value`, little-endian. */
function le(bytes: number, value: number): Uint8Array {
  const all = new Uint8Array(8);
  new DataView(all.buffer).setBigUint64(0, BigInt(value), true);
  return all.subarray(0, bytes);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}

/** A Zip64 field of these values. */
export function zip64Field(...values: readonly number[]): Uint8Array {
  return join(le(2, 1), le(2, 8 * values.length), ...values.map((value) => le(8, value)));
}

function encodeName(name: string | Uint8Array): Uint8Array {
  return typeof name === "string" ? new TextEncoder().encode(name) : name;
}

function common(fields: Fields): Uint8Array {
  const { flags, method, checksum, packedBytes, bytes, name, extra } = fields;
  return join(
    le(2, 45),
    le(2, flags),
    le(2, method),
    le(4, 0),
    le(4, checksum),
    le(4, packedBytes),
    le(4, bytes),
    le(2, encodeName(name).length),
    le(2, extra.length),
  );
}

export function zip(entries: readonly Entry[], end: End = {}): Uint8Array<ArrayBuffer> {
  let body = join();
  let directory = join();
  for (const { name, data, isDeflated = false, ...changes } of entries) {
    const packed = isDeflated ? Uint8Array.from(deflateRawSync(data)) : data;
    const fields: Fields = {
      name,
      flags: 0,
      method: isDeflated ? 8 : 0,
      checksum: crc32(data),
      packedBytes: packed.length,
      bytes: data.length,
      extra: NOTHING,
      ...changes.fields,
    };
    const local = { ...fields, ...changes.local };
    const central = { ...fields, start: body.length, disk: 0, ...changes.directory };
    directory = join(
      directory,
      le(4, 0x02014b50),
      le(2, 45),
      common(central),
      le(2, 0),
      le(2, central.disk),
      le(6, 0),
      le(4, central.start),
      encodeName(central.name),
      central.extra,
    );
    body = join(
      body,
      le(4, 0x04034b50),
      common(local),
      encodeName(local.name),
      local.extra,
      packed,
      changes.descriptor ?? NOTHING,
    );
  }
  const { zip64, comment = NOTHING } = end;
  const said = {
    disk: 0,
    directoryDisk: 0,
    here: end.entries ?? (zip64 ? 0xffff : entries.length),
    entries: zip64 ? 0xffff : entries.length,
    bytes: zip64 ? 0xffff_ffff : directory.length,
    start: zip64 ? 0xffff_ffff : body.length,
    ...end,
  };
  const position = body.length + directory.length;
  const records = zip64
    ? join(
        le(4, 0x06064b50),
        le(8, 44),
        le(4, 0),
        le(4, zip64.disk ?? 0),
        le(4, 0),
        le(8, zip64.entries ?? entries.length),
        le(8, zip64.entries ?? entries.length),
        le(8, directory.length),
        le(8, body.length),
        le(4, 0x07064b50),
        le(4, 0),
        le(8, zip64.position ?? position),
        le(4, 1),
      )
    : NOTHING;
  return join(
    body,
    directory,
    records,
    le(4, 0x06054b50),
    le(2, said.disk),
    le(2, said.directoryDisk),
    le(2, said.here),
    le(2, said.entries),
    le(4, said.bytes),
    le(4, said.start),
    le(2, comment.length),
    comment,
  );
}
