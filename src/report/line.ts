/** Lines that leave out what is least important where the terminal is narrow. */
import { textWidth, truncate } from "./text.js";

/** A part of a line; the least important, of equals the last, is left out first. */
export interface Part {
  readonly text: string;
  readonly importance: number;
}

const GAP = "  ";

/** The parts in their order, two spaces between, on at most `width` columns. */
export function fitLine(parts: readonly Part[], width: number): string {
  const kept = [...parts];
  while (kept.length > 1 && textWidth(joined(kept)) > width) {
    const least = Math.min(...kept.map(({ importance }) => importance));
    kept.splice(
      kept.findLastIndex(({ importance }) => importance === least),
      1,
    );
  }
  return truncate(joined(kept), width);
}

function joined(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join(GAP);
}
