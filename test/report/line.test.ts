import { expect, test } from "vitest";
import { fitLine } from "../../src/report/line.js";

const PARTS = [
  { text: "epoch 1", importance: 3 },
  { text: "loss 0.5", importance: 1 },
  { text: "test 90 %", importance: 2 },
];

test("all parts where they fit", () => {
  expect(fitLine(PARTS, 28)).toBe("epoch 1  loss 0.5  test 90 %");
});

test("the least important parts go first, and the order stays", () => {
  expect(fitLine(PARTS, 27)).toBe("epoch 1  test 90 %");
  expect(fitLine(PARTS, 17)).toBe("epoch 1");
});

test("the last part is cut off rather than wrapped", () => {
  expect(fitLine(PARTS, 4)).toBe("epo…");
  expect(fitLine(PARTS, 0)).toBe("");
});
