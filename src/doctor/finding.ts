/** What every room of the doctor hands over. */
import type { DiagnosisId } from "./catalogue.js";

/** A mistake that was found, and what to do about it. Each text is a whole sentence without its stop. */
export interface Finding {
  /** Which of the known mistakes it is. */
  readonly id: DiagnosisId;
  /** The quantity, layer or array: "dW1", "layer 2", "labels". */
  readonly at: string;
  /** What shows it, with the numbers that were found and the ones expected. */
  readonly evidence: string;
  /** What is wrong. */
  readonly cause: string;
  /** What to change or to try. */
  readonly advice: string;
  /** The line to change, as it ought to be. */
  readonly code?: Readonly<Record<Language, string>>;
  /** The other finding that this one follows from, and goes away with. */
  readonly follows?: DiagnosisId;
  /** In which epoch of a run it was seen, counted from 1. */
  readonly epoch?: number;
  /** The number that gave it away, and the limit that it is beyond. */
  readonly value?: number;
  /** The limit that `value` is beyond. */
  readonly threshold?: number;
}

/** The languages that corrections are given in. */
export const LANGUAGES = ["numpy", "pytorch", "javascript"] as const;
/** A language that corrections are given in. */
export type Language = (typeof LANGUAGES)[number];
