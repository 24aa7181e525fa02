/** The kernels and the linear memory that they work on. */
import { instantiate } from "./instantiate.js";
import type { Kernels } from "./kernels.js";
import { LinearMemory } from "./linearMemory.js";

/**
 * One instance of the module over one memory. Every model owns one, so that models can be trained
 * side by side.
 */
export class Engine {
  readonly kernels: Kernels;
  readonly memory: LinearMemory;

  private constructor(kernels: Kernels, memory: LinearMemory) {
    this.kernels = kernels;
    this.memory = memory;
  }

  /** A fresh engine, or one that was released before. */
  static async acquire(): Promise<Engine> {
    const idle = idleEngines.pop();
    if (idle) return idle;
    const memory = new LinearMemory();
    return new Engine(await instantiate(memory.memory), memory);
  }

  /** Takes back an engine. One with regions in use, by a fit under way for instance, is let go. */
  static release(engine: Engine): void {
    const { memory } = engine;
    if (memory.allocatedBytes > 0 || memory.memory.buffer.byteLength > MAXIMUM_IDLE_BYTES) return;
    if (idleEngines.length < MAXIMUM_IDLE) idleEngines.push(engine);
  }
}

/**
 * Linear memory cannot shrink and is returned to the system only when garbage is collected, so
 * that a program that makes and disposes of many models would pile it up. A few small engines are
 * kept for the next model instead; large ones are left to the collector.
 */
const MAXIMUM_IDLE = 4;
const MAXIMUM_IDLE_BYTES = 64 * 2 ** 20;
const idleEngines: Engine[] = [];
