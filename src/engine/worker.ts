/**
 * What a worker of the pool executes: it instantiates the kernels once, then runs task by task. WebAssembly's own way
 * does for that, without AssemblyScript's loader: the script lies alone where servers are one folder, and Vite before 8
 * puts workers into scripts without imports.
 */
import { isNode } from "./features.js";
import type { Kernels } from "./kernels.js";
import type { Answer, Order } from "./pool.js";

/** The part of a port that Node's `parentPort` and a browser's worker scope have in common. */
interface Port {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(answer: Answer): void;
}

let kernels: Kernels | undefined;
let thread = 0;

function follow(order: Order): Answer {
  try {
    if (order.kind === "start") {
      const imports = { env: { memory: order.memory } };
      kernels = new WebAssembly.Instance(order.module, imports).exports as unknown as Kernels;
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

port.onmessage = ({ data }) => port.postMessage(follow(data));
