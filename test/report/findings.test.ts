import { expect, test } from "vitest";
import type { Finding } from "../../src/doctor/finding.js";
import { findingText } from "../../src/report/findings.js";
import { PLAIN_STYLE, type Style } from "../../src/report/style.js";

const FINDING: Finding = {
  id: "activation-derivative-missing",
  at: "dZ1, dW1, db1",
  evidence: "the gradient of layer 1 is 2.2 times what the reference computes from the same batch",
  cause: "the derivative of the tanh of layer 1 is missing",
  advice: "multiply the error that comes back by the derivative of the layer's own activation",
};

test("a finding keeps to the columns of the terminal, its heading too", () => {
  expect(findingText(FINDING, { width: 60, style: PLAIN_STYLE })).toBe(
    `✗ activation-derivative-missing at dZ1, dW1, db1: the
   derivative of the activation is missing
   The gradient of layer 1 is 2.2 times what the reference
   computes from the same batch.
   The derivative of the tanh of layer 1 is missing.
   Try: multiply the error that comes back by the derivative
   of the layer's own activation.`,
  );
});

test("the parts of a heading are told apart by style, wherever it is broken", () => {
  const style: Style = {
    ...PLAIN_STYLE,
    heading: (text) => `<b>${text}</b>`,
    faint: (text) => `<i>${text}</i>`,
    bad: (text) => `<u>${text}</u>`,
  };
  const [first, second] = findingText(FINDING, { width: 40, style }).split("\n");
  expect(first).toBe("<u>✗</u><b> activation-derivative-missing</b><i> at dZ1,");
  expect(second).toBe("   dW1, db1:</i> the derivative of the");
});
