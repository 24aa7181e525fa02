import type { DiagnosisId } from "../catalogue.js";

/** What explains saturation, vanishing and a rising loss by itself. */
export const INPUT_CAUSES: readonly DiagnosisId[] = [
  "inputs-unscaled",
  "inputs-constant",
  "inputs-scaled-twice",
];
