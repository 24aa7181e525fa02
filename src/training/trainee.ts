/** Who changes a network's parameters: one at a time. */
import { OptionError } from "../errors.js";
import type { Network } from "../model/network.js";

const taken = new WeakSet<Network>();

/**
 * @param purpose the method that was called, for the message
 * @returns to be called when the parameters change no more
 * @throws OptionError while somebody else has the network.
 */
export function takeForTraining(network: Network, purpose: string): () => void {
  if (taken.has(network)) {
    throw new OptionError(
      `${purpose} was called while the model is being trained, expected that to have ended: an iterator of epochs() that is stepped by hand ends by return()`,
    );
  }
  taken.add(network);
  return () => taken.delete(network);
}
