/** Text by the columns that it takes up on a terminal. */

/** Scripts and symbols that terminals draw two columns wide. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
/** Accents and the like, drawn over the character before them. */
const COMBINING = /\p{Mark}/u;
/** Control, format, unassigned and line-separating characters. */
const UNPRINTABLE = /[\p{Other}\p{Line_Separator}\p{Paragraph_Separator}]/gu;

/** Columns that `text` takes up; it must be printable and without escape codes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Spaces after `text` to make it `width` columns wide. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/** Spaces before `text` to make it `width` columns wide. */
export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - textWidth(text))) + text;
}

/** `text`, cut off with "…" where it is wider than `width` columns. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = "";
  let left = width - 1;
  for (const character of text) {
    left -= characterWidth(character);
    if (left < 0) break;
    kept += character;
  }
  return width < 1 ? "" : `${kept}…`;
}

/** `text` on one line, without characters that would steer a terminal; for names from files. */
export function printable(text: string): string {
  return text.replaceAll(/\s+/gu, " ").replaceAll(UNPRINTABLE, "�");
}
