import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The first block of JavaScript in a section of a page of the documentation, as it is printed. */
export function documentedCode(page: string, heading: string): string {
  return documentedBlocks(page, heading)[0] ?? "";
}

/** All of them. */
export function documentedBlocks(page: string, heading: string): string[] {
  const text = readFileSync(join(import.meta.dirname, "../..", page), "utf8");
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return Array.from(section.matchAll(/```js\n([\s\S]*?)```/g), ([, code = ""]) => code);
}

export interface Link {
  /** Relative to the page; "" leads to the page itself. */
  readonly path: string;
  /** As it stands after "#". */
  readonly heading: string | undefined;
}

/** What a page in Markdown links to, the web left out. */
export function linksOf(page: string): Link[] {
  const links = page.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g);
  return Array.from(links, ([, path, heading]) => ({ path, heading }));
}

/** By which the headings of a page are linked to: in lower case, hyphens for spaces, without punctuation. */
export function headingsOf(page: string): string[] {
  return Array.from(page.matchAll(/^#+ (.+)$/gm), ([, text]) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, "")
      .replaceAll(" ", "-"),
  );
}
