/** What a network makes of a sample: a bar for each class. */
import { percent } from "./numbers.js";
import type { Layout } from "./table.js";
import { padEnd, padStart, printable, textWidth, truncate } from "./text.js";

/** A class and the probability that it was given, 0 … 1. */
export interface ClassProbability {
  readonly name: string;
  readonly probability: number;
}

/** Bars are no longer than this where lines may have any length. */
const LONGEST_BAR = 40;
const GAP = "  ";

/** The `most` likeliest classes, the likeliest first. */
export function likeliest(
  names: readonly string[],
  probabilities: Float32Array,
  most: number,
): ClassProbability[] {
  return names
    .map((name, index) => ({ name, probability: probabilities[index] }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, most);
}

/** A line for each class: its name, its probability, and a bar as long as that. */
export function probabilityChart(
  classes: readonly ClassProbability[],
  { width, style }: Layout,
): string {
  const names = classes.map(({ name }) => printable(name));
  const figures = classes.map(({ probability }) => percent(probability, 1));
  const figureWidth = Math.max(...figures.map(textWidth));
  const room = width - figureWidth - 2 * GAP.length;
  const nameWidth = Math.max(1, Math.min(Math.max(...names.map(textWidth)), Math.floor(room / 2)));
  const longest = Math.max(0, Math.min(LONGEST_BAR, room - nameWidth));
  return classes
    .map(({ probability }, index) => {
      const name = padEnd(truncate(names[index], nameWidth), nameWidth);
      const bar = "█".repeat(Math.round(probability * longest));
      const figure = padStart(figures[index], figureWidth);
      const line = [name, figure, index === 0 ? style.good(bar) : bar].join(GAP);
      return bar === "" ? line.trimEnd() : line;
    })
    .join("\n");
}
