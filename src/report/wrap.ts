/** Text broken into lines of a width. */
import { textWidth } from "./text.js";

/** Least columns that are worth breaking lines for. */
const LEAST_WIDTH = 20;

/** `text` in lines of up to `width` columns, each but the first after `indent` spaces; words stay whole. */
export function wrap(text: string, width: number, indent = 0): string {
  const room = Math.max(LEAST_WIDTH, width);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const margin = lines.length > 0 ? indent : 0;
    if (line !== "" && margin + textWidth(line) + 1 + textWidth(word) > room) {
      lines.push(" ".repeat(margin) + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(" ".repeat(lines.length > 0 ? indent : 0) + line);
  return lines.join("\n");
}

/**
 * Breaks paragraphs anew that have a line of more than `width` columns, unless one of their lines is indented, as
 * those of lists and examples are. Empty lines stand between paragraphs.
 */
export function wrapParagraphs(text: string, width: number): string {
  return text
    .split("\n\n")
    .map((paragraph) => {
      const lines = paragraph.trim().split("\n");
      const fits = lines.every((line) => textWidth(line) <= width);
      if (fits || lines.some((line) => line.startsWith(" "))) return paragraph;
      return paragraph.replace(paragraph.trim(), () => wrap(lines.join(" "), width));
    })
    .join("\n\n");
}
