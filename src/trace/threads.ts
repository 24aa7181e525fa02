/** Threads of a traced build: a pool like any other, whose answers are listened to. */
import type { Engine } from "../engine/engine.js";
import { isNode } from "../engine/features.js";
import { type Answer, WorkerPool } from "../engine/pool.js";
import { compileTracedModule } from "../engine/tracedKernels.js";
import { nodeWorkerHandle, type WorkerHandle, webWorkerHandle } from "../engine/workerHandle.js";
import type { Recording } from "./recorder.js";

/** What a traced worker answers; to an order to run with what it recorded. */
export type TracedAnswer = Answer & { readonly recording?: Recording | undefined };

/** @throws EngineError "unsupported-host" when the module does not compile or a worker does not start. */
export async function startTracedThreads(
  engine: Engine,
  onRecording: (thread: number, recording: Recording) => void,
): Promise<WorkerPool> {
  const { simd, threads } = engine.execution;
  const module = await compileTracedModule(simd);
  return WorkerPool.start(module, engine.memory.memory, threads, (thread) => {
    const worker = startTracedWorker();
    const listen = (message: unknown) => {
      const { recording } = message as TracedAnswer;
      if (recording) onRecording(thread, recording);
    };
    return {
      ...worker,
      onMessage(listener) {
        worker.onMessage((message) => {
          listen(message);
          listener(message);
        });
      },
    };
  });
}

/** The same from `src/trace` and `build/trace`; literal, so that bundlers find the file. */
function startTracedWorker(): WorkerHandle {
  if (isNode()) {
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    return nodeWorkerHandle(
      new Worker(new URL("../../build/trace/worker.js", import.meta.url), {
        execArgv: [],
        env: {},
      }),
    );
  }
  return webWorkerHandle(
    new Worker(new URL("../../build/trace/worker.js", import.meta.url), { type: "module" }),
  );
}
