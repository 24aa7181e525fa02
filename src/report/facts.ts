/** Facts, a line each: what it is, its value, and perhaps a note. */
import type { Layout } from "./table.js";
import { padEnd, textWidth } from "./text.js";
import { wrap } from "./wrap.js";

export interface Fact {
  readonly name: string;
  /** Written in full whatever the width: it may be a file name or a command to copy. */
  readonly value: string;
  /** Stands below the value where there is no room beside it. */
  readonly note?: string;
  /** The one fact that counts most. */
  readonly highlight?: boolean;
}

const GAP = "  ";

export function facts(entries: readonly Fact[], { width, style }: Layout): string {
  const { heading, faint, good } = style;
  const names = Math.max(...entries.map(({ name }) => textWidth(name)));
  const indent = " ".repeat(names) + GAP;
  return entries
    .map(({ name, value, note, highlight }) => {
      const line = heading(padEnd(name, names)) + GAP + (highlight ? good(value) : value);
      if (note === undefined) return line;
      if (textWidth(indent + value + GAP + note) <= width) return line + GAP + faint(note);
      const below = wrap(note, width - indent.length).split("\n");
      return [line, ...below.map((part) => indent + faint(part))].join("\n");
    })
    .join("\n");
}
