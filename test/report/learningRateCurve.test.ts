import { expect, test } from "vitest";
import { learningRateCurve } from "../../src/report/learningRateCurve.js";
import { PLAIN_STYLE } from "../../src/report/style.js";

const rates = Array.from({ length: 60 }, (_, step) => 10 ** (-4 + step / 15));
const losses = rates.map((rate) => {
  const x = Math.log10(rate) + 2;
  return 2.3 - 1.5 / (1 + Math.exp(-4 * x)) + (x > 1 ? 2 * (x - 1) : 0);
});

test("the loss falls and rises over the decades, the suggestion is marked", () => {
  const curve = { rates, losses, suggestion: 0.01 };
  expect(learningRateCurve(curve, { width: 50, style: PLAIN_STYLE })).toMatchSnapshot();
});

test.each([30, 40, 80, 200])("fits %i columns", (width) => {
  const drawn = learningRateCurve(
    { rates, losses, suggestion: undefined },
    { width, style: PLAIN_STYLE },
  );
  for (const line of drawn.split("\n")) expect([...line].length).toBeLessThanOrEqual(width);
});
