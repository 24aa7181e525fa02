/** The classes of a data set: whether each has samples, and about as many as the others. */
import type { Dataset } from "../../data/dataset.js";
import type { Finding } from "../finding.js";
import type { Examination } from "./examination.js";

/** With ten times as many samples a class decides on most of the gradient, and guessing it pays. */
const UNBALANCED = 10;

export function examineClasses({ targets }: Dataset): Examination {
  const counts = targets.names.map(() => 0);
  for (const label of targets.labels) counts[label]++;
  const missing = targets.names.filter((_, index) => counts[index] === 0);
  const present = counts.filter((count) => count > 0);
  const [least, most] = [Math.min(...present), Math.max(...present)];
  const spread = `${least} to ${most} samples each`;
  const findings: Finding[] = [];
  if (missing.length > 0) {
    findings.push({
      id: "classes-missing",
      at: "labels",
      evidence: `${missing.length} of ${counts.length} classes have no samples: ${missing.slice(0, 5).join(", ")}`,
      cause: "nothing can be learnt about a class without samples, and its output only costs",
      advice: "look at how the labels are read, and whether they count from 0",
      value: missing.length,
      threshold: 0,
    });
  }
  if (most > UNBALANCED * least) {
    findings.push({
      id: "classes-unbalanced",
      at: "labels",
      evidence: `the classes have ${spread}`,
      cause: "a network that always says the largest class is right too often to learn the others",
      advice: "show small classes more often, and look at the accuracy of each class",
      value: most / least,
      threshold: UNBALANCED,
    });
  }
  return {
    findings,
    facts: findings.length > 0 ? [] : [`${counts.length} classes, ${spread}`],
  };
}
