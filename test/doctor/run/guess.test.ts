import { expect, test } from "vitest";
import { lossOfGuess } from "../../../src/doctor/run/guess.js";
import { meanLoss } from "../../../src/reference/losses.js";
import { Matrix } from "../../../src/reference/matrix.js";

test.each(["cross-entropy", "binary-cross-entropy", "mean-squared-error"] as const)(
  "a guess's %s is the reference's, of a sample of each class",
  (loss) => {
    const classes = 5;
    const outputs = new Matrix(classes, classes, new Float64Array(classes ** 2).fill(1 / classes));
    const targets = new Matrix(classes, classes);
    for (let label = 0; label < classes; label++) targets.set(label, label, 1);
    const objective = { loss, labelSmoothing: 0 };
    expect(lossOfGuess(classes, loss)).toBeCloseTo(meanLoss(objective, outputs, targets), 12);
  },
);

test("one output tells two classes apart", () => {
  expect(lossOfGuess(2, "binary-cross-entropy")).toBeCloseTo(Math.LN2, 12);
});
