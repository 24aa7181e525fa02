import type { Loss } from "../../model/architecture.js";

/** A guess among k classes costs ln k; He's and Glorot's weights add little, these times as much is a claim. */
export const LOUD = 2;

/** The mean loss of a network that knows how frequent classes are, all alike, and nothing of the samples. */
export function lossOfGuess(classes: number, loss: Loss): number {
  const p = 1 / Math.max(2, classes);
  switch (loss) {
    case "cross-entropy":
      return -Math.log(p);
    case "binary-cross-entropy":
      return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    case "mean-squared-error":
      return p * (1 - p);
  }
}
