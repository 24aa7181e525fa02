/** Workers that run plans together over one shared memory. They are started once. */
import { EngineError } from "../errors.js";
import type { Pointer } from "./kernels.js";
import { startWorker, type WorkerHandle } from "./workerHandle.js";

/** What the pool tells a worker. */
export type Order =
  | {
      readonly kind: "start";
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly thread: number;
    }
  | {
      readonly kind: "run";
      readonly operation: "train" | "evaluate" | "predictAll";
      readonly plan: Pointer;
      readonly first: number;
      readonly count: number;
    };

/** What a worker answers to each order. */
export type Answer =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };

export type RunOrder = Extract<Order, { kind: "run" }>;

/** An order that workers are carrying out. */
interface PostedOrder {
  /** Answers that have not come yet. */
  missing: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class WorkerPool {
  readonly #workers: readonly WorkerHandle[];
  /** The orders that each worker has not answered yet; it answers them in their order. */
  readonly #unanswered: readonly PostedOrder[][];
  #failure: EngineError | undefined;

  private constructor(threads: number, startThread: (thread: number) => WorkerHandle) {
    this.#workers = Array.from({ length: threads }, (_, thread) => startThread(thread));
    this.#unanswered = this.#workers.map(() => []);
    for (const [thread, worker] of this.#workers.entries()) {
      worker.onMessage((answer) => this.#receive(thread, answer as Answer));
      worker.onFailure((message) => this.#fail(message));
    }
  }

  /**
   * @param startThread what follows orders and answers them as `worker.ts` does
   * @throws EngineError "unsupported-host" when a worker cannot be started.
   */
  static async start(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    threads: number,
    startThread: (thread: number) => WorkerHandle = startWorker,
  ): Promise<WorkerPool> {
    const pool = new WorkerPool(threads, startThread);
    await pool.#order((thread) => ({ kind: "start", module, memory, thread }));
    return pool;
  }

  /**
   * Has every worker call the kernel, and resolves when all have returned. Orders that come meanwhile are handed
   * over at once: a worker begins with the next one whether or not the others have finished the one before.
   *
   * @throws EngineError "unsupported-host" when a worker fails; the pool is then of no more use.
   */
  run(order: Omit<RunOrder, "kind">): Promise<void> {
    return this.#order(() => ({ kind: "run", ...order }));
  }

  /** False when a worker has failed. */
  get usable(): boolean {
    return this.#failure === undefined;
  }

  /** Ends the workers; an order that is being carried out is rejected. */
  terminate(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#failure ??= new EngineError(
      "disposed",
      "the model was disposed of while its threads were running, expected it to live until they are done",
    );
    for (const orders of this.#unanswered) {
      for (const { reject } of orders.splice(0)) reject(this.#failure);
    }
  }

  #order(order: (thread: number) => Order): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const posted = { missing: this.#workers.length, resolve, reject };
      try {
        for (const [thread, worker] of this.#workers.entries()) {
          this.#unanswered[thread].push(posted);
          worker.post(order(thread));
          // While there is work to do the workers keep the process alive, not before or after.
          worker.keepAlive(true);
        }
      } catch (error) {
        // A host that does not hand the memory over, for instance.
        this.#fail(String(error));
      }
    });
  }

  #receive(thread: number, answer: Answer): void {
    if (answer.kind === "failed") {
      this.#fail(answer.message);
      return;
    }
    const orders = this.#unanswered[thread];
    const order = orders.shift();
    if (orders.length === 0) this.#workers[thread].keepAlive(false);
    if (order && --order.missing === 0) order.resolve();
  }

  /** The others may be waiting for the one that failed: none of them can be trusted to return. */
  #fail(message: string): void {
    this.#failure ??= new EngineError(
      "unsupported-host",
      `a worker thread failed (${message}), expected it to run the kernels`,
    );
    this.terminate();
  }
}
