import { chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { askPage, folderSite } from "../../../src/node/engines/browserPage.js";
import { temporaryDirectory } from "../../support/temporaryDirectory.js";

/** A program that takes the place of a browser: it gets the page's address as its last argument. */
async function browserThat(does: string) {
  const binary = join(await temporaryDirectory(), "browser");
  const script = `#!${process.execPath}\nconst url = process.argv.at(-1);\n${does}`;
  await writeFile(binary, script);
  await chmod(binary, 0o755);
  return { name: "Chromium", binary } as const;
}

const SITE = () => ({ type: "text/html", content: "hello" });
const STAYS = "setInterval(() => {}, 1000);";

function post(path: string, body: string): string {
  return `await fetch(url + "${path}", { method: "POST", body: ${body} });`;
}

test("resolves to what the page posts, tells of progress, and leaves no profile folder", async () => {
  const browser = await browserThat(`(async () => {
    const response = await fetch(url);
    const text = await response.text();
    ${post("progress", '"1"')}
    const headers = response.headers.get("cross-origin-opener-policy");
    ${post("answer", "JSON.stringify({ text, headers })")}
  })(); ${STAYS}`);
  const onProgress = vi.fn();
  const temporary = await temporaryDirectory();
  vi.stubEnv("TMPDIR", temporary);
  const answer = await askPage(browser, SITE, { isolated: true, onProgress });
  expect(answer).toEqual({ text: "hello", headers: "same-origin" });
  expect(onProgress.mock.calls).toEqual([[1]]);
  vi.unstubAllEnvs();
  expect(await readdir(temporary)).toEqual([]);
});

test.each([
  ["process.exit(3);", "Chromium ended with code 3, expected it to open a page"],
  [STAYS, "Chromium was silent for 0.5 s, expected it to open a page"],
  [
    `(async () => { ${post("answer", '"no"')} })(); ${STAYS}`,
    "Chromium posted something else than JSON, expected it to open a page",
  ],
])("a browser that does %j is refused", async (does, message) => {
  const patience = does === STAYS ? 500 : 20_000;
  const asked = askPage(await browserThat(does), SITE, { isolated: false, patience });
  await expect(asked).rejects.toThrow(message);
});

test("one that cannot be started is refused", async () => {
  const browser = { name: "Firefox", binary: "/nowhere/firefox" } as const;
  await expect(askPage(browser, SITE, { isolated: false })).rejects.toThrow(
    /^Firefox did not start \(.*ENOENT\), expected it to open a page$/,
  );
});

test("a signal ends the browser", async () => {
  const stop = new AbortController();
  const browser = await browserThat(`(async () => {
    ${post("progress", "String(process.pid)")}
  })(); ${STAYS}`);
  let pid = 0;
  const onProgress = (message: unknown) => {
    pid = Number(message);
    stop.abort(new Error("enough"));
  };
  const asked = askPage(browser, SITE, { isolated: false, signal: stop.signal, onProgress });
  await expect(asked).rejects.toThrow("enough");
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("a folder's files are delivered, and nothing beside it", async () => {
  const folder = await temporaryDirectory();
  await writeFile(join(folder, "index.html"), "page");
  await writeFile(join(folder, "a.wasm"), "bytes");
  const site = folderSite(folder);
  expect(site("/")).toMatchObject({ type: "text/html" });
  expect(site("/a.wasm")).toEqual({ type: "application/wasm", content: Buffer.from("bytes") });
  expect(site("/missing.js")).toBeUndefined();
  expect(site("/../../../../../../../etc/passwd")).toBeUndefined();
});
