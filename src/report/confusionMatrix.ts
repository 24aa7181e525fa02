/** Which classes are taken for which. */
import type { Evaluation } from "../training/options.js";
import { count } from "./numbers.js";
import { type Layout, table } from "./table.js";
import { padEnd, padStart, printable, textWidth, truncate } from "./text.js";

/** Columns of the longest class name that is not cut off: the matrix has one column for each. */
const LONGEST_NAME = 8;
/** Mistakes that are at least this fraction of their class's samples stand out. */
const STANDS_OUT = 0.01;
/** Pairs of classes listed where the matrix does not fit. */
const MOST_PAIRS = 10;

/**
 * Under a heading of its own: a row for each true class, a column for each answer. Where that is
 * wider than the terminal, the most frequent confusions as a list.
 */
export function confusionMatrix(
  { confusion, classes }: Pick<Evaluation, "confusion" | "classes">,
  layout: Layout,
): string {
  const names = classes.map(({ name }) => truncate(printable(name), LONGEST_NAME));
  const nameWidth = Math.max(...names.map(textWidth));
  const cellWidth = 1 + Math.max(nameWidth, ...Array.from(confusion, (n) => String(n).length));
  if (nameWidth + cellWidth * names.length > layout.width)
    return mostConfused(confusion, names, layout);

  const { heading, faint, good, bad } = layout.style;
  const header = heading(" ".repeat(nameWidth) + names.map((n) => padStart(n, cellWidth)).join(""));
  const rows = names.map((name, row) => {
    const cells = names.map((_, column) => {
      const hits = confusion[row * names.length + column];
      if (hits === 0) return faint(padStart("·", cellWidth));
      const text = padStart(String(hits), cellWidth);
      if (row === column) return good(text);
      return hits >= STANDS_OUT * classes[row].samples ? bad(text) : text;
    });
    return heading(padEnd(name, nameWidth)) + cells.join("");
  });
  const title = `${heading("Confusion matrix")}  ${faint("row: true class, column: answer")}`;
  return [title, "", header, ...rows].join("\n");
}

function mostConfused(confusion: Uint32Array, names: readonly string[], layout: Layout): string {
  const pairs = Array.from(confusion, (hits, index) => ({
    hits,
    is: Math.floor(index / names.length),
    said: index % names.length,
  })).filter(({ hits, is, said }) => hits > 0 && is !== said);
  pairs.sort((a, b) => b.hits - a.hits);
  const list = table(
    [
      { title: "is", align: "left" },
      { title: "said", align: "left" },
      { title: "samples", align: "right" },
    ],
    pairs.slice(0, MOST_PAIRS).map(({ hits, is, said }) => [names[is], names[said], count(hits)]),
    layout,
  );
  return [layout.style.heading("Most frequent confusions"), "", list].join("\n");
}
