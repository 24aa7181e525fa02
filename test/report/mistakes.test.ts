import { expect, test } from "vitest";
import { createDataset } from "../../src/data/dataset.js";
import { drawMistakes, sampleImage, worstMistakes } from "../../src/report/mistakes.js";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

const names = ["0", "1", "2"];
const dataset = createDataset({
  name: "test",
  inputs: Float32Array.of(0, 1, 0.5, 2, -1, 0, 0, 0),
  targets: { kind: "classes", labels: Uint8Array.of(0, 1, 2, 0), names },
  features: 2,
  image: { width: 2, height: 1 },
});

test("the worst mistakes are the wrong answers of the highest loss", () => {
  const evaluation = {
    samples: 4,
    correct: 1,
    accuracy: 0.25,
    loss: 1,
    predicted: Int32Array.of(1, 1, 1, 2),
    losses: Float32Array.of(2, 9, 4, 3),
    confusion: new Uint32Array(9),
    classes: [],
  };
  expect(worstMistakes(dataset, evaluation, 2)).toEqual([2, 3]);
  expect(worstMistakes(dataset, evaluation, 10)).toEqual([2, 3, 0]);
});

test("a sample's image: 0 is black, 1 is white, what lies beyond is clipped", () => {
  expect(sampleImage(dataset, 0)).toEqual({ pixels: Uint8Array.of(0, 255), width: 2, height: 1 });
  expect(sampleImage(dataset, 1)?.pixels).toEqual(Uint8Array.of(128, 255));
  expect(sampleImage(dataset, 2)?.pixels).toEqual(Uint8Array.of(0, 0));
});

const mistake = (sample: number, width: number) => ({
  sample,
  is: "4",
  said: "9",
  probability: 0.9871,
  loss: 4.35,
  image: { pixels: new Uint8Array(2 * width).fill(255), width, height: 2 },
});

test("images stand side by side as the width allows, in two rows, each with its caption", () => {
  const mistakes = Array.from({ length: 9 }, (_, sample) => mistake(sample, 24));
  const image = "@".repeat(24);
  const caption = "is 4, said 9 (98.7 %)";
  expect(drawMistakes(mistakes, { width: 50, style: PLAIN_STYLE })).toBe(
    [
      `${image}  ${image}`,
      `${caption}     ${caption}`,
      "",
      `${image}  ${image}`,
      `${caption}     ${caption}`,
    ].join("\n"),
  );
});

test("a cell is wide enough for the caption, whatever the image", () => {
  const [image, caption] = drawMistakes([mistake(0, 2), mistake(1, 2)], PLAIN_LAYOUT).split("\n");
  expect(image).toBe(`@@${" ".repeat(21)}@@`);
  expect(caption).toBe("is 4, said 9 (98.7 %)  is 4, said 9 (98.7 %)");
});

test("nothing is wider than the terminal: images shrink, captions are cut off", () => {
  const image = { pixels: new Uint8Array(24 * 4).fill(255), width: 24, height: 4 };
  const shrunk = drawMistakes([{ ...mistake(0, 24), image }], { width: 12, style: PLAIN_STYLE });
  expect(shrunk.split("\n")).toEqual(["@".repeat(12), "is 4, said …"]);
});

test("samples that are no images are listed", () => {
  const { image: _, ...plain } = mistake(17, 2);
  expect(drawMistakes([plain], PLAIN_LAYOUT)).toBe("sample 17: is 4, said 9 (98.7 %)");
});
