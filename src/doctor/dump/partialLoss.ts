/** A loss of a part of the samples or of the classes only, which a wrong axis or index picks out. */
import { type Chain, show } from "./chain.js";
import { lossesOf, type Objective } from "./losses.js";
import type { Dump } from "./orientation.js";
import type { Quantity } from "./quantity.js";

/** Whether the loss is one of a part; then it is written down. */
export function examinePartialLoss(
  dump: Dump,
  P: Quantity,
  chain: Chain,
  loss: Quantity,
  objective: Objective,
): boolean {
  const at = loss.name;
  const [found] = loss.matrix.data;
  const part = partialLosses(dump, P, objective).find(
    ({ value }) => Math.abs(found / value - 1) <= 1e-5,
  );
  if (!part) return false;
  chain.link(at, "wrong");
  chain.discover({
    id: "loss-axis",
    at,
    cause: part.cause,
    evidence: `${at} is ${show(found)}, which is not the mean over all samples but ${show(part.value)}`,
  });
  return true;
}

function partialLosses(
  { samples, outputs }: Dump,
  P: Quantity,
  { loss: name, targets }: Objective,
): { cause: string; value: number }[] {
  const each = lossesOf(name, P.matrix, targets);
  const byClass = new Float64Array(outputs);
  const { data } = P.matrix;
  for (let index = 0; index < data.length; index++) {
    const t = targets.matrix.data[index];
    if (t !== 0) byClass[index % outputs] -= t * Math.log(data[index]);
  }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const first = "the loss is that of the first sample only";
  const firstClass = "the loss is that of the first class only";
  return [
    { value: each[0], cause: first },
    { value: each[0] / samples, cause: first },
    { value: byClass[0], cause: firstClass },
    { value: byClass[0] / samples, cause: firstClass },
    {
      value: sum(each.subarray(0, outputs)) / samples,
      cause: `the loss is that of the first ${outputs} samples, as many as there are classes`,
    },
    {
      value: sum(each.subarray(0, outputs)) / outputs,
      cause: `the loss is that of the first ${outputs} samples, as many as there are classes`,
    },
    { value: Math.max(...byClass) / samples, cause: "the loss is that of one class only" },
    { value: Math.max(...each), cause: "the loss is that of one sample only" },
  ].filter(({ value }) => Number.isFinite(value) && value !== 0);
}
