/** What a network says of many samples: whole batches in the kernels, on all threads or on the calling one. */
import { checkOptions } from "../arguments.js";
import { Regions } from "../engine/regions.js";
import type { Network } from "./network.js";
import { type Inputs, Portion, portionSize } from "./portion.js";
import { countSamples, roomFor } from "./predictionArguments.js";
import { PredictionPlans } from "./predictionPlans.js";

/** What may end the work, and where its outputs go. */
export interface PredictAllOptions {
  /** Ends the work after the batches under way. */
  readonly signal?: AbortSignal | undefined;
  /** Room for `samples · outputs` numbers, which is filled and returned; default: new room. */
  readonly outputs?: Float32Array | undefined;
}

/**
 * Outputs `[samples, outputs]` of inputs `[samples, features]`, all by the same weights: training under way goes on
 * when all is done. The workers compute one portion while the calling thread copies the next.
 *
 * @throws OptionError when the inputs are not whole samples of finite numbers, or `outputs` has another length.
 * @throws ModelError when a parameter, or an output, is not finite.
 * @throws EngineError when a worker fails, or the network has been disposed of.
 * @throws the signal's reason when it aborts.
 */
export async function predictAll(
  network: Network,
  inputs: Inputs,
  options: PredictAllOptions = {},
): Promise<Float32Array> {
  checkOptions("predictAll", options, { signal: "signal", outputs: "checked" });
  const { signal, outputs: room } = options;
  signal?.throwIfAborted();
  const samples = countSamples("predictAll", network, inputs);
  const outputs = roomFor("predictAll", network, samples, room);
  const { engine } = network;
  return engine.turns.together(async () => {
    signal?.throwIfAborted();
    const regions = new Regions(engine.memory);
    const runs: Promise<void>[] = [];
    try {
      const size = portionSize(network, inputs);
      const places = Array.from(
        { length: Math.min(2, Math.ceil(samples / size)) },
        () => new Portion(network, regions, inputs),
      );
      let plans: PredictionPlans | undefined;
      for (let first = 0; first < samples; first += size) {
        const portion = places[runs.length % places.length];
        // Whoever was in this place before has to be gone.
        await runs[runs.length - places.length];
        signal?.throwIfAborted();
        portion.enter(inputs, first, Math.min(size, samples - first));
        plans ??= new PredictionPlans(network, regions, portion, engine.execution.threads);
        const run = portion
          .run(plans, { weightsKept: first > 0, signal })
          .then(() => portion.leave("predictAll", inputs, outputs, first));
        // Awaited later: until then a failure is nobody's.
        run.catch(() => undefined);
        runs.push(run);
      }
      await Promise.all(runs);
      return outputs;
    } finally {
      await Promise.allSettled(runs);
      regions.free();
    }
  });
}

/** The same at once, on the calling thread, for `predict`. */
export function predictAllSync(
  network: Network,
  inputs: Inputs,
  room?: Float32Array,
): Float32Array {
  const samples = countSamples("predict", network, inputs);
  const outputs = roomFor("predict", network, samples, room);
  const regions = new Regions(network.engine.memory);
  try {
    const size = portionSize(network, inputs);
    const portion = new Portion(network, regions, inputs);
    let plans: PredictionPlans | undefined;
    for (let first = 0; first < samples; first += size) {
      portion.enter(inputs, first, Math.min(size, samples - first));
      plans ??= new PredictionPlans(network, regions, portion, 1);
      portion.runSync(plans, { weightsKept: first > 0 });
      portion.leave("predict", inputs, outputs, first);
    }
    return outputs;
  } finally {
    regions.free();
  }
}
