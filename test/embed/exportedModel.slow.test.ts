/** What `wasmlp export --format js` writes, in browsers: on a page and in a worker, under a strict policy. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Mlp } from "../../src/mlp.js";
import { perceptron } from "../../src/model/architecture.js";
import { encodeJavaScript } from "../../src/model/formats/javascript.js";
import { quantizeModel } from "../../src/model/formats/quantization.js";
import { askPage, CHROMIUM, FIREFOX } from "../support/browserPage.js";

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const PREDICTION = `import { predict } from "./model.js";
export const outputs = () => [...predict(Uint8Array.from({ length: 30 }, (_, i) => 8 * i))];`;
const WORKER = `import { outputs } from "./prediction.js"; postMessage(outputs());`;
const PAGE = `import { outputs } from "./prediction.js";
const worker = new Worker("/worker.js", { type: "module" });
worker.onmessage = ({ data }) => {
  const body = JSON.stringify({ page: outputs(), worker: data });
  fetch("/answer", { method: "POST", body });
};`;

test.for([
  { ...CHROMIUM, quantize: undefined },
  { ...CHROMIUM, quantize: "int8" as const },
  { ...FIREFOX, quantize: undefined },
])("in $name, weights as $quantize: the library's bits", async (browser, { skip }) => {
  const { quantize } = browser;
  skip(browser.binary === undefined, `${browser.name} is not installed`);
  using model = await Mlp.create({
    architecture: perceptron(30, [20], 3, "tanh"),
    seed: 1,
    threads: 1,
  });
  const snapshot = model.snapshot();
  using meant = await Mlp.fromSnapshot(quantize ? quantizeModel(snapshot) : snapshot, {
    threads: 1,
    simd: "plain",
  });
  const expected = [...meant.predict(Uint8Array.from({ length: 30 }, (_, i) => 8 * i))];
  const folder = mkdtempSync(join(tmpdir(), "wasmlp-exported-"));
  try {
    const files = {
      "model.js": await encodeJavaScript(snapshot, { quantize }),
      "prediction.js": PREDICTION,
      "worker.js": WORKER,
      "page.js": PAGE,
      "index.html": `<!doctype html><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <script type="module" src="/page.js"></script>`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const answer = await askPage(browser, folder, { isolated: false });
    expect(answer).toEqual({ page: expected, worker: expected });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
