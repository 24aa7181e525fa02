/** The loss against the learning rate, drawn in the terminal. */
import type { LearningRateCurve } from "../training/learningRateFinder.js";
import { loss } from "./numbers.js";
import type { Layout } from "./table.js";
import { padEnd, padStart, textWidth } from "./text.js";

const ROWS = 12;
const LEAST_COLUMNS = 20;
const MOST_COLUMNS = 72;
/** Steps of a character's height, the lowest first. */
const DOTS = { colours: ["⣀", "⠤", "⠒", "⠉"], characters: ["_", "-", "-", "'"] };

export function learningRateCurve(curve: LearningRateCurve, { width, style }: Layout): string {
  const { rates, losses, suggestion } = curve;
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const label = (row: number) => (row === 0 ? loss(high, 3) : row === ROWS - 1 ? loss(low, 3) : "");
  const margin = Math.max(textWidth(label(0)), textWidth(label(ROWS - 1)));
  const columns = Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, width - margin - 3));
  const [first, last] = [Math.log10(rates[0]), Math.log10(rates[rates.length - 1])];
  const columnOf = (rate: number) =>
    Math.round(((Math.log10(rate) - first) / (last - first)) * (columns - 1));
  const heights = heightsByColumn(curve, columns, columnOf);
  const marked = suggestion === undefined ? -1 : columnOf(suggestion);
  const dots = DOTS[style.images];
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const cells = heights.map((height, column) => {
      const level = height === undefined ? -1 : height * (ROWS * dots.length - 1);
      const cell = Math.floor(level / dots.length);
      if (height !== undefined && cell === ROWS - 1 - row) {
        return dots[Math.floor(level) % dots.length];
      }
      return column === marked ? style.good("|") : " ";
    });
    return `${padStart(label(row), margin)} ${style.faint("│")}${cells.join("")}`.trimEnd();
  });
  const axis = `${" ".repeat(margin)} ${style.faint(`└${"─".repeat(columns)}`)}`;
  return [...lines, axis, `${" ".repeat(margin + 2)}${decades(rates, columns, columnOf)}`].join(
    "\n",
  );
}

/** The loss of each column between the lowest (0) and the highest (1); undefined where there is none. */
function heightsByColumn(
  { rates, losses }: LearningRateCurve,
  columns: number,
  columnOf: (rate: number) => number,
): (number | undefined)[] {
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const heights: (number | undefined)[] = new Array(columns).fill(undefined);
  rates.forEach((rate, index) => {
    heights[columnOf(rate)] = high > low ? (losses[index] - low) / (high - low) : 0;
  });
  return heights;
}

/** Labels below the powers of ten, as many as have room. */
function decades(
  rates: readonly number[],
  columns: number,
  columnOf: (rate: number) => number,
): string {
  let line = "";
  const lowest = Math.ceil(Math.log10(rates[0]) - 1e-9);
  for (let power = lowest; 10 ** power <= rates[rates.length - 1] * (1 + 1e-9); power++) {
    const label = `1e${power}`;
    const column = columnOf(10 ** power);
    if (column + label.length > columns || (line !== "" && column < line.length + 1)) continue;
    line = `${padEnd(line, column)}${label}`;
  }
  return line;
}
