/** What stands in a file, as it appears in messages. */

/** Beyond these a value is only outlined: a message stays one sentence whatever the file holds. */
const MAXIMUM_TEXT = 60;
const MAXIMUM_LIST = 8;

/** A JSON value on one line: text quoted, control characters escaped, nesting left out. */
export function show(value: unknown): string {
  if (typeof value === "string") {
    const cut = value.length > MAXIMUM_TEXT ? `${value.slice(0, MAXIMUM_TEXT)}…` : value;
    return JSON.stringify(cut);
  }
  if (Array.isArray(value)) {
    const short = value.length <= MAXIMUM_LIST && value.every((item) => typeof item === "number");
    return short ? `[${value.join(", ")}]` : `a list of ${value.length}`;
  }
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Hexadecimal, like "93 4e". */
export function showBytes(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
