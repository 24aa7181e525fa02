/** Small modules from text, by the assembler that the compiler of the kernels stands on. */
import binaryen from "binaryen";
import { decodeModule, type WasmModule } from "../../src/profile/disassembly/module.js";

export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.All);
  try {
    if (!module.validate()) throw new Error(`not valid: ${text}`);
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}

export function decodeText(text: string): WasmModule {
  return decodeModule(assemble(text));
}
