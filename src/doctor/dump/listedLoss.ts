/** A loss of several numbers. */
import { Matrix } from "../../reference/matrix.js";
import type { Chain } from "./chain.js";
import { explain } from "./explain.js";
import { lossesOf, lossScales, type Objective } from "./losses.js";
import type { Dump } from "./orientation.js";
import type { Quantity } from "./quantity.js";

/** One number for each sample is as good as their mean. */
export function examineListedLoss(
  dump: Dump,
  P: Quantity,
  chain: Chain,
  loss: Quantity,
  { loss: name, targets }: Objective,
): void {
  const { samples, outputs } = dump;
  const at = loss.name;
  const count = loss.matrix.data.length;
  const link = (verdict: "right" | "wrong") => chain.link(at, verdict);
  if (count === samples) {
    const each = lossesOf(name, P.matrix, targets);
    const matrix = new Matrix(1, samples, each);
    const sensitivity = 4 * Math.sqrt(samples) * (1 + each.reduce((a, b) => Math.max(a, b), 0));
    const factors = lossScales(name, outputs).map((value) => ({ value, mistakes: [] }));
    const found = explain(loss, [{ mistakes: [], compute: () => ({ matrix, sensitivity }) }], {
      factors,
      roundoff: P.roundoff,
    });
    if (found?.reason) {
      link("right");
      chain.note(`${at} holds a number for each sample`);
      return;
    }
  }
  link("wrong");
  chain.discover({
    id: "loss-axis",
    at,
    evidence: `${at} holds ${count} numbers, expected one, the mean over ${samples} samples`,
    cause:
      count === outputs
        ? "the loss is summed over the samples, which leaves a number for each class"
        : count === samples
          ? "the loss is not added up over the samples, only divided by their number"
          : "the loss is summed over the wrong axis",
  });
}
