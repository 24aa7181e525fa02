/** The worst mistakes of an evaluation, drawn side by side. */
import type { Dataset } from "../data/dataset.js";
import type { Evaluation } from "../training/options.js";
import { drawImage, type GreyImage } from "./drawing.js";
import { percent } from "./numbers.js";
import type { Layout } from "./table.js";
import { padEnd, printable, textWidth, truncate } from "./text.js";

/** A sample that was taken for another class than its own. */
export interface Mistake {
  /** Its place in the data set, from 0. */
  readonly sample: number;
  /** The names of the classes. */
  readonly is: string;
  readonly said: string;
  /** What the network gave the wrong answer, 0 … 1. */
  readonly probability: number;
  /** The cross-entropy in nats. */
  readonly loss: number;
  /** Present when samples are images. */
  readonly image?: GreyImage | undefined;
}

/** The misclassified samples of the highest loss, the worst first. */
export function worstMistakes(
  { targets }: Dataset,
  { predicted, losses }: Evaluation,
  most: number,
): number[] {
  const wrong = Array.from(predicted.keys()).filter((i) => predicted[i] !== targets.labels[i]);
  return wrong.sort((a, b) => losses[b] - losses[a]).slice(0, most);
}

/** Sample `index` as an image; undefined when samples are none. */
export function sampleImage(
  { inputs, features, image }: Dataset,
  index: number,
): GreyImage | undefined {
  if (!image) return undefined;
  const values = inputs.subarray(index * features, (index + 1) * features);
  const pixels =
    values instanceof Uint8Array ? values : Uint8ClampedArray.from(values, (value) => value * 255);
  return { ...image, pixels: new Uint8Array(pixels) };
}

/** Columns where a line may have any length: two images of MNIST's size and their gap fit well. */
const USUAL_WIDTH = 80;
/** Rows of images. */
const MOST_ROWS = 2;
/** Between two images. */
const GAP = 2;
/** An image is given at least the width of a caption of short names. */
const LEAST_WIDTH = textWidth("is 4, said 9 (98.7 %)");

/** Two rows of images, as many in each as fit; without images, a line for each mistake. */
export function drawMistakes(mistakes: readonly Mistake[], layout: Layout): string {
  const width = Number.isFinite(layout.width) ? layout.width : USUAL_WIDTH;
  const imageWidth = mistakes[0]?.image?.width;
  if (imageWidth === undefined) {
    return mistakes
      .map((mistake) => truncate(`sample ${mistake.sample}: ${caption(mistake)}`, width))
      .join("\n");
  }
  const cell = Math.min(Math.max(imageWidth, LEAST_WIDTH), width);
  const perRow = Math.floor((width + GAP) / (cell + GAP));
  const rows: string[] = [];
  for (let first = 0; first < Math.min(mistakes.length, MOST_ROWS * perRow); first += perRow) {
    rows.push(sideBySide(mistakes.slice(first, first + perRow), cell, layout));
  }
  return rows.join("\n\n");
}

function sideBySide(mistakes: readonly Mistake[], cell: number, { style }: Layout): string {
  const drawings = mistakes.flatMap(({ image }) =>
    image ? [drawImage(image, cell, style.images)] : [],
  );
  const height = Math.max(...drawings.map(({ lines }) => lines.length));
  const between = " ".repeat(GAP);
  const lines = Array.from({ length: height }, (_, line) =>
    drawings.map(({ lines, width }) => lines[line] + " ".repeat(cell - width)).join(between),
  );
  const captions = mistakes.map((mistake) => padEnd(truncate(caption(mistake), cell), cell));
  return [...lines, captions.join(between)].map((line) => line.trimEnd()).join("\n");
}

function caption({ is, said, probability }: Mistake): string {
  return `is ${printable(is)}, said ${printable(said)} (${percent(probability, 1)})`;
}
