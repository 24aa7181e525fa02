/** How threads pass many samples through a network, each batch after batch by itself. */
import type { Pointer } from "../engine/kernels.js";
import { EMPTY_PLAN, LOSS_CODES, type PlanFields, SPARSE_ROWS } from "../engine/plan.js";
import type { Regions } from "../engine/regions.js";
import { resetTeam, spinsFor, teamBytes } from "../engine/team.js";
import { lossOf } from "./architecture.js";
import { layOutLayers, layOutScratch } from "./layout.js";
import type { Network } from "./network.js";
import { isSparse, layOutSparseBatches, NO_SPARSE_BATCHES } from "./sparseLayout.js";

/** Rows of a batch, which a thread passes through the network by itself. */
export const PREDICTED_ROWS = SPARSE_ROWS;

/** So many samples say whether inputs are mostly zeros; the outputs' bits do not depend on it. */
const COUNTED_SAMPLES = 64;

/** Samples in linear memory, `[samples, features]`. */
export interface FirstSamples {
  readonly inputs: Pointer;
  readonly inputsAreBytes: boolean;
  readonly samples: number;
}

/** A plan of all threads together, and one of each with buffers of its own; whose samples they are is left open. */
export class PredictionPlans {
  readonly all: PlanFields;
  /** One of each thread. */
  readonly own: readonly PlanFields[];

  /**
   * @param first samples that are in linear memory; whether they are mostly zeros decides how all are read
   * @throws EngineError when the host grants no more memory.
   */
  constructor(network: Network, regions: Regions, first: FirstSamples, threads: number) {
    const { engine, layers, architecture } = network;
    const { inputsAreBytes } = first;
    const features = architecture.inputs;
    const firstLayer = areMostlyZero(network, first) ? "sparse" : "dense";
    const layOutOwn = (packedWeights?: readonly Pointer[]) => {
      const team = regions.allocateBytes(teamBytes(1));
      resetTeam(engine.memory, team, 1);
      const layout = layOutLayers(
        network,
        regions,
        PREDICTED_ROWS,
        firstLayer,
        undefined,
        packedWeights,
      );
      // A row may have no zero at all.
      const density = { mean: 1, largestRow: features };
      const shape = { features, rows: PREDICTED_ROWS, steps: 1, density, threads: 1 };
      const fields: PlanFields = {
        ...EMPTY_PLAN,
        layerCount: layers.length,
        layers: layout.table,
        features,
        inputsAreBytes: inputsAreBytes ? 1 : 0,
        inputScale: inputsAreBytes ? 1 / 255 : 1,
        batchSize: PREDICTED_ROWS,
        loss: LOSS_CODES[lossOf(architecture)],
        ...(firstLayer === "sparse"
          ? layOutSparseBatches(engine, regions, "evaluate", shape)
          : NO_SPARSE_BATCHES),
        batchInputs:
          firstLayer === "dense" ? regions.allocateNumbers(PREDICTED_ROWS * features) : 0,
        ...layOutScratch(network, regions, 1),
        team,
      };
      return { fields, packedWeights: layout.packedWeights };
    };
    const leader = layOutOwn();
    const others = Array.from({ length: threads - 1 }, () => layOutOwn(leader.packedWeights));
    this.all = { ...leader.fields, batchKept: 1, threads, spins: spinsFor(threads) };
    this.own = [leader.fields, ...others.map(({ fields }) => fields)];
  }
}

function areMostlyZero({ engine, architecture }: Network, first: FirstSamples): boolean {
  const { countNonZeroBytes, countNonZeroFloats } = engine.kernels;
  const count = first.inputsAreBytes ? countNonZeroBytes : countNonZeroFloats;
  const features = architecture.inputs;
  const values = Math.min(COUNTED_SAMPLES, first.samples) * features;
  const mean = count(first.inputs, values) / values;
  return isSparse({ mean, largestRow: features });
}
