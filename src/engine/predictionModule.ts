/** The small module that exported models carry, as bytes (`assembly/predict/index.ts`). */
import { readModule } from "./instantiate.js";

/** Literal, so that bundlers find the file; of those pages only that export models. */
const MODULE_URL = new URL("../../build/wasmlp.predict.wasm", import.meta.url);

/** @throws EngineError "unsupported-host" when a server does not deliver it. */
export function readPredictionModule(): Promise<Uint8Array> {
  return readModule(MODULE_URL);
}
