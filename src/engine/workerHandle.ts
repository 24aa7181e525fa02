/** A worker, seen the same way in Node and in browsers. */
import { isNode } from "./features.js";
import { locationOf } from "./locate.js";

export interface WorkerHandle {
  post(message: unknown): void;
  /** Called with each message that the worker posts. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called when the worker fails outside of its own error handling. */
  onFailure(listener: (message: string) => void): void;
  terminate(): void;
  /** Whether the worker keeps the process alive; browsers have no such notion. */
  keepAlive(active: boolean): void;
}

/** The part of Node's `Worker` that is needed. */
export interface NodeWorker {
  postMessage(message: unknown): void;
  on(event: "message" | "messageerror" | "error", listener: (value: unknown) => void): unknown;
  terminate(): unknown;
  ref(): void;
  unref(): void;
}

/** The same from `src/engine` and from `build/engine`; workers run what was built. */
export function startWorker(): WorkerHandle {
  return isNode() ? startNodeWorker() : startWebWorker();
}

function startNodeWorker(): WorkerHandle {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const location =
    locationOf("worker.js") ??
    // Bundlers for pages would emit a file that no page asks for.
    new URL(
      /* webpackIgnore: true */ /* @vite-ignore */ "../../build/engine/worker.js",
      import.meta.url,
    );
  const worker = new Worker(location, {
    // The host's own flags and environment are of no use to the kernels.
    execArgv: [],
    env: {},
  });
  return nodeWorkerHandle(worker);
}

/** Of a worker thread that has just been started. */
export function nodeWorkerHandle(worker: NodeWorker): WorkerHandle {
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on("message", listener),
    onFailure: (listener) => {
      worker.on("error", (error) => listener(String(error)));
      worker.on("messageerror", (error) => listener(String(error)));
    },
    terminate: () => void worker.terminate(),
    keepAlive: (active) => (active ? worker.ref() : worker.unref()),
  };
}

function startWebWorker(): WorkerHandle {
  const location = locationOf("worker.js");
  if (location) return webWorkerHandle(new Worker(location, { type: "module" }));
  // Literal, so that bundlers find the file.
  const worker = new Worker(new URL("../../build/browser/worker.js", import.meta.url), {
    type: "module",
  });
  return webWorkerHandle(worker);
}

/** Of a page's worker that has just been started. */
export function webWorkerHandle(worker: Worker): WorkerHandle {
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      worker.addEventListener("message", ({ data }) => listener(data));
    },
    onFailure: (listener) => {
      // The event of a script that did not load has no message.
      worker.addEventListener("error", ({ message }) => {
        listener(message ?? "its script could not be loaded");
      });
      worker.addEventListener("messageerror", () => listener("a message could not be read"));
    },
    terminate: () => worker.terminate(),
    keepAlive: () => undefined,
  };
}
