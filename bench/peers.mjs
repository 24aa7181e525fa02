/** The programs that are compared, each a small file that takes a job and prints its times. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const directory = join(import.meta.dirname, "peers");
const python = join(import.meta.dirname, ".venv/bin/python");

/** Milliseconds after which a peer is given up. */
const PATIENCE = 600_000;

/** How each is called in the table, and its file. */
export const PEERS = {
  wasmlp: { name: "wasmlp", file: "wasmlp.mjs" },
  numpy: { name: "NumPy", file: "numpy_seed.py" },
  pytorch: { name: "PyTorch", file: "pytorch.py" },
  jax: { name: "JAX", file: "jax_scan.py" },
  tfjs: { name: "TensorFlow.js WASM", file: "tfjs.mjs" },
  jaxjs: { name: "jax-js WASM", file: "jaxjs.mjs" },
};

/**
 * What a peer finds in its environment: all that is in ours but settings that make OpenBLAS behave as on
 * another processor, which would slow NumPy down.
 */
const environment = { ...process.env };
delete environment.OPENBLAS_CORETYPE;
delete environment.OPENBLAS_L2_SIZE;

/**
 * Runs a peer in a process of its own.
 *
 * @param {keyof typeof PEERS} peer
 * @param {object} job as peers/job.py describes it
 * @returns {{ skipped?: string, version?: string, epochs?: { seconds: number, loss: number }[] }}
 */
export function runPeer(peer, job) {
  const { file } = PEERS[peer];
  const command = file.endsWith(".py") ? python : process.execPath;
  if (!existsSync(command)) return { skipped: "run bench/peers/setup.sh first" };
  const args = [join(directory, file), JSON.stringify(job)];
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    env: environment,
    timeout: PATIENCE,
  });
  if (error) return { skipped: error.message };
  if (status === 0) return JSON.parse(stdout);
  const lines = stderr.trim().split("\n");
  const reason = lines.find((line) => /Error\b/.test(line)) ?? lines[lines.length - 1];
  return { skipped: reason || `it ended with code ${status}` };
}
