/** Figures that describe a classifier's errors. */
import type { ClassTargets, ValueTargets } from "../data/dataset.js";
import type { ClassReport, ValueReport } from "./options.js";

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

/** How well predictions `[samples, outputs]` agree with the values. */
export function reportValues(
  { values, names }: ValueTargets,
  predictions: Float32Array,
): ValueReport[] {
  const outputs = names.length;
  const samples = values.length / outputs;
  return names.map((name, output) => {
    let mean = 0;
    for (let row = 0; row < samples; row++) mean += values[row * outputs + output] / samples;
    let errors = 0;
    let distances = 0;
    let spread = 0;
    let isConstant = true;
    for (let row = 0; row < samples; row++) {
      const value = values[row * outputs + output];
      const error = predictions[row * outputs + output] - value;
      errors += error ** 2;
      distances += Math.abs(error);
      spread += (value - mean) ** 2;
      if (value !== values[output]) isConstant = false;
    }
    return {
      name,
      rootMeanSquareError: Math.sqrt(errors / samples),
      meanAbsoluteError: distances / samples,
      // Rounding leaves a spread of equal values that means nothing.
      determination: isConstant ? undefined : 1 - errors / spread,
    };
  });
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}
