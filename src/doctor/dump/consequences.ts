/** Which findings of a dump follow from which others: they go away with them. */
import type { DiagnosisId } from "../catalogue.js";
import type { Discovery } from "./chain.js";

/** What may bring a finding about, the nearest cause first. */
const CAUSES: Partial<Record<DiagnosisId, readonly DiagnosisId[]>> = {
  "bias-broadcast": ["bias-gradient-axis"],
  overflow: ["inputs-unscaled", "weights-too-large"],
  "log-of-zero": ["overflow", "inputs-unscaled", "weights-too-large"],
  "saturated-units": ["inputs-unscaled", "weights-too-large"],
  "dead-relu": ["inputs-unscaled", "weights-too-large"],
  "exploding-gradient": ["inputs-unscaled", "weights-too-large"],
  "vanishing-gradient": ["weights-too-small", "saturated-units"],
  "learning-rate-too-high": ["inputs-unscaled"],
};

/** The finding that this one follows from. A bias becomes a matrix by the gradient of its own layer only. */
export function causeOf(
  { id, at }: Discovery,
  others: readonly Discovery[],
): DiagnosisId | undefined {
  const layerOf = (name: string) => /\d+/.exec(name)?.[0];
  const isCause = (cause: DiagnosisId) =>
    others.some(
      (other) =>
        other.id === cause && (id !== "bias-broadcast" || layerOf(other.at) === layerOf(at)),
    );
  return CAUSES[id]?.find(isCause);
}
