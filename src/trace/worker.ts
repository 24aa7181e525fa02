/** What a traced thread executes: as `src/engine/worker.ts`, and each answer has what was recorded. */
import { isNode } from "../engine/features.js";
import type { Kernels } from "../engine/kernels.js";
import type { Order } from "../engine/pool.js";
import { instantiateTracedKernels } from "../engine/tracedKernels.js";
import { Recorder } from "./recorder.js";
import type { TracedAnswer } from "./threads.js";

/** The part of a port that Node's `parentPort` and a browser's worker scope have in common. */
interface Port {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(answer: TracedAnswer, transferred: ArrayBuffer[]): void;
}

const recorder = new Recorder();
let kernels: Kernels | undefined;
let thread = 0;

async function follow(order: Order): Promise<TracedAnswer> {
  try {
    if (order.kind === "start") {
      kernels = await instantiateTracedKernels(order.module, order.memory, recorder.begin);
      thread = order.thread;
      return { kind: "done" };
    }
    kernels?.[order.operation](order.plan, thread, order.first, order.count);
    return { kind: "done", recording: recorder.take() };
  } catch (error) {
    return { kind: "failed", message: String(error) };
  }
}

const port: Port = isNode()
  ? (process.getBuiltinModule("node:worker_threads").parentPort as unknown as Port)
  : (globalThis as unknown as Port);

port.onmessage = async ({ data }) => {
  const answer = await follow(data);
  const { times, phases } = answer.recording ?? {};
  port.postMessage(answer, times && phases ? [times.buffer, phases.buffer] : []);
};
