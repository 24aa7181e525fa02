/** Prints the fingerprints of the engine that runs this, as JSON. */
import { fingerprints } from "./fingerprint.mjs";

console.log(JSON.stringify(await fingerprints()));
