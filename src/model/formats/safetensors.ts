/**
 * The safetensors format (version as of 2023, unchanged since): eight bytes of header length,
 * little-endian; a JSON header that gives each tensor's dtype, shape and place; then the tensors'
 * bytes, row-major, little-endian, without gaps or overlaps. Places count from the header's end.
 *
 * Only float32 tensors are written and read.
 */
import { ModelError } from "../../errors.js";
import { show } from "./show.js";

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major; as many values as the product of the shape. */
  readonly data: Float32Array;
}

export interface TensorFile {
  readonly tensors: readonly Tensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** Tensors begin on multiples of 8, as other readers like it; the header is padded with spaces. */
const HEADER_ALIGNMENT = 8;
/** The format's own limit: no header is longer than 100 MB. */
const MAXIMUM_HEADER = 100_000_000;
const FLOAT_BYTES = 4;
const METADATA = "__metadata__";

export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    const end = offset + data.length * FLOAT_BYTES;
    header[name] = { dtype: "F32", shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + offset);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(text, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerBytes;
  for (const { data } of tensors) {
    for (let index = 0; index < data.length; index++, position += FLOAT_BYTES) {
      view.setFloat32(position, data[index], true);
    }
  }
  return file;
}

/**
 * @param name what the file is called in messages
 * @throws ModelError when the file is not a safetensors file of float32 tensors.
 */
export function decodeSafetensors(file: Uint8Array, name: string): TensorFile {
  const { header, data } = splitHeader(file, name);
  const metadata = readMetadata(header[METADATA], name);
  const places = Object.entries(header)
    .filter(([tensor]) => tensor !== METADATA)
    .map(([tensor, entry]) => readPlace(entry, tensor, name))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let expected = 0;
  for (const { tensor, start, end } of places) {
    if (start !== expected) {
      throw new ModelError(
        `${name}: tensor ${show(tensor)} begins at byte ${start} of the data, expected ${expected} where the one before it ends`,
      );
    }
    expected = end;
  }
  if (expected !== data.length) {
    throw new ModelError(
      `${name}: ${data.length} bytes of data follow the header, expected ${expected} as it says`,
    );
  }
  const tensors = places.map(({ tensor, shape, start, end }) => ({
    name: tensor,
    shape,
    data: readFloats(data.subarray(start, end)),
  }));
  return { tensors, metadata };
}

function splitHeader(
  file: Uint8Array,
  name: string,
): { header: Record<string, unknown>; data: Uint8Array } {
  if (file.length < LENGTH_BYTES) {
    throw new ModelError(
      `${name}: ${file.length} bytes long, expected a safetensors file of at least ${LENGTH_BYTES}`,
    );
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const available = Math.min(file.length - LENGTH_BYTES, MAXIMUM_HEADER);
  if (length > available) {
    throw new ModelError(
      `${name}: a header of ${length} bytes is announced, expected at most ${available} in a safetensors file of this length`,
    );
  }
  const text = file.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  const header = parseJson(text, name);
  if (!isRecord(header)) {
    throw new ModelError(`${name}: the header is not a JSON object, expected a safetensors file`);
  }
  return { header, data: file.subarray(LENGTH_BYTES + length) };
}

function parseJson(text: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (cause) {
    throw new ModelError(`${name}: the header is not JSON, expected a safetensors file`, { cause });
  }
}

function readMetadata(metadata: unknown, name: string): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata)) {
    throw new ModelError(`${name}: ${METADATA} is not an object, expected one of strings`);
  }
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => {
      if (typeof value === "string") return [key, value];
      throw new ModelError(`${name}: ${show(key)} of ${METADATA} is no string, expected one`);
    }),
  );
}

interface Place {
  readonly tensor: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

function readPlace(entry: unknown, tensor: string, name: string): Place {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (dtype !== "F32") {
    throw new ModelError(
      `${name}: tensor ${show(tensor)} has dtype ${show(dtype)}, expected "F32"`,
    );
  }
  if (!isListOfSizes(shape)) {
    throw new ModelError(
      `${name}: tensor ${show(tensor)} has shape ${show(shape)}, expected a list of sizes`,
    );
  }
  if (!isListOfSizes(offsets) || offsets.length !== 2) {
    throw new ModelError(
      `${name}: tensor ${show(tensor)} has data_offsets ${show(offsets)}, expected [start, end]`,
    );
  }
  const [start, end] = offsets;
  const bytes = shape.reduce((product, size) => product * size, FLOAT_BYTES);
  if (end - start !== bytes) {
    throw new ModelError(
      `${name}: tensor ${show(tensor)} of shape ${show(shape)} takes ${end - start} bytes, expected ${bytes}`,
    );
  }
  return { tensor, shape, start, end };
}

function readFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / FLOAT_BYTES);
  for (let index = 0; index < values.length; index++) {
    values[index] = view.getFloat32(index * FLOAT_BYTES, true);
  }
  return values;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
