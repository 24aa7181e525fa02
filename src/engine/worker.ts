/** What a worker of the pool executes: it instantiates the kernels once, then runs task by task. */
import { isNode } from "./features.js";
import { instantiateKernels } from "./instantiate.js";
import type { Kernels } from "./kernels.js";
import type { Answer, Order } from "./pool.js";

/** The part of a port that Node's `parentPort` and a browser's worker scope have in common. */
interface Port {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(answer: Answer): void;
}

let kernels: Kernels | undefined;
let thread = 0;

async function follow(order: Order): Promise<Answer> {
  try {
    if (order.kind === "start") {
      kernels = await instantiateKernels(order.module, order.memory);
      thread = order.thread;
    } else {
      kernels?.[order.operation](order.plan, thread, order.first, order.count);
    }
    return { kind: "done" };
  } catch (error) {
    return { kind: "failed", message: String(error) };
  }
}

const port: Port = isNode()
  ? (process.getBuiltinModule("node:worker_threads").parentPort as unknown as Port)
  : (globalThis as unknown as Port);

port.onmessage = async ({ data }) => port.postMessage(await follow(data));
