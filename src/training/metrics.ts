/** Figures that describe a classifier's errors. */
import type { ClassTargets } from "../data/dataset.js";
import type { ClassReport } from "./options.js";

/** `[classes, classes]`, row-major: row = true class, column = predicted class. */
export function confusionMatrix(
  labels: ClassTargets["labels"],
  predicted: Int32Array,
  classes: number,
): Uint32Array {
  const confusion = new Uint32Array(classes * classes);
  labels.forEach((label, sample) => {
    confusion[label * classes + predicted[sample]]++;
  });
  return confusion;
}

/** Precision, recall and F1 of each class from a confusion matrix `[classes, classes]`. */
export function reportClasses(confusion: Uint32Array, names: readonly string[]): ClassReport[] {
  const classes = names.length;
  return names.map((name, index) => {
    let samples = 0;
    let predicted = 0;
    for (let other = 0; other < classes; other++) {
      samples += confusion[index * classes + other];
      predicted += confusion[other * classes + index];
    }
    const hits = confusion[index * classes + index];
    return {
      name,
      precision: ratio(hits, predicted),
      recall: ratio(hits, samples),
      f1: ratio(2 * hits, samples + predicted), // = 2·precision·recall / (precision + recall)
      samples,
    };
  });
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}
