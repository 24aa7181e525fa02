/**
 * Examines one step of somebody else's training program, from the arrays that it dumped. Every quantity is
 * computed again in float64 from the dump's own quantities before it, so that each mistake shows where it is
 * made, and not in what follows from it.
 */
import { checkOptions } from "../../arguments.js";
import type { NumericArray } from "../../data/arrays/namedArray.js";
import { assumptions, checkDeclared } from "./assumptions.js";
import { Chain } from "./chain.js";
import type { Diagnosis } from "./diagnosis.js";
import { type Examination, examine } from "./examination.js";
import { scaledInside } from "./inputScaling.js";
import { examineInputs } from "./inputs.js";
import { nameArrays } from "./names.js";
import { orient } from "./orientation.js";
import { examineTargets, readTargets } from "./targets.js";

/** What is known of the program; what is not given is inferred from the numbers. */
export interface DiagnoseOptions {
  /** What each layer applies, the first layer first; inferred where it is not given. */
  readonly activation?: readonly string[] | undefined;
  /** "cross-entropy", "binary-cross-entropy" or "mean-squared-error"; inferred where it is not given. */
  readonly loss?: string | undefined;
}

/**
 * @throws DataError when arrays are missing, fit no orientation or hold NaN where nothing can be said then.
 * @throws OptionError when an option is misspelt or out of range.
 */
export function diagnose(
  arrays: readonly NumericArray[],
  options: DiagnoseOptions = {},
): Diagnosis {
  checkOptions("diagnose", options, { activation: "array", loss: "string" });
  const named = nameArrays(arrays);
  const declared = checkDeclared(options, named.layers.length);
  const dumps = orient(named);
  let best: Examination | undefined;
  for (const oriented of dumps) {
    const scaled = scaledInside(oriented);
    const dump = scaled?.dump ?? oriented;
    const targets = readTargets(dump);
    // What can be said of the samples does not depend on what is done with them.
    const samples = new Chain();
    if (scaled) samples.note(scaled.note);
    examineInputs(dump, targets, samples);
    examineTargets(dump, targets, samples);
    // The loss may settle what the network computes, but not which way its square matrices lie.
    let bestHere: Examination | undefined;
    for (const assumption of assumptions(dump, targets, declared)) {
      if (best?.score === 0 || bestHere?.isSettled) break;
      const examination = examine({ dump, targets, samples }, assumption, declared);
      if (!examination) continue;
      if (!bestHere || examination.score < bestHere.score) bestHere = examination;
      if (!best || examination.score < best.score) best = examination;
    }
  }
  if (!best) throw new RangeError("no reading of the dump was examined, expected at least one");
  return { ...best.diagnosis, ignored: named.unknown };
}
