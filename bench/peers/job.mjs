/** The same as job.py, for peers in JavaScript. */
import { readFileSync } from "node:fs";

/** @returns {Record<string, any>} the job, as job.py describes it */
export function readJob() {
  return JSON.parse(process.argv[2]);
}

/**
 * Inputs `[samples, features]` in 0 … 1 and one-hot labels `[samples, classes]`.
 *
 * @param {ReturnType<typeof readJob>} job
 */
export function readData({ inputs, labels, samples, features, classes }) {
  const bytes = readFileSync(inputs).subarray(0, samples * features);
  const oneHot = new Float32Array(samples * classes);
  readFileSync(labels)
    .subarray(0, samples)
    .forEach((label, sample) => {
      oneHot[sample * classes + label] = 1;
    });
  return { inputs: Float32Array.from(bytes, (byte) => byte / 255), labels: oneHot };
}

/**
 * Weights `[inputs, units]`, uniform as of Glorot and Bengio, layer by layer; biases begin as 0.
 *
 * @param {ReturnType<typeof readJob>} job
 */
export function initialLayers({ features, hidden, classes }) {
  const widths = [features, ...hidden, classes];
  return widths.slice(1).map((units, index) => {
    const inputs = widths[index];
    const limit = Math.sqrt(6 / (inputs + units));
    const draw = () => (2 * Math.random() - 1) * limit;
    return { inputs, units, weights: Float32Array.from({ length: inputs * units }, draw) };
  });
}

/**
 * Times `trainEpoch`, which resolves with the mean loss, and prints the result.
 *
 * @param {string} version
 * @param {number} epochs
 * @param {() => Promise<number>} trainEpoch
 */
export async function report(version, epochs, trainEpoch) {
  const rows = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const start = performance.now();
    const loss = await trainEpoch();
    rows.push({ seconds: (performance.now() - start) / 1000, loss });
  }
  console.log(JSON.stringify({ version, epochs: rows }));
}
