/** Runs the steps of a plan, on the engine's workers or, without shared memory, in slices. */
import { nextTask } from "../tasks/nextTask.js";
import { runInSlices, SLICE } from "../tasks/slices.js";
import type { Engine } from "./engine.js";
import type { Pointer } from "./kernels.js";
import { completedSteps, requestStop, resetTeam, setPart } from "./team.js";
import type { Tracer } from "./tracer.js";

export interface Run {
  readonly operation: "train" | "evaluate" | "predictAll";
  readonly plan: Pointer;
  /** The plan's team. */
  readonly team: Pointer;
  /** The step to begin with, default 0: those before it are done. */
  readonly first?: number;
  /** Steps `first` to `steps` − 1 are run. */
  readonly steps: number;
  /** Records it, on threads of its own; with shared memory only. */
  readonly trace?: Tracer | undefined;
  /** Ends the run after the step under way. */
  readonly signal?: AbortSignal | undefined;
  /** Called several times a second, and at the end, with the number of steps that are done, `first` included. */
  readonly onTick?: (completed: number) => void;
}

/** Milliseconds between ticks. */
const TICK = 100;

/**
 * @throws the signal's reason when it aborts, and whatever `onTick` throws; either ends the run.
 * @throws EngineError when a worker fails.
 */
export async function runSteps(engine: Engine, run: Run): Promise<void> {
  run.signal?.throwIfAborted();
  resetTeam(engine.memory, run.team, engine.execution.threads);
  if (engine.execution.memory === "shared") await runOnWorkers(engine, run);
  else await runOnThisThread(engine, run);
  run.signal?.throwIfAborted();
}

async function runOnWorkers(engine: Engine, run: Run): Promise<void> {
  const { memory } = engine;
  const { operation, plan, team, first = 0, steps, trace, signal, onTick } = run;
  const stop = () => requestStop(memory, team);
  let thrown: { error: unknown } | undefined;
  const tick = () => {
    try {
      if (!thrown) onTick?.(Math.max(first, completedSteps(memory, team)));
    } catch (error) {
      thrown = { error };
      stop();
    }
  };
  signal?.addEventListener("abort", stop, { once: true });
  const timer = onTick && setInterval(tick, TICK);
  try {
    if (signal?.aborted) stop();
    const order = { operation, plan, first, count: steps - first };
    await (trace ? trace.run(engine, order) : (await engine.workers()).run(order));
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", stop);
  }
  tick();
  if (thrown) throw thrown.error;
}

/** In slices; a step that takes longer than one gives way between its tiles. */
async function runOnThisThread(engine: Engine, run: Run): Promise<void> {
  const { memory, kernels } = engine;
  const { operation, plan, team, first: begin = 0, steps, signal, onTick } = run;
  let ticked = performance.now();
  await runInSlices(steps - begin, signal, async (done, count) => {
    const first = begin + done;
    let sliced = performance.now();
    // The call behind the last tile finds nothing left and completes the step.
    for (let tile = 0; count === 1 && completedSteps(memory, team) <= first; tile++) {
      if (performance.now() - sliced > SLICE) {
        await nextTask();
        sliced = performance.now();
      }
      setPart(memory, team, tile, tile + 1);
      kernels[operation](plan, 0, first, 1);
    }
    setPart(memory, team, 0, 0);
    if (count > 1) kernels[operation](plan, 0, first, count);
    const completed = completedSteps(memory, team);
    const now = performance.now();
    if (completed === first + count && completed < steps && now - ticked < TICK) return undefined;
    ticked = now;
    onTick?.(completed);
    // The kernels end a run early when there is no point in going on.
    return completed === first + count ? undefined : "end";
  });
}
