/** Models' tensors as safetensors files (src/data/arrays/safetensors.ts): float32, and quantised ones int8. */
import { decodeFloats } from "../../data/arrays/byteOrder.js";
import {
  SAFETENSORS_LENGTH_BYTES,
  SAFETENSORS_METADATA,
  splitSafetensors,
} from "../../data/arrays/safetensors.js";
import { ModelError } from "../../errors.js";
import type { Tensor } from "./tensors.js";

export interface FloatTensor extends Tensor {
  readonly data: Float32Array;
}

export interface TensorFile<Kind extends Tensor = FloatTensor> {
  readonly tensors: readonly Kind[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Tensors begin on multiples of 8, as other readers like it; the header is padded with spaces. */
const HEADER_ALIGNMENT = 8;
const FLOAT_BYTES = 4;

export function encodeSafetensors({
  tensors,
  metadata,
}: TensorFile<Tensor>): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { [SAFETENSORS_METADATA]: metadata };
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    const end = offset + data.byteLength;
    const dtype = data instanceof Int8Array ? "I8" : "F32";
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
  const file = new Uint8Array(SAFETENSORS_LENGTH_BYTES + headerBytes + offset);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, SAFETENSORS_LENGTH_BYTES, SAFETENSORS_LENGTH_BYTES + headerBytes);
  file.set(text, SAFETENSORS_LENGTH_BYTES);
  let position = SAFETENSORS_LENGTH_BYTES + headerBytes;
  for (const { data } of tensors) {
    if (data instanceof Int8Array) {
      file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
      position += data.byteLength;
      continue;
    }
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
  const { entries, metadata } = splitSafetensors(file, {
    place: name,
    dtypes: ["F32"],
    Refusal: ModelError,
  });
  const tensors = entries.map(({ name, shape, bytes }) => ({
    name,
    shape,
    data: decodeFloats(bytes),
  }));
  return { tensors, metadata };
}
