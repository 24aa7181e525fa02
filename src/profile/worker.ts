/** What a thread of a `ProfileTeam` executes. */
import { isNode } from "../engine/features.js";
import { meet } from "./gate.js";
import { KERNELS } from "./kernels/index.js";
import { ROOFS } from "./roofs.js";
import type { Answer, Order } from "./team.js";
import { type Ready, Workbench } from "./workbench.js";

/** The part of a port that Node's `parentPort` and a browser's worker scope have in common. */
interface Port {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(answer: Answer): void;
}

const workbench = new Workbench();
const subjects = new Map<number, Ready>();

async function follow(order: Order): Promise<Answer> {
  try {
    if (order.kind === "prepare") {
      const kernel = [...KERNELS, ...ROOFS].find(({ name }) => name === order.kernel);
      const ready = kernel && (await workbench.prepare(kernel, order.shape, order.way));
      if (!ready) return { kind: "failed", message: `no ${order.kernel} as ${order.way}` };
      subjects.set(order.id, ready);
      return { kind: "done", start: 0, end: 0 };
    }
    const call = subjects.get(order.id)?.call;
    if (order.gate) meet(order.gate);
    const start = now();
    for (let index = 0; index < order.calls; index++) call?.();
    return { kind: "done", start, end: now() };
  } catch (error) {
    return { kind: "failed", message: String(error) };
  }
}

/** Milliseconds on a clock that all threads share. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

const port: Port = isNode()
  ? (process.getBuiltinModule("node:worker_threads").parentPort as unknown as Port)
  : (globalThis as unknown as Port);

port.onmessage = async ({ data }) => port.postMessage(await follow(data));
