import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The first block of JavaScript in a section of a page of the documentation, as it is printed. */
export function documentedCode(page: string, heading: string): string {
  const text = readFileSync(join(import.meta.dirname, "../..", page), "utf8");
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return /```js\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
}
