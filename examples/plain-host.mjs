// A saved model run by WebAssembly.instantiate and nothing else:
//   node examples/plain-host.mjs model.safetensors < input.json
// input.json is an array of numbers, one for each input; the outputs are printed as another. docs/abi.md explains it.
import { readFileSync } from "node:fs";

const beside = (path) => readFileSync(new URL(path, import.meta.url));
const { activation: CODES } = JSON.parse(beside("../abi/wasmlp.json")).constants;
const memory = new WebAssembly.Memory({ initial: 1 });
const imports = { env: { memory } };
const { instance } = await WebAssembly.instantiate(beside("../build/wasmlp.wasm"), imports);
const kernels = instance.exports;

let free = 64; // Byte 0 stays unused: 0 means "none".
function allocate(bytes) {
  const pointer = free;
  free += Math.ceil(bytes / 64) * 64;
  const missing = Math.ceil((free - memory.buffer.byteLength) / 65536);
  if (missing > 0) memory.grow(missing);
  return pointer;
}
function place(floats) {
  const pointer = allocate(4 * floats.length);
  new Float32Array(memory.buffer, pointer, floats.length).set(floats);
  return pointer;
}

const file = readFileSync(process.argv[2]);
const start = 8 + Number(file.readBigUInt64LE(0));
const { __metadata__: metadata, ...tensors } = JSON.parse(file.toString("utf8", 8, start));
function tensor(name) {
  const [from, to] = tensors[name].data_offsets;
  return place(new Float32Array(new Uint8Array(file.subarray(start + from, start + to)).buffer));
}

let values = place(JSON.parse(readFileSync(0, "utf8")));
let count = 0;
for (const [index, { activation }] of JSON.parse(metadata.wasmlp).layers.entries()) {
  const [units, inputs] = tensors[`${2 * index}.weight`].shape;
  const z = allocate(4 * units);
  const workspace = allocate(kernels.gemmWorkspace(units, inputs));
  kernels.gemmNT(z, values, tensor(`${2 * index}.weight`), workspace, 1, units, inputs, 0);
  const code = CODES[activation] ?? CODES.identity;
  kernels.activate(code, z, 0, units, z, units, tensor(`${2 * index}.bias`), 1, units);
  if (activation === "softmax") kernels.softmax(z, z, 1, units);
  [values, count] = [z, units];
}
console.log(JSON.stringify([...new Float32Array(memory.buffer, values, count)]));
