import { expect, test } from "vitest";
import { evaluationReport } from "../../src/report/evaluationReport.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

const EVALUATION = {
  samples: 200,
  correct: 190,
  accuracy: 0.95,
  loss: 0.1234,
  predicted: new Int32Array(200),
  losses: new Float32Array(200),
  confusion: Uint32Array.of(98, 2, 8, 92),
  classes: [
    { name: "left", precision: 0.9245, recall: 0.98, f1: 0.9515, samples: 100 },
    { name: "right", precision: 0.9787, recall: 0.92, f1: 0.9485, samples: 100 },
  ],
};

test("accuracy with its standard error, loss, classes, confusion matrix, mistakes", () => {
  const mistake = { sample: 7, is: "left", said: "right", probability: 0.871, loss: 2.05 };
  expect(evaluationReport("test set", EVALUATION, [mistake], PLAIN_LAYOUT)).toBe(`\
Accuracy  95 ± 2 %  190 of 200, test set
Loss      0.1234

class  precision   recall       F1  samples
left     92.45 %  98.00 %  95.15 %      100
right    97.87 %  92.00 %  94.85 %      100

Confusion matrix  row: true class, column: answer

       left right
left     98     2
right     8    92

Worst mistakes

sample 7: is left, said right (87.1 %)`);
});

test("without mistakes there is no heading for them", () => {
  expect(evaluationReport("test set", EVALUATION, [], PLAIN_LAYOUT)).not.toContain("mistakes");
});
