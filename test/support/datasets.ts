/** Small data sets that the tests of training share. */
import { createDataset, type Dataset } from "../../src/data/dataset.js";
import { randomNumbers } from "./numbers.js";

/** The four cases of exclusive or, which no network without a hidden layer can tell apart. */
export function xor(): Dataset {
  return createDataset({
    name: "exclusive or",
    inputs: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
    features: 2,
    targets: { kind: "classes", labels: Uint8Array.of(0, 1, 1, 0), names: ["equal", "different"] },
  });
}

/** Points around three corners of a square, far enough apart to be told apart without error. */
export function corners(samples: number, seed = 1): Dataset {
  const next = randomNumbers(seed);
  const labels = Uint8Array.from({ length: samples }, (_, sample) => sample % 3);
  const inputs = Float32Array.from({ length: 2 * samples }, (_, index) => {
    const label = labels[index >> 1];
    const corner = index % 2 === 0 ? label === 1 : label === 2;
    return Number(corner) + 0.2 * next();
  });
  return createDataset({
    name: "corners",
    inputs,
    features: 2,
    targets: { kind: "classes", labels, names: ["origin", "right", "top"] },
  });
}

/** Random pictures of `width` × 3 pixels with random labels of four classes. */
export function noise(samples: number, width = 5, seed = 1): Dataset {
  const next = randomNumbers(seed);
  const features = 3 * width;
  return createDataset({
    name: "noise",
    inputs: Uint8Array.from({ length: samples * features }, () => Math.abs(next()) * 256),
    features,
    image: { width, height: 3 },
    targets: {
      kind: "classes",
      labels: Uint8Array.from({ length: samples }, () => Math.abs(next()) * 4),
      names: ["a", "b", "c", "d"],
    },
  });
}
