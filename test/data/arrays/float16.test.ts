import { expect, test } from "vitest";
import { narrowToFloat16, widenBfloat16, widenFloat16 } from "../../../src/data/arrays/float16.js";

const ALL = Uint16Array.from({ length: 2 ** 16 }, (_, index) => index);

/** By the definition: sign, exponent and mantissa. */
function value(half: number, exponentBits: number): number {
  const mantissaBits = 15 - exponentBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half & 0x7fff) >> mantissaBits;
  const mantissa = (half & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  if (exponent === 2 ** exponentBits - 1) return mantissa ? Number.NaN : sign * Infinity;
  return exponent === 0
    ? sign * mantissa * 2 ** (1 - bias)
    : sign * (1 + mantissa) * 2 ** (exponent - bias);
}

test("every float16 widens to its value, the sign of zero included", () => {
  const wrong = Array.from(widenFloat16(ALL)).filter(
    (found, half) => !Object.is(found, value(half, 5)),
  );
  expect(wrong).toEqual([]);
});

test("every bfloat16 widens to its value", () => {
  const wrong = Array.from(widenBfloat16(ALL)).filter(
    (found, half) => !Object.is(found, value(half, 8)),
  );
  expect(wrong).toEqual([]);
});

test("every float16 comes back from its float32, NaN included", () => {
  expect(narrowToFloat16(widenFloat16(ALL))).toEqual(ALL);
});

test("no other float32 becomes an equal float16", () => {
  const others = Float32Array.of(65_520, 1e5, -1e30, 2 ** -25, 1.5 * 2 ** -24, 1 + 2 ** -11, 1e-40);
  const narrowed = widenFloat16(narrowToFloat16(others));
  expect(Array.from(others).filter((other, index) => narrowed[index] === other)).toEqual([]);
});
