/** What a check of a data set hands over. */
import type { Finding } from "../finding.js";

export interface Examination {
  readonly findings: readonly Finding[];
  /** What was looked at and found in order, in a few words each. */
  readonly facts: readonly string[];
}
