/** Hidden units that are out of action: saturated, or dead. */
import type { Chain } from "./chain.js";
import type { ForwardLayer } from "./passes.js";
import { isFiniteArray } from "./products.js";

/** A tanh beyond ±0.99 or a sigmoid as close to 0 or 1 has less than 2 % of its slope left. */
const FLAT = 0.99;
/** Fractions of a layer that are out of action, from which on the rest cannot make up for it. */
export const MOST_FLAT = 0.5;
const MOST_DEAD = 0.7;
/** Fewer samples may well leave a healthy unit at 0. */
const LEAST_SAMPLES = 20;

export function isBounded({ activation }: Pick<ForwardLayer, "activation">): boolean {
  return activation.name === "tanh" || activation.name === "sigmoid";
}

export function flatFraction({ activation, A, mask }: ForwardLayer): number {
  if (!isBounded({ activation }) || mask) return 0;
  const isFlat =
    activation.name === "tanh"
      ? (a: number) => Math.abs(a) > FLAT
      : (a: number) => a > FLAT || a < 1 - FLAT;
  const { data } = A.matrix;
  return data.reduce((sum, a) => sum + Number(isFlat(a)), 0) / data.length;
}

export function examineDead(
  { dump, Z, activation }: ForwardLayer,
  samples: number,
  chain: Chain,
): void {
  if (activation.name !== "relu" || samples < LEAST_SAMPLES) return;
  const { rows, columns, data } = Z.matrix;
  if (!isFiniteArray(data)) return;
  let dead = 0;
  for (let unit = 0; unit < columns; unit++) {
    let isDead = true;
    for (let row = 0; row < rows && isDead; row++) isDead = data[row * columns + unit] < 0;
    dead += Number(isDead);
  }
  if (dead / columns < MOST_DEAD || chain.has("zero-initialisation")) return;
  chain.discover({
    id: "dead-relu",
    at: `A${dump.index}`,
    evidence: `${dead} of ${columns} units of layer ${dump.index} are 0 for each of ${samples} samples`,
    cause: "a ReLU that is never above 0 passes no gradient, and never comes back",
    value: dead / columns,
    threshold: MOST_DEAD,
  });
}
