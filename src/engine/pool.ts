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

export class WorkerPool {
  readonly #workers: readonly WorkerHandle[];
  /** Settles when the orders so far have been carried out. */
  #last: Promise<void> = Promise.resolve();
  #pending: { missing: number; resolve: () => void; reject: (error: Error) => void } | undefined;
  #failure: EngineError | undefined;

  private constructor(threads: number, startThread: (thread: number) => WorkerHandle) {
    this.#workers = Array.from({ length: threads }, (_, thread) => startThread(thread));
    for (const worker of this.#workers) {
      worker.onMessage((answer) => this.#receive(answer as Answer));
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
   * Has every worker call the kernel, and resolves when all have returned. Orders that come
   * meanwhile, for instance to evaluate while training, wait for their turn.
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
    this.#pending?.reject(this.#failure);
  }

  #order(order: (thread: number) => Order): Promise<void> {
    const turn = this.#last.then(() => this.#carryOut(order));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #carryOut(order: (thread: number) => Order): Promise<void> {
    if (this.#failure) throw this.#failure;
    // While an order is carried out the workers keep the process alive, not before or after.
    for (const worker of this.#workers) worker.keepAlive(true);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#pending = { missing: this.#workers.length, resolve, reject };
        try {
          for (const [thread, worker] of this.#workers.entries()) worker.post(order(thread));
        } catch (error) {
          // A host that does not hand the memory over, for instance.
          this.#fail(String(error));
        }
      });
    } finally {
      this.#pending = undefined;
      for (const worker of this.#workers) worker.keepAlive(false);
    }
  }

  #receive(answer: Answer): void {
    if (answer.kind === "failed") {
      this.#fail(answer.message);
      return;
    }
    const pending = this.#pending;
    if (pending && --pending.missing === 0) pending.resolve();
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
