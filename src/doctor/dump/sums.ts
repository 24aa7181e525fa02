import type { Chain } from "./chain.js";
import { lossesOf, type Objective } from "./loss.js";
import type { Dump } from "./orientation.js";
import type { Backward, Forward } from "./passes.js";
import { isFiniteArray } from "./products.js";
import { outputsWith } from "./textbookPass.js";

/**
 * Whether gradients that are sums over the samples are what the program means, and not a mean that was
 * forgotten. The sum is as good an objective as the mean if the whole program has it: every gradient is a sum,
 * no loss of the dump is a mean, and the learning rate is made for it: the program's own step lowers the loss of
 * its samples. A forgotten mean makes a step n times as long as its learning rate says.
 */
export function isConventionalSum(
  dump: Dump,
  forward: Forward,
  backward: Backward,
  { loss, targets }: Objective,
  chain: Chain,
): boolean {
  const isEverySum = backward.layers.every(
    ({ dump: { dW, db }, sums }) => (!dW || sums.weights) && (!db || sums.biases),
  );
  const hasMean = dump.losses.some(
    ({ name, matrix }) =>
      matrix.data.length === 1 &&
      !chain.has("missing-mean", name) &&
      chain.links.some((link) => link.name === name && link.verdict === "right"),
  );
  if (!isEverySum || hasMean) return false;
  if (dump.layers.some(({ b, newW, newB }) => !newW || (b !== undefined && !newB))) return false;
  const lossWith = (parameters: Parameters<typeof outputsWith>[2]) => {
    if (parameters.some(({ b }) => b !== undefined && b.rows !== 1)) return Number.NaN;
    const { outputs } = outputsWith(dump, forward, parameters);
    if (!isFiniteArray(outputs.data)) return Number.NaN;
    return lossesOf(loss, outputs, targets, { clip: 1e-300 }).reduce((sum, each) => sum + each, 0);
  };
  const before = lossWith(dump.layers.map(({ W, b }) => ({ W: W.matrix, b: b?.matrix })));
  const after = lossWith(
    dump.layers.map(({ W, newW = W, newB }) => ({ W: newW.matrix, b: newB?.matrix })),
  );
  return after < before;
}
