import { afterEach, describe, expect, test, vi } from "vitest";
import { startWorker, type WorkerHandle } from "../../src/engine/workerHandle.js";
import { pretendToBeBrowser } from "../support/browser.js";

afterEach(() => vi.unstubAllGlobals());

describe("in Node", () => {
  /** Resolves to the next thing that a worker says. */
  function nextMessage(worker: WorkerHandle): Promise<unknown> {
    return new Promise((resolve, reject) => {
      worker.onMessage(resolve);
      worker.onFailure((message) => reject(new Error(message)));
    });
  }

  test("a worker answers, and says what went wrong", async () => {
    const worker = startWorker();
    worker.keepAlive(true);
    const answer = nextMessage(worker);
    worker.post({ kind: "start", module: "none", memory: undefined, thread: 0 });
    expect(await answer).toEqual({ kind: "failed", message: expect.stringMatching(/\S/) });
    worker.terminate();
  });
});

describe("in a browser", () => {
  /** What the page would start. */
  class PageWorker extends EventTarget {
    static started: PageWorker[] = [];
    readonly posted: unknown[] = [];
    terminated = false;
    readonly url: URL;
    readonly options: WorkerOptions;

    constructor(url: URL, options: WorkerOptions) {
      super();
      this.url = url;
      this.options = options;
      PageWorker.started.push(this);
    }

    postMessage(message: unknown): void {
      this.posted.push(message);
    }

    terminate(): void {
      this.terminated = true;
    }
  }

  function start(): { worker: WorkerHandle; page: PageWorker } {
    pretendToBeBrowser({ Worker: PageWorker });
    PageWorker.started = [];
    const worker = startWorker();
    const [page] = PageWorker.started;
    return { worker, page };
  }

  test("a worker is a module of its own", () => {
    const { page } = start();
    expect(page.url.pathname).toMatch(/\/build\/browser\/worker\.js$/);
    expect(page.options).toEqual({ type: "module" });
  });

  test("messages go both ways, until the end", () => {
    const { worker, page } = start();
    const received: unknown[] = [];
    worker.onMessage((message) => received.push(message));
    worker.post("order");
    page.dispatchEvent(new MessageEvent("message", { data: "answer" }));
    expect(page.posted).toEqual(["order"]);
    expect(received).toEqual(["answer"]);
    // Pages know no such thing.
    worker.keepAlive(true);
    worker.terminate();
    expect(page.terminated).toBe(true);
  });

  test("every way to fail is reported, in words", () => {
    const { worker, page } = start();
    const failures: string[] = [];
    worker.onFailure((message) => failures.push(message));
    page.dispatchEvent(Object.assign(new Event("error"), { message: "it threw" }));
    // A script that cannot be loaded: the event is none of a thrown error.
    page.dispatchEvent(new Event("error"));
    page.dispatchEvent(new MessageEvent("messageerror"));
    expect(failures).toEqual([
      "it threw",
      "its script could not be loaded",
      "a message could not be read",
    ]);
  });
});
