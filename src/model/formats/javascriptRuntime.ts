/** The part of an exported module that is the same for every model: its constants stand before it. */

/** Reads LAYERS, NORMALIZATION, WEIGHTS, MISSING, INPUT_STANDARDIZATION, OUTPUT_STANDARDIZATION, PARAMETERS and KERNELS. */
export const runtime = `const OUTPUTS = LAYERS[LAYERS.length - 1][1];
const BYTE_SCALE = Math.fround(1 / 255);

let end = 64;
/** Room for so many float32 in the kernels' memory. @param {number} count */
function room(count) {
  const start = end;
  end += 16 * Math.ceil(count / 4);
  return start;
}

const first = room(inputCount);
const layers = LAYERS.map(([inputs, units, activation]) => ({
  inputs,
  units,
  activation,
  weights: room(inputs * units),
  biases: room(units),
  outputs: room(units),
}));
const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65536) });
const x = new Float32Array(memory.buffer, first, inputCount);
const y = new Float32Array(memory.buffer, layers[layers.length - 1].outputs, OUTPUTS);

/** @param {string} base64 */
function decode(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

{
  const parameters = decode(PARAMETERS);
  const bytes = new Uint8Array(memory.buffer);
  let read = 0;
  /** @param {number} count */
  const take = (count) => parameters.slice(read, (read += count));
  for (const { inputs, units, weights, biases } of layers) {
    if (WEIGHTS === "float32") {
      bytes.set(take(4 * inputs * units), weights);
    } else {
      const quantized = new Int8Array(take(inputs * units).buffer);
      const scales = new Float32Array(take(4 * units).buffer);
      const floats = new Float32Array(memory.buffer, weights, inputs * units);
      for (let unit = 0; unit < units; unit++) {
        for (let input = 0; input < inputs; input++) {
          floats[input * units + unit] = scales[unit] * quantized[unit * inputs + input];
        }
      }
    }
    bytes.set(take(4 * units), biases);
  }
}

const { instance } = await WebAssembly.instantiate(decode(KERNELS), { env: { memory } });
const { activate, logistic, multiplyRow, softmax } = instance.exports;

/**
 * What the network says of one sample: class probabilities, or values where it predicts values.
 *
 * @param {Uint8Array | Uint8ClampedArray | Float32Array} inputs raw; bytes stand for byte / 255; NaN is a missing number
                   of a table's model that was trained with them
 * @param {Float32Array} [outputs] room for the answer, which is filled and returned
 * @returns {Float32Array}
 */
export function predict(inputs, outputs = new Float32Array(OUTPUTS)) {
  if (inputs?.length !== inputCount) {
    const found = inputs?.length === undefined ? String(inputs) : \`\${inputs.length} input values\`;
    throw new RangeError(\`predict was given \${found}, expected \${inputCount} input values\`);
  }
  if (outputs.length !== OUTPUTS) {
    throw new RangeError(\`predict was given room for \${outputs.length} outputs, expected \${OUTPUTS}\`);
  }
  if (inputs instanceof Uint8Array || inputs instanceof Uint8ClampedArray) {
    for (let i = 0; i < inputCount; i++) x[i] = inputs[i] * BYTE_SCALE;
  } else if (!(inputs instanceof Float32Array)) {
    // Of numbers in an array nobody knows whether they are bytes.
    const found = inputs.constructor?.name ?? typeof inputs;
    throw new TypeError(\`predict was given \${found}, expected Uint8Array, Uint8ClampedArray or Float32Array\`);
  } else {
    for (let i = 0; i < inputCount; i++) {
      const value = Number.isNaN(inputs[i]) ? (MISSING[i] ?? NaN) : inputs[i];
      if (!Number.isFinite(value)) {
        throw new RangeError(\`predict was given \${inputs[i]} as feature \${i}, expected a finite number\`);
      }
      x[i] = value;
    }
  }
  if (INPUT_STANDARDIZATION) {
    const { mean, factor } = INPUT_STANDARDIZATION;
    for (let i = 0; i < inputCount; i++) x[i] = (x[i] - mean[i]) * factor[i];
  }
  let from = first;
  for (const { inputs: depth, units, activation, weights, biases, outputs: to } of layers) {
    multiplyRow(to, from, weights, depth, units);
    activate(activation, to, 0, units, to, units, biases, 1, units);
    from = to;
  }
  if (NORMALIZATION === "softmax") softmax(from, from, 1, OUTPUTS);
  if (NORMALIZATION === "logistic") logistic(from, OUTPUTS);
  outputs.set(y);
  if (OUTPUT_STANDARDIZATION) {
    const { mean, factor } = OUTPUT_STANDARDIZATION;
    for (let i = 0; i < OUTPUTS; i++) outputs[i] = outputs[i] / factor[i] + mean[i];
  }
  return outputs;
}
`;
