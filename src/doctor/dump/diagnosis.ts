/** What the doctor says of a dump. */
import type { Finding } from "../finding.js";
import type { Link } from "./chain.js";
import type { LossName } from "./losses.js";
import type { Orientation } from "./orientation.js";

/** What the doctor says of a step: what was compared, what is wrong, and how the program was read. */
export interface Diagnosis {
  /** What is wrong, in the order in which it was found; empty where nothing is. */
  readonly findings: readonly Finding[];
  /** Every quantity of the dump that was compared, in the order of the computation. */
  readonly chain: readonly Link[];
  /** Which way the matrices were found to lie. */
  readonly orientation: Orientation;
  /** How many the step was taken on. */
  readonly samples: number;
  /** Features, and the units of each layer. */
  readonly sizes: readonly number[];
  /** What each layer applies. */
  readonly activations: readonly string[];
  /** What the step minimises. */
  readonly loss: LossName;
  /** What is unusual and right. */
  readonly notes: readonly string[];
  /** Arrays whose names say nothing. */
  readonly ignored: readonly string[];
}
