/** Tables in columns, which drop the columns that can be done without where room is short. */
import { PLAIN_STYLE, type Style } from "./style.js";
import { padEnd, padStart, textWidth, truncate } from "./text.js";

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** May be left out; the last such column goes first. */
  readonly optional?: boolean;
}

/** What every report is told of its surroundings. */
export interface Layout {
  /** Columns of the terminal; `Infinity` where lines may have any length. */
  readonly width: number;
  readonly style: Style;
}

/** Lines of any length, without escape codes. */
export const PLAIN_LAYOUT: Layout = { width: Number.POSITIVE_INFINITY, style: PLAIN_STYLE };

const GAP = 2;

/** A heading and a line for each row; a row has one text for each column. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, style }: Layout,
): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(row[index] ?? ""))),
  );
  const shown = columns.map((_, index) => index);
  const total = () => shown.reduce((sum, index) => sum + widths[index] + GAP, -GAP);
  while (total() > width) {
    const dropped = shown.findLast((index) => columns[index].optional);
    if (dropped === undefined) break;
    shown.splice(shown.indexOf(dropped), 1);
  }
  const line = (texts: readonly string[]) => {
    const cells = shown.map((index) => {
      const pad = columns[index].align === "right" ? padStart : padEnd;
      return pad(texts[index] ?? "", widths[index]);
    });
    return truncate(cells.join(" ".repeat(GAP)).trimEnd(), width);
  };
  return [style.heading(line(columns.map(({ title }) => title))), ...rows.map(line)].join("\n");
}
