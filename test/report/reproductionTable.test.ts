import { expect, test } from "vitest";
import { reproductionTable } from "../../src/report/reproductionTable.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

test("published beside measured", () => {
  const rows = [
    {
      program: "question",
      epoch: 100,
      published: "1–2 %",
      measured: 0.0107,
      countedProperly: 0.0938,
    },
    {
      program: "repaired",
      epoch: 1,
      published: "14.93 %",
      measured: 0.0591,
      countedProperly: 0.0591,
    },
  ] as const;
  expect(reproductionTable(rows, PLAIN_LAYOUT)).toBe(`\
program   epoch  published  measured  counted properly
question    100      1–2 %    1.07 %            9.38 %
repaired      1    14.93 %    5.91 %            5.91 %`);
});
