import { expect, test } from "vitest";
import { facts } from "../../src/report/facts.js";
import { PLAIN_STYLE } from "../../src/report/style.js";
import { PLAIN_LAYOUT } from "../../src/report/table.js";

const FACTS = [
  { name: "Accuracy", value: "97.9 %", note: "of 10,000", highlight: true },
  { name: "Model", value: "model.safetensors" },
];

test("values stand below each other, notes beside them", () => {
  expect(facts(FACTS, PLAIN_LAYOUT)).toBe(`\
Accuracy  97.9 %  of 10,000
Model     model.safetensors`);
});

test("a note that has no room beside its value stands below", () => {
  expect(facts(FACTS, { width: 27, style: PLAIN_STYLE })).toBe(facts(FACTS, PLAIN_LAYOUT));
  expect(facts(FACTS, { width: 26, style: PLAIN_STYLE })).toBe(`\
Accuracy  97.9 %
          of 10,000
Model     model.safetensors`);
});

test("a note that is wider than the terminal goes on below, a value never", () => {
  const one = [{ name: "Data", value: "/a/long/path.csv", note: "of 10,000 rows in the test set" }];
  expect(facts(one, { width: 26, style: PLAIN_STYLE })).toBe(`\
Data  /a/long/path.csv
      of 10,000 rows in
      the test set`);
});

test("names, notes and what counts most are told apart", () => {
  const style = {
    ...PLAIN_STYLE,
    heading: (text: string) => `<b>${text}</b>`,
    faint: (text: string) => `<i>${text}</i>`,
    good: (text: string) => `<g>${text}</g>`,
  };
  expect(facts(FACTS, { width: 80, style })).toBe(`\
<b>Accuracy</b>  <g>97.9 %</g>  <i>of 10,000</i>
<b>Model   </b>  model.safetensors`);
});
