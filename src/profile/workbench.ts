/** Makes a kernel ready to be called, whichever way. */
import { Engine } from "../engine/engine.js";
import { chooseExecution } from "../engine/execution.js";
import { instantiateProfileKernels } from "../engine/profileKernels.js";
import { Regions } from "../engine/regions.js";
import { copyIn, type Numbers, type ProfiledKernel, type Shape } from "./kernel.js";
import type { Way } from "./variant.js";

export interface Ready {
  /** Calls the kernel once. */
  readonly call: () => void;
  /** The arrays as they are now; the first is the result. */
  readonly arrays: () => readonly Numbers[];
  /** Gives back the memory. */
  readonly free: () => void;
}

/** Keeps one instance of each module; to be used by one thread. */
export class Workbench {
  readonly #engines = new Map<"plain" | "relaxed", Promise<Engine>>();
  #profileKernels: ReturnType<typeof instantiateProfileKernels> | undefined;

  /**
   * @returns undefined where the kernel has no such variant
   * @throws EngineError "unsupported-host" when the host lacks what the variant needs or memory.
   * @throws OptionError when the host has no relaxed SIMD.
   */
  async prepare(kernel: ProfiledKernel, shape: Shape, way: Way): Promise<Ready | undefined> {
    if (way === "javascript") return this.#javascript(kernel, shape);
    if (way === "scalar") return this.#scalar(kernel, shape);
    return this.#simd(kernel, shape, way === "relaxed" ? "relaxed" : "plain");
  }

  #javascript(kernel: ProfiledKernel, shape: Shape): Ready | undefined {
    if (!kernel.javascript) return undefined;
    const arrays = kernel.arrays(shape);
    return {
      call: () => kernel.javascript?.(arrays, shape),
      arrays: () => arrays,
      free: () => undefined,
    };
  }

  async #scalar(kernel: ProfiledKernel, shape: Shape): Promise<Ready | undefined> {
    if (!kernel.scalar) return undefined;
    this.#profileKernels ??= instantiateProfileKernels();
    const { kernels, memory } = await this.#profileKernels;
    const regions = new Regions(memory);
    const arrays = kernel.arrays(shape);
    const pointers = copyIn(regions, memory, arrays);
    return {
      call: () => kernel.scalar?.(kernels, pointers, shape),
      arrays: () => copyOut(memory, arrays, pointers),
      free: () => regions.free(),
    };
  }

  async #simd(kernel: ProfiledKernel, shape: Shape, simd: "plain" | "relaxed"): Promise<Ready> {
    let acquired = this.#engines.get(simd);
    if (acquired === undefined) {
      acquired = Engine.acquire(chooseExecution({ threads: 1, simd }, false));
      this.#engines.set(simd, acquired);
    }
    const engine = await acquired;
    const regions = new Regions(engine.memory);
    const arrays = kernel.arrays(shape);
    const pointers = copyIn(regions, engine.memory, arrays);
    const call = kernel.simd({ engine, regions, pointers }, shape);
    return {
      call,
      arrays: () => copyOut(engine.memory, arrays, pointers),
      free: () => regions.free(),
    };
  }
}

function copyOut(
  memory: Engine["memory"],
  arrays: readonly Numbers[],
  pointers: readonly number[],
): readonly Numbers[] {
  return arrays.map((array, index) => {
    const { length } = array;
    if (array instanceof Float32Array) return memory.floats(pointers[index], length).slice();
    if (array instanceof Int32Array) return memory.integers(pointers[index], length).slice();
    return memory.bytes(pointers[index], length).slice();
  });
}
