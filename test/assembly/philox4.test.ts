import fc from "fast-check";
import { expect, test } from "vitest";
import { kernels, withArrays } from "../support/kernels.js";

const BLOCKS = 4;

const word = () =>
  fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: -4, max: 4 }));

test("the four blocks are those of philox, also where the counter begins again at 0", () => {
  fc.assert(
    fc.property(
      fc.tuple(word(), word(), word(), word()),
      fc.tuple(word(), word()),
      ([counter0, counter1, counter2, counter3], [key0, key1]) => {
        const words = new Int32Array(4 * BLOCKS);
        const expected = new Int32Array(4 * BLOCKS);
        withArrays([words, expected], (wordsAt, expectedAt) => {
          kernels.philox4(wordsAt, counter0, counter1, counter2, counter3, key0, key1);
          for (let block = 0; block < BLOCKS; block++) {
            const at = expectedAt + block * 16;
            kernels.philox(at, counter0 + block, counter1, counter2, counter3, key0, key1);
          }
        });
        expect(words).toEqual(expected);
      },
    ),
  );
});
