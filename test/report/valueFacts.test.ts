import { expect, test } from "vitest";
import { valueFacts } from "../../src/report/valueFacts.js";

test("R² is told with the errors, or why there is none", () => {
  const errors = { rootMeanSquareError: 2.5, meanAbsoluteError: 0.125 };
  const facts = valueFacts(
    [
      { name: "price", determination: 0.98765, ...errors },
      { name: "rent", determination: undefined, ...errors },
    ],
    "12 rows",
  );
  expect(facts).toEqual([
    {
      name: "R² of price",
      value: expect.stringMatching(/^0\.9877, RMSE 2\.5\d*, MAE 0\.125\d*$/),
      note: "12 rows",
      highlight: true,
    },
    {
      name: "R² of rent",
      value: expect.stringMatching(/^undefined, as all values are the same, RMSE 2\.5/),
      highlight: true,
    },
  ]);
});
