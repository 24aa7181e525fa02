/** What records where the time of a training goes; `src/trace/` has the one that the package offers. */
import type { Engine } from "./engine.js";
import type { RunOrder } from "./pool.js";

/** What the thread that calls `fit` is doing: TypeScript itself, or waiting for threads that do the named. */
export type Activity = "TypeScript" | "training" | "validation";

export interface Tracer {
  /**
   * The calling thread does something else from now on.
   *
   * @param epoch counted from 1
   */
  begin(activity: Activity, epoch: number): void;
  /** Has threads of its own run a plan over the engine's memory, as `WorkerPool.run` does. */
  run(engine: Engine, order: Omit<RunOrder, "kind">): Promise<void>;
  /** The training has ended, well or not: stops the threads. */
  end(): void;
}
