import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { DownloadError, FileError } from "../../src/errors.js";
import { type DownloadOptions, type DownloadProgress, download } from "../../src/node/download.js";
import {
  answers,
  breaksOff,
  delivers,
  type FileServer,
  ignoresRanges,
  serve,
  stalls,
  unreachable,
} from "../support/fileServer.js";
import { randomNumbers } from "../support/numbers.js";
import { asOrdinaryUser } from "../support/ordinaryUser.js";
import { temporaryDirectory } from "../support/temporaryDirectory.js";

/** Large enough for several chunks, random so that gzip does not make it small. */
const next = randomNumbers(1);
const CONTENT = Uint8Array.from({ length: 300_000 }, () => Math.abs(next()) * 256);
const FILE = gzipSync(CONTENT);
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
/** Where downloads that are continued begin. */
const HALF = 150_000;

/** A download of `FILE` from `mirrors` into a folder of its own. */
async function prepare(mirrors: readonly FileServer[], options: Partial<DownloadOptions> = {}) {
  const directory = await temporaryDirectory();
  const destination = join(directory, "cache", "file.gz");
  return {
    folder: join(directory, "cache"),
    destination,
    options: {
      urls: mirrors.map(({ url }) => `${url}file.gz`),
      destination,
      content: { bytes: CONTENT.length, sha256: SHA256 },
      ...options,
    },
    /** Leaves behind what an earlier, unfinished download would have. */
    async partFile(bytes: Uint8Array): Promise<void> {
      await mkdir(join(directory, "cache"));
      await writeFile(`${destination}.part`, bytes);
    },
    /** Checks that the file is there, whole, and nothing else is. */
    async expectDone(): Promise<void> {
      expect(await readdir(join(directory, "cache"))).toEqual(["file.gz"]);
      expect(FILE.equals(await readFile(destination))).toBe(true);
    },
  };
}

test("a file is delivered, checked by what it unpacks to, and stored as it came", async () => {
  const seen: DownloadProgress[] = [];
  const mirror = await serve(delivers(FILE));
  const { options, expectDone } = await prepare([mirror], { onProgress: (p) => seen.push(p) });
  await download(options);
  await expectDone();
  expect(mirror.requests).toEqual(["whole"]);
  const done = seen.map(({ bytesDone }) => bytesDone);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toEqual({
    file: "file.gz",
    bytesDone: FILE.length,
    bytesTotal: FILE.length,
  });
});

test("a mirror may deliver the content unpacked, and without saying how long it is", async () => {
  const seen: DownloadProgress[] = [];
  const mirror = await serve((_request, response) => {
    response.write(CONTENT);
    response.end();
  });
  const { options, destination } = await prepare([mirror], { onProgress: (p) => seen.push(p) });
  await download(options);
  expect((await readFile(destination)).equals(CONTENT)).toBe(true);
  expect(seen.at(-1)).toEqual({ file: "file.gz", bytesDone: CONTENT.length });
});

test("bytes are asked for as they are stored, so that a part of them means the same", async () => {
  const encodings: unknown[] = [];
  const mirror = await serve((request, response) => {
    encodings.push(request.headers["accept-encoding"]);
    delivers(FILE)(request, response);
  });
  const { options } = await prepare([mirror]);
  await download(options);
  expect(encodings).toEqual(["identity"]);
});

const OTHER = gzipSync(CONTENT.toReversed());
const TOO_LONG = new Uint8Array(2 * CONTENT.length);
const BOMB = gzipSync(new Uint8Array(CONTENT.length + 1));

test.each([
  { what: "is missing the file", behaviour: answers(404), fault: "answered 404 Not Found" },
  { what: "is down", behaviour: answers(503), fault: "answered 503 Service Unavailable" },
  {
    what: "answers with no content",
    behaviour: answers(204),
    fault: "answered 204 No Content",
  },
  {
    what: "sends another file",
    behaviour: delivers(OTHER),
    fault: `sent something with the SHA-256 ${createHash("sha256").update(CONTENT.toReversed()).digest("hex")}, expected ${SHA256}`,
  },
  {
    what: "sends a truncated file as if it were whole",
    behaviour: delivers(FILE.subarray(0, HALF)),
    fault: "sent a damaged file: ends in the middle of its gzip data, expected the whole file",
  },
  {
    what: "sends a bomb",
    behaviour: delivers(BOMB),
    fault: "sent a damaged file: unpacks to more than 300000 bytes, expected at most that",
  },
  {
    what: "does not stop sending",
    behaviour: delivers(TOO_LONG),
    fault: "sends more than the 300000 bytes that are expected",
  },
  { what: "says nothing at all", behaviour: () => {}, fault: "sent nothing for 0.3 s" },
  { what: "falls silent", behaviour: stalls(FILE, HALF), fault: "sent nothing for 0.3 s" },
  {
    what: "breaks off",
    behaviour: breaksOff(FILE, HALF),
    fault: "broke off (UND_ERR_SOCKET)",
  },
])("when a mirror $what, the next one is tried", async ({ behaviour, fault }) => {
  const bad = await serve(behaviour);
  const good = await serve(delivers(FILE));
  const { options, expectDone } = await prepare([bad, good], { silenceSeconds: 0.3 });
  await expect(download({ ...options, urls: options.urls.slice(0, 1) })).rejects.toThrow(
    new DownloadError(`file.gz: no mirror delivered it: ${bad.url}file.gz ${fault}`),
  );
  await download(options);
  await expectDone();
});

test("when no mirror delivers, one sentence tells what each of them did", async () => {
  const missing = await serve(answers(404));
  const down = await unreachable();
  const { options } = await prepare([down, missing]);
  await expect(download(options)).rejects.toThrow(
    new DownloadError(
      `file.gz: no mirror delivered it: ${down.url}file.gz could not be reached (ECONNREFUSED), ${missing.url}file.gz answered 404 Not Found`,
    ),
  );
});

test("where nothing can be reached, nothing is written", async () => {
  const { options, folder } = await prepare([await unreachable()]);
  await expect(download(options)).rejects.toThrow(DownloadError);
  await expect(readdir(folder)).rejects.toThrow("ENOENT");
});

test("a file that is wrong is not kept", async () => {
  const { options, folder } = await prepare([await serve(delivers(OTHER))]);
  await expect(download(options)).rejects.toThrow(DownloadError);
  expect(await readdir(folder)).toEqual([]);
});

test("what arrived before the connection broke off is not asked for again", async () => {
  const bad = await serve(breaksOff(FILE, HALF));
  const good = await serve(delivers(FILE));
  const { options, expectDone } = await prepare([bad, good]);
  await download(options);
  await expectDone();
  expect(good.requests).toEqual([`bytes=${HALF}-`]);
});

test("an unfinished download is continued, with progress from where it stands", async () => {
  const seen: DownloadProgress[] = [];
  const mirror = await serve(delivers(FILE));
  const { options, partFile, expectDone } = await prepare([mirror], {
    onProgress: (p) => seen.push(p),
  });
  await partFile(FILE.subarray(0, HALF));
  await download(options);
  await expectDone();
  expect(mirror.requests).toEqual([`bytes=${HALF}-`]);
  expect(seen[0]?.bytesDone).toBeGreaterThan(HALF);
  expect(seen.at(-1)).toMatchObject({ bytesDone: FILE.length, bytesTotal: FILE.length });
});

test("a mirror that sends everything regardless is taken at its word", async () => {
  const mirror = await serve(ignoresRanges(FILE));
  const { options, partFile, expectDone } = await prepare([mirror]);
  await partFile(new Uint8Array(2 * FILE.length));
  await download(options);
  await expectDone();
  expect(mirror.requests).toHaveLength(1);
});

test("a part file that is complete already becomes the file", async () => {
  const mirror = await serve(delivers(FILE));
  const { options, partFile, expectDone } = await prepare([mirror]);
  await partFile(FILE);
  await download(options);
  await expectDone();
  expect(mirror.requests).toEqual([`bytes=${FILE.length}-`]);
});

test.each([
  { what: "short", length: HALF },
  { what: "as long as the file", length: FILE.length },
  { what: "too long", length: 2 * FILE.length },
])("a wrong part file that is $what is not held against the mirror", async ({ length }) => {
  const mirror = await serve(delivers(FILE));
  const { options, partFile, expectDone } = await prepare([mirror]);
  await partFile(new Uint8Array(length));
  await download(options);
  await expectDone();
  expect(mirror.requests).toEqual([`bytes=${length}-`, "whole"]);
});

test("an answer with another range than was asked for is refused", async () => {
  const mirror = await serve((_request, response) => {
    response.writeHead(206, { "Content-Range": `bytes 0-9/${FILE.length}` });
    response.end(FILE.subarray(0, 10));
  });
  const { options, partFile } = await prepare([mirror]);
  await partFile(FILE.subarray(0, HALF));
  await expect(download(options)).rejects.toThrow(
    `answered with another range of bytes than from ${HALF}`,
  );
});

test("a signal stops the download; what has arrived is kept and continued from", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const mirror = await serve(stalls(FILE, HALF), delivers(FILE));
  const { options, destination, folder, expectDone } = await prepare([mirror], {
    signal: controller.signal,
    onProgress: ({ bytesDone }) => bytesDone === HALF && controller.abort(reason),
  });
  await expect(download(options)).rejects.toBe(reason);
  expect(await readdir(folder)).toEqual(["file.gz.part"]);
  expect(FILE.subarray(0, HALF).equals(await readFile(`${destination}.part`))).toBe(true);
  await download({ ...options, signal: undefined });
  await expectDone();
  expect(mirror.requests).toEqual(["whole", `bytes=${HALF}-`]);
});

test("a signal that has aborted before stops the download before it begins", async () => {
  const mirror = await serve(delivers(FILE));
  const reason = new Error("enough");
  const { options } = await prepare([mirror], { signal: AbortSignal.abort(reason) });
  await expect(download(options)).rejects.toBe(reason);
  expect(mirror.requests).toEqual([]);
});

test("two downloads of the same file at once do not disturb each other", async () => {
  const mirror = await serve(async (request, response) => {
    const from = Number(/\d+/.exec(request.headers.range ?? "0"));
    const range = `bytes ${from}-${FILE.length - 1}/${FILE.length}`;
    response.writeHead(from > 0 ? 206 : 200, { "Content-Range": range });
    for (let start = from; start < FILE.length; start += 20_000) {
      response.write(FILE.subarray(start, start + 20_000));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  });
  const { options, expectDone } = await prepare([mirror]);
  let second: Promise<void> | undefined;
  await download({
    ...options,
    onProgress({ bytesDone }) {
      if (bytesDone > FILE.length / 2) second ??= download(options);
    },
  });
  await second;
  await expectDone();
  expect(mirror.requests).toEqual(["whole", expect.stringMatching(/^bytes=\d+-$/)]);
});

test("what a callback throws is the caller's, not the mirror's", async () => {
  const mirror = await serve(delivers(FILE));
  const bug = new Error("a bug");
  const { options } = await prepare([mirror, mirror], {
    onProgress() {
      throw bug;
    },
  });
  await expect(download(options)).rejects.toBe(bug);
  expect(mirror.requests).toHaveLength(1);
});

test.skipIf(process.platform === "win32")(
  "a folder that cannot be written is not the mirror's fault either, and ends the connection",
  async () => {
    let closed = false;
    const mirror = await serve((request, response) => {
      response.on("close", () => {
        closed = true;
      });
      stalls(FILE, HALF)(request, response);
    });
    const { options, folder, destination } = await prepare([mirror, mirror]);
    await mkdir(folder);
    await chmod(folder, 0o555);
    await expect(asOrdinaryUser(() => download(options))).rejects.toThrow(
      new FileError(
        `${destination}.part: permission was denied, expected a file that can be written`,
      ),
    );
    expect(mirror.requests).toHaveLength(1);
    // Sooner than the garbage collector would see to it.
    await vi.waitFor(() => expect(closed).toBe(true), { timeout: 3000 });
  },
);
