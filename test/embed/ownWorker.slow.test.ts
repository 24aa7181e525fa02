/** What docs/embedding.md says of a worker of one's own, run as it is printed, in Chromium. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as buildWithVite } from "vite";
import { expect, test } from "vitest";
import { askPage, CHROMIUM } from "../support/browserPage.js";
import { documentedBlocks } from "../support/documented.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

const root = join(import.meta.dirname, "../..");
const LIBRARY = "/build/browser/wasmlp.js";

const PAGE = `import { train } from "./documented.js";
const post = (answer) => fetch("/answer", { method: "POST", body: JSON.stringify(answer) });
try {
  const epochs = [];
  const model = await train((epoch) => epochs.push(epoch));
  await post({ epochs, outputs: model.predict(new Uint8Array(784)).length, isolated: crossOriginIsolated });
} catch (error) {
  await post({ failed: String(error) });
}`;

/** @param library what takes the place of the package's name */
async function writePage(library: string): Promise<string> {
  const folder = await temporaryDirectory();
  const [trainer, page] = documentedBlocks("docs/embedding.md", "In a worker of one's own");
  const texts = { "trainer.js": trainer, "documented.js": page, "page.js": PAGE };
  for (const [name, text = ""] of Object.entries(texts)) {
    writeFileSync(join(folder, name), text.replace('"wasmlp"', JSON.stringify(library)));
  }
  writeFileSync(
    join(folder, "index.html"),
    '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>',
  );
  return folder;
}

const EXPECTED = { epochs: [1, 2, 3], outputs: 10, isolated: false };

test.skipIf(CHROMIUM.binary === undefined)("on a plain page", async () => {
  const folder = await writePage(LIBRARY);
  cpSync(join(root, "build"), join(folder, "build"), { recursive: true });
  expect(await askPage(CHROMIUM, folder, { isolated: false })).toEqual(EXPECTED);
});

test.skipIf(CHROMIUM.binary === undefined)("with Vite", async () => {
  const folder = await writePage(join(root, "build/index.js"));
  await buildWithVite({
    root: folder,
    configFile: false,
    logLevel: "warn",
    worker: { format: "es" },
  });
  expect(await askPage(CHROMIUM, join(folder, "dist"), { isolated: false })).toEqual(EXPECTED);
});
