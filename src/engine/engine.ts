/** The kernels, the linear memory that they work on, and the threads that run them. */
import type { Execution } from "./execution.js";
import { compileModule, instantiateKernels } from "./instantiate.js";
import type { Kernels } from "./kernels.js";
import { LinearMemory } from "./linearMemory.js";
import { WorkerPool } from "./pool.js";
import { Turns } from "./turns.js";

/**
 * One instance of the module over one memory. Every model owns one, so that models can be trained
 * side by side.
 */
export class Engine {
  readonly execution: Execution;
  readonly kernels: Kernels;
  readonly memory: LinearMemory;
  /** Training takes turns with whatever reads the parameters it changes. */
  readonly turns = new Turns();
  readonly #module: WebAssembly.Module;
  #pool: Promise<WorkerPool> | undefined;

  private constructor(
    execution: Execution,
    module: WebAssembly.Module,
    kernels: Kernels,
    memory: LinearMemory,
  ) {
    this.execution = execution;
    this.#module = module;
    this.kernels = kernels;
    this.memory = memory;
  }

  /**
   * A fresh engine, or one that was released before.
   *
   * @throws EngineError "unsupported-host" when the host does not compile the module.
   */
  static async acquire(execution: Execution): Promise<Engine> {
    const index = idleEngines.findIndex((engine) => engine.#suits(execution));
    if (index >= 0) return idleEngines.splice(index, 1)[0];
    const module = await compileModule(execution);
    const memory = new LinearMemory(execution.memory);
    const kernels = await instantiateKernels(module, memory.memory);
    return new Engine(execution, module, kernels, memory);
  }

  /** Takes back an engine. One with regions in use, by a fit under way for instance, is let go. */
  static release(engine: Engine): void {
    const { memory } = engine;
    const small = memory.memory.buffer.byteLength <= MAXIMUM_IDLE_BYTES;
    if (memory.allocatedBytes > 0 || !small) {
      void engine.#stop();
      return;
    }
    idleEngines.push(engine);
    if (idleEngines.length <= MAXIMUM_IDLE) return;
    // What was used last is most likely to be wanted again: the oldest makes room.
    const [oldest] = idleEngines.splice(0, 1);
    void oldest.#stop();
  }

  /**
   * The workers, started at the first call, and anew after one of them has failed. Only with shared
   * memory.
   */
  workers(): Promise<WorkerPool> {
    const start = () => WorkerPool.start(this.#module, this.memory.memory, this.execution.threads);
    const before = this.#pool;
    this.#pool = before?.then((pool) => (pool.usable ? pool : start()), start) ?? start();
    return this.#pool;
  }

  #suits({ threads, simd, memory }: Execution): boolean {
    const own = this.execution;
    return own.threads === threads && own.simd === simd && own.memory === memory;
  }

  async #stop(): Promise<void> {
    const pool = await this.#pool?.catch(() => undefined);
    pool?.terminate();
  }
}

/**
 * Linear memory cannot shrink and is returned to the system only when garbage is collected, and
 * workers take their time to start, so that a program that makes and disposes of many models would
 * pile up both. A few small engines are kept for the next model instead.
 */
const MAXIMUM_IDLE = 4;
const MAXIMUM_IDLE_BYTES = 64 * 2 ** 20;
const idleEngines: Engine[] = [];
