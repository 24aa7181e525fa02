/**
 * The safetensors format (version as of 2023, unchanged since): eight bytes of header length,
 * little-endian; a JSON header that gives each tensor's dtype, shape and place; then the tensors'
 * bytes, row-major, little-endian, without gaps or overlaps. Places count from the header's end.
 */
import { checkBytes, isRecord } from "../../arguments.js";
import { DataError, type WasmlpError } from "../../errors.js";
import { decodeElements } from "./elements.js";
import { findRepeatedKey } from "./jsonKeys.js";
import { countValues, DTYPE_BYTES, type DType, type NumericArray } from "./namedArray.js";
import { show } from "./show.js";

/** The dtypes that are read, by the format's names. */
const DTYPES = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U64: "uint64",
  U32: "uint32",
  U16: "uint16",
  U8: "uint8",
  BOOL: "bool",
} as const satisfies Record<string, DType>;
export type SafetensorsDType = keyof typeof DTYPES;
const DTYPE_NAMES = Object.keys(DTYPES) as SafetensorsDType[];

/** A tensor whose bytes are where they should be, but not decoded yet. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** As in the file, whose memory they share. */
  readonly bytes: Uint8Array;
}

export interface SafetensorsContent {
  /** In the order of their bytes. */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface SplitSafetensorsOptions {
  /** What the file is called in messages. */
  readonly place: string;
  /** Tensors of others are refused. Default: all that are known. */
  readonly dtypes?: readonly SafetensorsDType[];
  /** The class of what is thrown. Default: DataError. */
  readonly Refusal?: new (
    message: string,
    options?: ErrorOptions,
  ) => WasmlpError;
}

/** Before the header stands its length. */
export const SAFETENSORS_LENGTH_BYTES = 8;
export const SAFETENSORS_METADATA = "__metadata__";
/** The format's own limit: no header is longer than 100 MB. */
const MAXIMUM_HEADER = 100_000_000;

/**
 * Every tensor of any dtype that has one here; F8 and complex ones are refused.
 *
 * @param place what the file is called in messages
 * @throws DataError when the file is not a safetensors file of such tensors, or not all of one, or
 *   an integer lies beyond ±2⁵³.
 */
export function decodeSafetensorsArrays(file: Uint8Array, place: string): NumericArray[] {
  return splitSafetensors(file, { place }).entries.map(({ name, dtype, shape, bytes }) => ({
    name,
    shape,
    dtype,
    values: decodeElements(bytes, {
      place: `${place}: tensor ${show(name)}`,
      dtype,
      littleEndian: true,
    }),
  }));
}

/**
 * What a safetensors file says and where its tensors' bytes are.
 *
 * @throws Refusal when the file is not a safetensors file of tensors of `dtypes`, or not all of one.
 */
export function splitSafetensors(
  file: Uint8Array,
  { place, dtypes = DTYPE_NAMES, Refusal = DataError }: SplitSafetensorsOptions,
): SafetensorsContent {
  checkBytes(place, file);

  function splitHeader(): { header: Record<string, unknown>; data: Uint8Array } {
    if (file.length < SAFETENSORS_LENGTH_BYTES) {
      throw new Refusal(
        `${place}: ${file.length} bytes long, expected a safetensors file of at least ${SAFETENSORS_LENGTH_BYTES}`,
      );
    }
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const length = Number(view.getBigUint64(0, true));
    const available = Math.min(file.length - SAFETENSORS_LENGTH_BYTES, MAXIMUM_HEADER);
    if (length > available) {
      throw new Refusal(
        `${place}: a header of ${length} bytes is announced, expected at most ${available} in a safetensors file of this length`,
      );
    }
    const end = SAFETENSORS_LENGTH_BYTES + length;
    const header = parseJson(file.subarray(SAFETENSORS_LENGTH_BYTES, end));
    if (!isRecord(header)) {
      throw new Refusal(`${place}: the header is not a JSON object, expected a safetensors file`);
    }
    return { header, data: file.subarray(end) };
  }

  function parseJson(bytes: Uint8Array): unknown {
    let text: string;
    let value: unknown;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      value = JSON.parse(text);
    } catch (cause) {
      throw new Refusal(`${place}: the header is not JSON, expected a safetensors file`, { cause });
    }
    // Readers differ in which of the two they take.
    const key = findRepeatedKey(text);
    if (key !== undefined) {
      throw new Refusal(`${place}: the header has the key ${show(key)} twice, expected it once`);
    }
    return value;
  }

  function readMetadata(metadata: unknown): Record<string, string> {
    if (metadata === undefined) return {};
    if (!isRecord(metadata)) {
      throw new Refusal(
        `${place}: ${SAFETENSORS_METADATA} is not an object, expected one of strings`,
      );
    }
    return Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => {
        if (typeof value === "string") return [key, value];
        throw new Refusal(
          `${place}: ${show(key)} of ${SAFETENSORS_METADATA} is no string, expected one`,
        );
      }),
    );
  }

  function readTensor(name: string, entry: unknown): TensorPlace {
    const { dtype: code, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
    const where = `${place}: tensor ${show(name)}`;
    const known = dtypes.find((dtype) => dtype === code);
    if (known === undefined) {
      throw new Refusal(
        `${where} has dtype ${show(code)}, expected ${dtypes.map(show).join(", ")}`,
      );
    }
    if (!isListOfSizes(shape)) {
      throw new Refusal(`${where} has shape ${show(shape)}, expected a list of sizes`);
    }
    if (!isListOfSizes(offsets) || offsets.length !== 2) {
      throw new Refusal(`${where} has data_offsets ${show(offsets)}, expected [start, end]`);
    }
    const [start, end] = offsets;
    const dtype = DTYPES[known];
    const bytes = DTYPE_BYTES[dtype] * countValues(shape);
    if (end - start !== bytes) {
      throw new Refusal(
        `${where} of shape ${show(shape)} takes ${end - start} bytes, expected ${bytes}`,
      );
    }
    return { name, dtype, shape, start, end };
  }

  const { header, data } = splitHeader();
  const metadata = readMetadata(header[SAFETENSORS_METADATA]);
  const places = Object.entries(header)
    .filter(([name]) => name !== SAFETENSORS_METADATA)
    .map(([name, entry]) => readTensor(name, entry))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let expected = 0;
  for (const { name, start, end } of places) {
    if (start !== expected) {
      throw new Refusal(
        `${place}: tensor ${show(name)} begins at byte ${start} of the data, expected ${expected} where the one before it ends`,
      );
    }
    expected = end;
  }
  if (expected !== data.length) {
    throw new Refusal(
      `${place}: ${data.length} bytes of data follow the header, expected ${expected} as it says`,
    );
  }
  const entries = places.map(({ name, dtype, shape, start, end }) => ({
    name,
    dtype,
    shape,
    bytes: data.subarray(start, end),
  }));
  return { entries, metadata };
}

/** Where a tensor's bytes are said to be. */
interface TensorPlace {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

function isListOfSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
