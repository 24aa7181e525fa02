/** How weights start out; biases start at zero. */
import { show } from "../data/arrays/show.js";
import type { Engine } from "../engine/engine.js";
import { OptionError } from "../errors.js";
import type { LayerParameters, Network } from "./network.js";

/**
 * - `glorot`: uniform within ±√(6 / (inputs + units)); Glorot and Bengio, AISTATS 2010, eq. 16
 * - `he`: normal with variance 2 / inputs; He et al., ICCV 2015, eq. 10
 * - `lecun`: normal with variance 1 / inputs; LeCun et al., Efficient BackProp, 1998, eq. 16
 * - `normal:σ`: normal with deviation σ, for instance `normal:0.01`
 * - `zeros`: all weights zero. Hidden units then stay equal for ever; for teaching
 */
export type Initialization = "glorot" | "he" | "lecun" | "zeros" | `normal:${number}`;

const NORMAL = /^normal:((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)$/i;

/**
 * Reads an initialisation from text, as a command line or a configuration has it.
 *
 * @throws OptionError when it is none of `Initialization`.
 */
export function parseInitialization(text: string): Initialization {
  if (text === "glorot" || text === "he" || text === "lecun" || text === "zeros") return text;
  const deviation = Number(NORMAL.exec(text)?.[1]);
  // The kernels take it as float32, where 1e39 would be infinite and 1e−46 zero.
  const rounded = Math.fround(deviation);
  if (Number.isFinite(rounded) && rounded > 0) return `normal:${deviation}`;
  throw new OptionError(
    `the initialisation is ${show(text)}, expected glorot, he, lecun, zeros or normal:σ with σ > 0, for instance normal:0.01`,
  );
}

/**
 * Sets all weights as `initialization` says and all biases to zero. The same seed gives the same
 * bits on every host.
 *
 * @throws OptionError when `initialization` is not one.
 */
export function initialize(network: Network, initialization: Initialization, seed: number): void {
  const checked = parseInitialization(initialization);
  const { engine } = network;
  const words = engine.memory.allocate(16);
  network.layers.forEach((layer, index) => {
    fillWeights(engine, layer, checked, { seed, layer: index, words });
    engine.memory.floats(layer.biases, layer.units).fill(0);
  });
  engine.memory.free(words);
}

function fillWeights(
  { kernels, memory }: Engine,
  { weights, inputs, units }: LayerParameters,
  initialization: Initialization,
  stream: { seed: number; layer: number; words: number },
): void {
  const count = inputs * units;
  const { seed, layer, words } = stream;
  // Square roots are exact in IEEE 754, so no engine differs here.
  switch (initialization) {
    case "zeros":
      memory.floats(weights, count).fill(0);
      break;
    case "glorot":
      kernels.fillUniform(weights, count, Math.sqrt(6 / (inputs + units)), seed, layer, words);
      break;
    case "he":
      kernels.fillNormal(weights, count, Math.sqrt(2 / inputs), seed, layer, words);
      break;
    case "lecun":
      kernels.fillNormal(weights, count, Math.sqrt(1 / inputs), seed, layer, words);
      break;
    default: {
      const deviation = Number(initialization.slice("normal:".length));
      kernels.fillNormal(weights, count, deviation, seed, layer, words);
    }
  }
}
