/** What docs/embedding.md says of canvases and uploads, run as it is printed, in Chromium. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { askPage, CHROMIUM } from "../support/browserPage.js";
import { documentedCode } from "../support/documented.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const root = join(import.meta.dirname, "../..");
const HEADING = "From a canvas, or an upload, to a prediction";

test.skipIf(CHROMIUM.binary === undefined)(
  "digits on a canvas and in a file, in any colours, are read",
  async () => {
    const folder = await temporaryDirectory();
    cpSync(join(root, "build"), join(folder, "build"), { recursive: true });
    cpSync(join(import.meta.dirname, "canvas.js"), join(folder, "canvas.js"));
    writeFileSync(join(folder, "documented.js"), documentedCode("docs/embedding.md", HEADING));
    const imports = JSON.stringify({ imports: { wasmlp: "/build/browser/wasmlp.js" } });
    writeFileSync(
      join(folder, "index.html"),
      `<!doctype html><meta charset="utf-8"><script type="importmap">${imports}</script><script type="module" src="/canvas.js"></script>`,
    );
    const answer = await askPage(CHROMIUM, folder, { isolated: true });
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const names = ["black on white", "yellow on navy", "black on nothing"];
    const expected = names.flatMap((name) => [
      [name, all],
      [`${name}, a file`, all],
    ]);
    expect(answer).toEqual(Object.fromEntries(expected));
  },
);
