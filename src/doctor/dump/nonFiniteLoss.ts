/** A loss that is NaN or infinite. */
import type { Chain } from "./chain.js";
import type { LossName } from "./losses.js";
import { type Quantity, SINGLE } from "./quantity.js";

/** The smallest float32 above 0. */
const LEAST_SINGLE = 2 ** -149;

export function examineNonFinite(loss: Quantity, P: Quantity, chain: Chain, name: LossName): void {
  const at = loss.name;
  const { data } = P.matrix;
  if (!data.every(Number.isFinite)) {
    chain.link(at, "unjudged");
    return;
  }
  if (data.some((value) => value < 0)) {
    // The logarithm of a negative number follows from what was taken for a probability.
    chain.link(at, "unjudged");
    return;
  }
  // What is nearly 0 in float64 is 0 in float32.
  const isSingle = P.roundoff >= SINGLE;
  const isZero = (p: number) => p <= (isSingle ? LEAST_SINGLE : 0);
  const isOne = (p: number) => 1 - p <= (isSingle ? SINGLE : 0);
  const isOdd = (p: number) => isZero(p) || (name !== "cross-entropy" && isOne(p));
  const zeros = data.reduce((sum, value) => sum + Number(isOdd(value)), 0);
  const found = loss.matrix.data.find((value) => !Number.isFinite(value));
  chain.link(at, "wrong");
  if (zeros > 0) {
    chain.discover({
      id: "log-of-zero",
      at,
      evidence: `${at} is ${found}; ${zeros} of ${data.length} probabilities are exactly 0${name === "cross-entropy" ? "" : " or 1"}`,
      cause: "the logarithm of 0 is −∞, and 0 · −∞ is not a number",
    });
  } else {
    chain.discover({
      id: "unexplained",
      at,
      evidence: `${at} is ${found}, although every probability is above 0`,
      cause: "no mistake that is known reproduces it",
    });
  }
}
