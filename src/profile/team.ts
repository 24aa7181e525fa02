/** Threads that call a kernel at the same time, each on arrays of its own. */
import { isNode } from "../engine/features.js";
import {
  type NodeWorker,
  nodeWorkerHandle,
  type WorkerHandle,
  webWorkerHandle,
} from "../engine/workerHandle.js";
import { EngineError } from "../errors.js";
import type { Gate } from "./gate.js";
import type { Shape } from "./kernel.js";
import type { Instance } from "./measure.js";
import type { Way } from "./variant.js";

/** What a worker is asked; it answers each with an `Answer`. */
export type Order =
  | {
      readonly kind: "prepare";
      readonly id: number;
      readonly kernel: string;
      readonly shape: Shape;
      readonly way: Way;
    }
  | {
      readonly kind: "sample";
      readonly id: number;
      readonly calls: number;
      /** Where threads wait for each other before. */
      readonly gate: Gate | undefined;
    };

/** Milliseconds since 1970 at which the calls began and ended; 0 of what was prepared. */
export type Answer =
  | { readonly kind: "done"; readonly start: number; readonly end: number }
  | { readonly kind: "failed"; readonly message: string };

type Settle = { resolve: (answer: Answer) => void; reject: (error: Error) => void };

export class ProfileTeam {
  readonly #workers: readonly WorkerHandle[];
  readonly #waiting: (Settle | undefined)[];
  /** Threads that have come to a sample so far, all together; nothing where memory is not shared. */
  readonly #arrived: Int32Array | undefined;
  #samples = 0;
  #subjects = 0;

  constructor(threads: number) {
    this.#workers = Array.from({ length: threads }, startProfileWorker);
    this.#waiting = this.#workers.map(() => undefined);
    if (threads > 1 && typeof SharedArrayBuffer === "function") {
      this.#arrived = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    }
    for (const [index, worker] of this.#workers.entries()) {
      worker.onMessage((message) => this.#settle(index, message as Answer));
      worker.onFailure((message) => this.#settle(index, { kind: "failed", message }));
    }
  }

  /**
   * An instance whose calls all threads make at once; its time is from the first that begins to the last
   * that ends.
   *
   * @throws EngineError "unsupported-host" when a worker fails.
   */
  async prepare(kernel: string, shape: Shape, way: Way): Promise<Instance> {
    const id = this.#subjects++;
    await this.#ask({ kind: "prepare", id, kernel, shape, way });
    return {
      sample: async (calls) => {
        const all = ++this.#samples * this.#workers.length;
        const gate = this.#arrived && { arrived: this.#arrived, all };
        const answers = await this.#ask({ kind: "sample", id, calls, gate });
        const start = Math.min(...answers.map((answer) => answer.start));
        return Math.max(...answers.map(({ end }) => end)) - start;
      },
    };
  }

  terminate(): void {
    for (const worker of this.#workers) worker.terminate();
  }

  async #ask(order: Order): Promise<Extract<Answer, { kind: "done" }>[]> {
    for (const worker of this.#workers) worker.keepAlive(true);
    try {
      const answers = await Promise.all(
        this.#workers.map(
          (worker, index) =>
            new Promise<Answer>((resolve, reject) => {
              this.#waiting[index] = { resolve, reject };
              worker.post(order);
            }),
        ),
      );
      return answers.map((answer) => {
        if (answer.kind === "done") return answer;
        throw new EngineError(
          "unsupported-host",
          `a thread of the profile failed (${answer.message}), expected it to run the kernel`,
        );
      });
    } finally {
      for (const worker of this.#workers) worker.keepAlive(false);
    }
  }

  #settle(index: number, answer: Answer): void {
    this.#waiting[index]?.resolve(answer);
    this.#waiting[index] = undefined;
  }
}

/** The same from `src/profile` and `build/profile`; literal, so that bundlers find the file. */
function startProfileWorker(): WorkerHandle {
  if (isNode()) {
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const worker: NodeWorker = new Worker(
      new URL("../../build/profile/worker.js", import.meta.url),
      { execArgv: [], env: {} },
    );
    return nodeWorkerHandle(worker);
  }
  return webWorkerHandle(
    new Worker(new URL("../../build/profile/worker.js", import.meta.url), { type: "module" }),
  );
}
