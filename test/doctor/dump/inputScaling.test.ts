/** Inputs that were dumped before they were scaled. */
import { expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/dump/diagnose.js";
import { trainingStep } from "../../support/trainingStep.js";

/** The step of a program that takes X, with `change` of it in the dump. */
function dump(change: (x: number) => number) {
  return trainingStep().map((each) =>
    each.name === "X"
      ? { ...each, values: Float64Array.from(each.values, (x) => change(Number(x))) }
      : each,
  );
}

test.each([
  ["divided by 255 by the program", (x: number) => 255 * x, "takes X / 255: X is dumped before"],
  ["standardised by the program", (x: number) => 0.3081 * x + 0.1307, "takes 3.2457 · X − 0.42421"],
  ["moved by the program", (x: number) => x - 2, "takes 1 · X + 2"],
])("%s: a note", (_, change, note) => {
  const { findings, notes } = diagnose(dump(change));
  expect(findings).toEqual([]);
  expect(notes.join()).toContain(note);
});

test("inputs that are too large or too small as layer 1 takes them are a mistake", () => {
  const idsOf = (arrays: ReturnType<typeof dump>) => diagnose(arrays).findings.map(({ id }) => id);
  const large = trainingStep({ inputScale: 255 }).map((each) =>
    each.name === "X"
      ? { ...each, values: Float64Array.from(each.values, (x) => Number(x) / 255) }
      : each,
  );
  expect(idsOf(large)).toContain("inputs-unscaled");
  const small = trainingStep({ inputScale: 1 / 255 }).map((each) =>
    each.name === "X"
      ? { ...each, values: Float64Array.from(each.values, (x) => 255 * Number(x)) }
      : each,
  );
  expect(idsOf(small)).toContain("inputs-scaled-twice");
});

test("without biases a factor of the sums may be the mistake of another line", () => {
  const arrays = dump((x) => x).map((each) => {
    if (!/^(Z1|b1)$/.test(each.name)) return each;
    const factor = each.name === "Z1" ? 3 : 0;
    return { ...each, values: Float64Array.from(each.values, (value) => factor * Number(value)) };
  });
  const b = trainingStep().find(({ name }) => name === "b1")?.values ?? [];
  const sums = arrays.map((each) => {
    if (each.name !== "Z1") return each;
    const values = Float64Array.from(
      each.values,
      (z, at) => Number(z) - 3 * Number(b[at % b.length]),
    );
    return { ...each, values };
  });
  const found = diagnose(sums).findings.map(({ id, at }) => `${id}@${at}`);
  expect(found).toContain("unexplained@Z1");
});
