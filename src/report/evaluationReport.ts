/** All that there is to say about an evaluation. */
import type { Evaluation, RegressionEvaluation } from "../training/options.js";
import { classTable } from "./classTable.js";
import { confusionMatrix } from "./confusionMatrix.js";
import { facts } from "./facts.js";
import { drawMistakes, type Mistake } from "./mistakes.js";
import { count, loss, percentWithError } from "./numbers.js";
import type { Layout } from "./table.js";
import { valueFacts } from "./valueFacts.js";

/**
 * Accuracy and loss, each class, the confusion matrix, the worst mistakes.
 *
 * @param dataset its name
 * @param mistakes the worst first; as many as fit are drawn
 */
export function evaluationReport(
  dataset: string,
  evaluation: Evaluation,
  mistakes: readonly Mistake[],
  layout: Layout,
): string {
  const sections = [
    result(dataset, evaluation, layout),
    classTable(evaluation.classes, layout),
    confusionMatrix(evaluation, layout),
  ];
  if (mistakes.length > 0) {
    sections.push(layout.style.heading("Worst mistakes"), drawMistakes(mistakes, layout));
  }
  return sections.join("\n\n");
}

/** R² and errors of each value, and the loss. */
export function regressionReport(
  dataset: string,
  { samples, loss: meanLoss, values }: Pick<RegressionEvaluation, "samples" | "loss" | "values">,
  layout: Layout,
): string {
  const note = `${count(samples)} rows, ${dataset}`;
  return facts([...valueFacts(values, note), { name: "Loss", value: loss(meanLoss) }], layout);
}

function result(dataset: string, evaluation: Evaluation, layout: Layout): string {
  const { samples, correct } = evaluation;
  return facts(
    [
      {
        name: "Accuracy",
        value: percentWithError(correct, samples),
        note: `${count(correct)} of ${count(samples)}, ${dataset}`,
        highlight: true,
      },
      { name: "Loss", value: loss(evaluation.loss) },
    ],
    layout,
  );
}
