import { expect, test } from "vitest";
import { drawImage, type GreyImage } from "../../src/report/drawing.js";

/** Black, grey, white from left to right; the lower rows are black. */
const IMAGE: GreyImage = {
  pixels: Uint8Array.of(0, 128, 255, 0, 0, 255, 0, 255, 0),
  width: 3,
  height: 3,
};

test("characters: a column a pixel, a line for two rows, the denser the brighter", () => {
  expect(drawImage(IMAGE, 80, "characters")).toEqual({ lines: [" :@", " + "], width: 3 });
});

test("colours: half blocks, the upper pixel before the lower one, reset at the end", () => {
  const [first, second] = drawImage(IMAGE, 80, "colours").lines;
  expect(first).toBe(
    "\x1b[38;5;16;48;5;16m▀\x1b[38;5;244;48;5;16m▀\x1b[38;5;231;48;5;231m▀\x1b[0m",
  );
  // Below the last row there is black.
  expect(second).toBe("\x1b[38;5;16;48;5;16m▀\x1b[38;5;231;48;5;16m▀\x1b[38;5;16;48;5;16m▀\x1b[0m");
});

test("colours: a run of equal pixels needs one escape code", () => {
  const pixels = new Uint8Array(8).fill(255);
  expect(drawImage({ pixels, width: 4, height: 2 }, 80, "colours").lines).toEqual([
    "\x1b[38;5;231;48;5;231m▀▀▀▀\x1b[0m",
  ]);
});

test("an image that is too wide is shrunk by a whole factor, to the means of its blocks", () => {
  const pixels = Uint8Array.from({ length: 40 }, (_, index) => (index % 10 < 5 ? 255 : 0));
  expect(drawImage({ pixels, width: 10, height: 4 }, 5, "characters")).toEqual({
    lines: ["@@=  "],
    width: 5,
  });
});
