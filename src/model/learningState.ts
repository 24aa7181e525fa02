/** What learning keeps of a network from step to step: the optimiser's state, and averaged parameters. */
import type { Pointer } from "../engine/kernels.js";
import type { LayerState } from "./layout.js";
import type { Network } from "./network.js";

export class LearningState {
  readonly #network: Network;
  readonly #layers: readonly LayerState[];

  /** An average begins as the parameters. */
  constructor(network: Network, layers: readonly LayerState[]) {
    this.#network = network;
    this.#layers = layers;
    layers.forEach(({ blocked, weightAverage, biasAverage }, index) => {
      if (weightAverage === 0) return;
      const { memory } = network.engine;
      const { inputs, units, weights, biases } = network.layers[index];
      memory.floats(biasAverage, units).set(memory.floats(biases, units));
      if (blocked) {
        network.engine.kernels.packBlocks(weightAverage, weights, 0, inputs, inputs, units);
      } else {
        memory.floats(weightAverage, inputs * units).set(memory.floats(weights, inputs * units));
      }
    });
  }

  /** Copies of all of it, by name. */
  copy(): Map<string, Float32Array> {
    return new Map([...this.#views()].map(([name, view]) => [name, view.slice()]));
  }

  /**
   * Goes on from what `copy` of a state like this one gave. Returns the name of what is missing or of
   * another size, and then has changed nothing.
   */
  restore(state: ReadonlyMap<string, Float32Array>): string | undefined {
    const views = this.#views();
    for (const [name, view] of views) {
      if (state.get(name)?.length !== view.length) return name;
    }
    for (const [name, view] of views) {
      const values = state.get(name);
      if (values) view.set(values);
    }
    return undefined;
  }

  /** Exchanges the network's parameters and their average; twice leaves all as it was. */
  exchangeAverage(): void {
    const { engine, layers } = this.#network;
    const { memory, kernels } = engine;
    this.#layers.forEach((state, index) => {
      const { inputs, units, weights, biases } = layers[index];
      exchange(memory.floats(biases, units), memory.floats(state.biasAverage, units));
      const current = memory.floats(weights, inputs * units);
      if (!state.blocked) {
        exchange(current, memory.floats(state.weightAverage, inputs * units));
        return;
      }
      const copy = current.slice();
      kernels.unpackBlocks(weights, state.weightAverage, inputs, units);
      const room = memory.allocate(copy.byteLength);
      memory.floats(room, copy.length).set(copy);
      kernels.packBlocks(state.weightAverage, room, 0, inputs, inputs, units);
      memory.free(room);
    });
  }

  #views(): Map<string, Float32Array> {
    const { memory } = this.#network.engine;
    const views = new Map<string, Float32Array>();
    this.#layers.forEach((state, index) => {
      const add = (name: string, place: Pointer, count: number) => {
        if (place !== 0) views.set(`${index}.${name}`, memory.floats(place, count));
      };
      // Blocks and rows of one length must not be taken for each other. The first layer's follow from
      // the data set.
      const weight = state.blocked && index > 0 ? "weight.blocks" : "weight";
      add(`${weight}.first`, state.weightFirst, state.weightCount);
      add(`${weight}.second`, state.weightSecond, state.weightCount);
      add(`${weight}.average`, state.weightAverage, state.weightCount);
      add("bias.first", state.biasFirst, state.biasCount);
      add("bias.second", state.biasSecond, state.biasCount);
      add("bias.average", state.biasAverage, state.biasCount);
    });
    return views;
  }
}

function exchange(a: Float32Array, b: Float32Array): void {
  const copy = a.slice();
  a.set(b);
  b.set(copy);
}
