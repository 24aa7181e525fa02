/** A network in figures. */
import type { Architecture, Layer } from "./architecture.js";

/** A layer with its sizes, as summaries print it. */
export interface LayerSummary extends Layer {
  /** "layer 1", "layer 2", … */
  readonly name: string;
  /** Units of the layer before, or features of a sample. */
  readonly inputs: number;
  /** Weights and biases. */
  readonly parameters: number;
}

/** One entry a layer. */
export function summarize({ inputs, layers }: Architecture): LayerSummary[] {
  return layers.map(({ units, activation }, index) => {
    const layerInputs = index === 0 ? inputs : layers[index - 1].units;
    return {
      name: `layer ${index + 1}`,
      inputs: layerInputs,
      units,
      activation,
      parameters: (layerInputs + 1) * units,
    };
  });
}
