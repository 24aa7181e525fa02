/** Says where a training run broke down, and what to try. */
import { TrainingError } from "../errors.js";
import type { Network } from "../model/network.js";
import type { Session } from "../model/session.js";
import { strayParameter } from "../model/soundness.js";
import type { TrainingSettings } from "./resolveOptions.js";

/** Names the first of steps `first` to `end − 1` whose loss is not finite, and the layer. */
export function divergedLoss(
  session: Session,
  epoch: number,
  first: number,
  end: number,
  settings: TrainingSettings,
): TrainingError {
  let step = first;
  while (step < end - 1 && Number.isFinite(session.totals(step, 1).loss)) step++;
  const { loss } = session.totals(step, 1);
  const layer = session.firstOverflow(step);
  const where = layer === undefined ? "" : ` after layer ${layer + 1} overflowed`;
  return new TrainingError(
    `training diverged in epoch ${epoch}, step ${step + 1} of ${session.steps}: the loss is ${loss}${where}, expected a finite number; ${advice(settings)}`,
  );
}

/**
 * The last update of an epoch is followed by no loss that would show that it went too far.
 *
 * @throws TrainingError when a parameter is not finite.
 */
export function checkEpoch(network: Network, epoch: number, settings: TrainingSettings): void {
  const stray = strayParameter(network);
  if (stray === undefined) return;
  throw new TrainingError(
    `training diverged in epoch ${epoch}: ${stray} after it, expected a finite number; ${advice(settings)}`,
  );
}

function advice({ learningRate, clipNorm }: TrainingSettings): string {
  const rate = `try a learning rate below ${learningRate}`;
  return clipNorm === 0 ? `${rate}, or clipping the gradient's norm` : rate;
}
