import fc from "fast-check";
import { expect, test } from "vitest";
import { kernels, withArrays } from "../support/kernels.js";

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test("four blocks at once are what one at a time gives", () => {
  fc.assert(
    fc.property(fc.tuple(word, word, word, word, word, word), ([c0, c1, c2, c3, k0, k1]) => {
      const four = new Int32Array(16);
      const single = new Int32Array(16);
      withArrays([four, single], (fourAt, singleAt) => {
        kernels.philox4(fourAt, c0, c1, c2, c3, k0, k1);
        for (let block = 0; block < 4; block++) {
          kernels.philox(singleAt + 16 * block, c0 + block, c1, c2, c3, k0, k1);
        }
      });
      expect([...four]).toEqual([...single]);
    }),
  );
});
