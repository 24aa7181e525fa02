/** What the doctor says of a dump. */
import type { Finding } from "../finding.js";
import type { Link } from "./chain.js";
import type { LossName } from "./losses.js";
import type { Orientation } from "./orientation.js";

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Every quantity of the dump that was compared, in the order of the computation. */
  readonly chain: readonly Link[];
  readonly orientation: Orientation;
  readonly samples: number;
  /** Features, and the units of each layer. */
  readonly sizes: readonly number[];
  /** What each layer applies. */
  readonly activations: readonly string[];
  readonly loss: LossName;
  /** What is unusual and right. */
  readonly notes: readonly string[];
  /** Arrays whose names say nothing. */
  readonly ignored: readonly string[];
}
