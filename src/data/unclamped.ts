/** The same memory, pictures' clamped bytes as bytes that are not: kernels and data sets have one kind of either. */
export function unclamped(
  inputs: Uint8Array | Uint8ClampedArray | Float32Array,
): Uint8Array | Float32Array {
  return inputs instanceof Uint8ClampedArray
    ? new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.length)
    : inputs;
}
