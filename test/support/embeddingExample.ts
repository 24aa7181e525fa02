import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The README's example of embedding, as it is printed. */
export function embeddingExample(): string {
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
  return /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
}
