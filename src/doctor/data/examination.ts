/** What a check of a data set hands over. */
import type { Finding } from "../finding.js";

/** What came of looking at a data set or a network. */
export interface Examination {
  /** What is wrong, in the order in which it was found; empty where nothing is. */
  readonly findings: readonly Finding[];
  /** What was looked at and found in order, in a few words each. */
  readonly facts: readonly string[];
}
