/** Half-precision floats (IEEE 754 binary16, and bfloat16), which JavaScript has no arrays of. */

const EXPONENT_16 = 0x7c00;
const MANTISSA_16 = 0x03ff;
/** 2⁻²⁴, the smallest positive float16. */
const SMALLEST_16 = 2 ** -24;

/** Exact, payloads of NaN included. */
export function widenFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index];
    const sign = (half & 0x8000) << 16;
    const exponent = half & EXPONENT_16;
    const mantissa = half & MANTISSA_16;
    if (exponent === 0) {
      values[index] = mantissa * SMALLEST_16;
      bits[index] |= sign;
    } else {
      // Infinities and NaN have all bits of the exponent set; others move from bias 15 to 127.
      const wide = exponent === EXPONENT_16 ? 0x7f80_0000 : (exponent << 13) + (112 << 23);
      bits[index] = sign | wide | (mantissa << 13);
    }
  }
  return values;
}

/** Exact: a bfloat16 is the upper half of a float32. */
export function widenBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index] << 16;
  return new Float32Array(bits.buffer);
}

/**
 * What `widenFloat16` widens to `values`. Of a value that no float16 equals, some other float16 is
 * made: compare with what it widens to.
 */
export function narrowToFloat16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < values.length; index++) {
    const sign = (bits[index] >>> 16) & 0x8000;
    const exponent = (bits[index] >>> 23) & 0xff;
    const mantissa = (bits[index] >>> 13) & MANTISSA_16;
    if (exponent === 0xff) halves[index] = sign | EXPONENT_16 | mantissa;
    else if (exponent >= 143) halves[index] = sign | EXPONENT_16;
    else if (exponent > 112) halves[index] = sign | ((exponent - 112) << 10) | mantissa;
    else halves[index] = sign | (Math.abs(values[index]) / SMALLEST_16);
  }
  return halves;
}
