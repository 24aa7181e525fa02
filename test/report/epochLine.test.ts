import { expect, test } from "vitest";
import { epochLine } from "../../src/report/epochLine.js";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

const REPORT = {
  epoch: 3,
  loss: 0.13013,
  accuracy: 0.963,
  validationLoss: 0.1174,
  validationAccuracy: 0.9639,
  learningRate: 0.1,
  seconds: 0.7735,
};

test("epoch, loss, accuracy, test accuracy, time", () => {
  expect(epochLine(REPORT, 10, PLAIN_LAYOUT)).toBe(
    "epoch  3/10  loss 0.1301  accuracy 96.30 %  test 96.39 %  0.77 s",
  );
});

test("30 columns have room for the epoch and its test accuracy", () => {
  expect(epochLine(REPORT, 10, { width: 30, style: PLAIN_STYLE })).toBe(
    "epoch  3/10  test 96.39 %",
  );
});

test("without a test set nothing stands for it", () => {
  const { epoch, loss, accuracy, learningRate, seconds } = REPORT;
  expect(epochLine({ epoch, loss, accuracy, learningRate, seconds }, 10, PLAIN_LAYOUT)).toBe(
    "epoch  3/10  loss 0.1301  accuracy 96.30 %  0.77 s",
  );
});
