/** Arrays for property tests. */
import fc from "fast-check";
import type { ArrayValues, DType, UnnamedArray } from "../../src/data/arrays/namedArray.js";

const whole = (min: number, max: number) => fc.integer({ min, max });
const LARGEST = Number.MAX_SAFE_INTEGER;

/** What each dtype that .npy files have may hold, in the typed array that it is read into. */
const VALUES: Readonly<
  Record<
    Exclude<DType, "bfloat16">,
    { value: fc.Arbitrary<number>; from: (values: number[]) => ArrayValues }
  >
> = {
  bool: { value: whole(0, 1), from: (values) => Uint8Array.from(values) },
  uint8: { value: whole(0, 255), from: (values) => Uint8Array.from(values) },
  int8: { value: whole(-128, 127), from: (values) => Int32Array.from(values) },
  int16: { value: whole(-32768, 32767), from: (values) => Int32Array.from(values) },
  uint16: { value: whole(0, 65535), from: (values) => Int32Array.from(values) },
  int32: { value: whole(-(2 ** 31), 2 ** 31 - 1), from: (values) => Int32Array.from(values) },
  uint32: { value: whole(0, 2 ** 32 - 1), from: (values) => Float64Array.from(values) },
  int64: { value: whole(-LARGEST, LARGEST), from: (values) => Float64Array.from(values) },
  uint64: { value: whole(0, LARGEST), from: (values) => Float64Array.from(values) },
  // Of these every one is a float16.
  float16: {
    value: whole(-2048, 2048),
    from: (values) => Float32Array.from(values, (v) => v / 64),
  },
  float32: { value: fc.float(), from: (values) => Float32Array.from(values) },
  float64: { value: fc.double(), from: (values) => Float64Array.from(values) },
};

/** Any dtype but bfloat16, up to three dimensions, empty ones included. */
export function anyArray(): fc.Arbitrary<UnnamedArray> {
  const dtypes = fc.constantFrom(...(Object.keys(VALUES) as (keyof typeof VALUES)[]));
  const shapes = fc.array(whole(0, 4), { maxLength: 3 });
  return fc.tuple(dtypes, shapes).chain(([dtype, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const { value, from } = VALUES[dtype];
    const values = fc.array(value, { minLength: count, maxLength: count });
    return values.map((given) => ({ shape, dtype, values: from(given) }));
  });
}
