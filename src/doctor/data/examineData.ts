/** Everything that can be said of a data set before anybody trains on it. */
import { checkOptions } from "../../arguments.js";
import type { Dataset } from "../../data/dataset.js";
import { examineClasses } from "./classes.js";
import { examineDuplicates } from "./duplicates.js";
import type { Examination } from "./examination.js";
import { examineInputs } from "./inputs.js";
import { examineRelation, type RelationOptions } from "./relation.js";

/** What a data set is looked at together with. */
export interface ExamineDataOptions extends RelationOptions {
  /** Samples that the network is to be judged by. */
  readonly test?: Dataset | undefined;
}

/**
 * @throws OptionError when an option is misspelt or of another type.
 * @throws the signal's reason when `options.signal` aborts.
 */
export async function examineData(
  dataset: Dataset,
  options: ExamineDataOptions = {},
): Promise<Examination> {
  checkOptions("examineData", options, { seed: "number", signal: "signal", test: "object" });
  const { test, ...relationOptions } = options;
  const inputs = examineInputs(dataset);
  const classes = examineClasses(dataset);
  const splits = test ? [examineDuplicates(dataset, test)] : [];
  // Whatever is wrong with the inputs keeps a network from learning as well.
  const relation =
    inputs.findings.length > 0 ? [] : [await examineRelation(dataset, relationOptions)];
  const all = [inputs, classes, ...splits, ...relation];
  return {
    findings: all.flatMap(({ findings }) => findings),
    facts: all.flatMap(({ facts }) => facts),
  };
}
