/** Activations that are not finite. */
import { type Chain, show } from "./chain.js";
import { isFiniteArray } from "./products.js";
import type { Quantity } from "./quantity.js";

/** NaN or infinity from finite numbers: an exponential was too large. */
export function overflowed(name: string, A: Quantity, Z: Quantity, chain: Chain): boolean {
  if (isFiniteArray(A.matrix.data)) return false;
  if (!isFiniteArray(Z.matrix.data)) {
    chain.link(name, "unjudged");
    return true;
  }
  const { data, columns } = A.matrix;
  const index = data.findIndex((value) => !Number.isFinite(value));
  const place = A.locate(Math.floor(index / columns), index % columns);
  const count = data.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
  const z = Z.matrix.data[index];
  const largest = Z.matrix.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  chain.link(name, "wrong");
  chain.discover({
    id: "overflow",
    at: name,
    evidence: `${name}${place} is ${data[index]} where z is ${show(z)}, and so are ${count} of ${data.length}; the largest |z| is ${show(largest)}`,
    cause: "e to the power of a large number is infinite, and ∞/∞ is not a number",
  });
  return true;
}
