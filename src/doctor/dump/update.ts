/** The update of a dump: the parameters after the step against those before it and their gradients. */
import type { Chain } from "./chain.js";
import { scalesOf } from "./factors.js";
import type { Objective } from "./losses.js";
import type { Dump } from "./orientation.js";
import { hasGradient, stepOf, usualRate } from "./parameterStep.js";
import type { Backward, Forward } from "./passes.js";
import { norm } from "./products.js";
import { type Quantity, SINGLE } from "./quantity.js";
import { combine } from "./references.js";
import { stepLengthOf } from "./stepLength.js";
import { judgeLength, judgeStep } from "./stepVerdict.js";
import { examineSums } from "./sums.js";

interface Update {
  /** The rate that the dump states, or that most of its steps have; undefined when there is none. */
  readonly learningRate: number | undefined;
  /** Whether steps are multiples of their gradients, as they are without momentum and the like. */
  readonly isPlain: boolean;
}

export function examineUpdate(
  dump: Dump,
  forward: Forward,
  backward: Backward,
  objective: Objective,
  chain: Chain,
): Update {
  const { isClipped } = backward;
  const steps = backward.layers.flatMap((layer, index) => [
    ...stepOf(dump, layer, "weights", forward.layers[index].input, chain),
    ...stepOf(dump, layer, "biases", forward.layers[index].input, chain),
  ]);
  const plain = steps.filter(({ rate, isUnchanged }) => rate !== undefined && !isUnchanged);
  const stated = dump.learningRate;
  const learningRate = stated ?? usualRate(plain);
  const isTurned =
    plain.length > 0 && plain.every(({ rate = 0 }) => rate * (learningRate ?? 1) < 0);
  const turns = backward.sign < 0 && isTurned;
  if (turns) {
    chain.forget("sign-flipped", `dZ${backward.layers.length}`);
    chain.note(
      "the gradient is that of targets − outputs, and the update adds it: both together are right",
    );
  }
  // A squared error may have a 2 and a mean over the outputs, which only its gradient would tell.
  const scales = scalesOf(objective.loss, dump.outputs);
  const moving = steps.filter(({ isUnchanged }) => !isUnchanged);
  const isComplete = dump.layers.every(
    ({ b, newW, newB, dW, db }) => newW && dW && (!b || (newB && db)),
  );
  const length =
    stated === undefined ? undefined : stepLengthOf(moving, stated, { ...dump, isComplete });
  if (length) chain.note(length.note);
  for (const step of steps) {
    const right = hasGradient(step) ? [1] : scales;
    if (length && !step.isUnchanged) judgeLength(step, length, turns, chain);
    else judgeStep(step, learningRate, turns, { dump, steps, right, isClipped }, chain);
  }
  examineSums({ dump, forward, backward, objective }, { steps, learningRate }, chain);
  // Steps that rounding swallows are short, whatever they are.
  const isSwallowed =
    steps.length === 0 &&
    stated !== undefined &&
    dump.layers.every(({ W, newW }) => newW && isSameButRounded(newW, W));
  const isPlain =
    isSwallowed ||
    (steps.length > 0 && steps.every(({ rate, isUnchanged }) => rate !== undefined || isUnchanged));
  if (!length && moving.some(({ rate }) => rate === undefined)) {
    chain.note(
      "the update is no multiple of the gradient, as with momentum or Adam, and is not judged",
    );
  }
  return { learningRate, isPlain };
}

function isSameButRounded(a: Quantity, b: Quantity): boolean {
  const difference = combine(a.matrix, b.matrix, (x, y) => x - y);
  const roundoff = Math.max(SINGLE, a.roundoff, b.roundoff);
  return norm(difference.data) <= 8 * roundoff * norm(b.matrix.data);
}
