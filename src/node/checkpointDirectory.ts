/** Checkpoints in a directory: the newest, and the one before in case that is torn. */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { FileError, ModelError } from "../errors.js";
import { type CheckpointSummary, summarizeCheckpoint } from "../training/checkpoint.js";
import { systemCode, writeError } from "./fileErrors.js";
import { readFileBytes, writeFileAtomically } from "./files.js";

const NEWEST = "checkpoint.safetensors";
const PREVIOUS = "checkpoint.previous.safetensors";

/** The newest checkpoint that is whole. */
export interface FoundCheckpoint extends CheckpointSummary {
  /** Its file. */
  readonly path: string;
  /** What `fit` takes as `resume`. */
  readonly bytes: Uint8Array;
  /** Why the newest was not taken, where it was not. */
  readonly refused?: string;
}

/**
 * Checkpoints in a folder, of which at every moment at least one is whole, whenever the process is killed.
 */
export class CheckpointDirectory {
  /** The folder. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the directory where it does not exist.
   *
   * @throws FileError when it cannot be made.
   */
  static async open(path: string): Promise<CheckpointDirectory> {
    try {
      await mkdir(path, { recursive: true });
    } catch (cause) {
      if (systemCode(cause) === "EEXIST") {
        throw new FileError(`${path}: is a file, expected a folder for checkpoints`, { cause });
      }
      throw writeError(path, cause);
    }
    return new CheckpointDirectory(path);
  }

  /**
   * Writes a checkpoint; the newest so far becomes the previous one. At every moment at least one of them
   * is whole.
   *
   * @throws FileError when it cannot be written.
   */
  async write(checkpoint: Uint8Array): Promise<void> {
    const [newest, previous] = [join(this.path, NEWEST), join(this.path, PREVIOUS)];
    try {
      await rename(newest, previous);
    } catch (cause) {
      if (systemCode(cause) !== "ENOENT") throw writeError(previous, cause);
    }
    await writeFileAtomically(newest, checkpoint);
  }

  /**
   * The newest checkpoint that is whole; undefined where there is none.
   *
   * @throws FileError when the files cannot be read.
   * @throws ModelError when there are some but none is whole.
   */
  async read(): Promise<FoundCheckpoint | undefined> {
    const refusals: string[] = [];
    for (const name of [NEWEST, PREVIOUS]) {
      const path = join(this.path, name);
      try {
        const bytes = await readFileBytes(path);
        const summary = summarizeCheckpoint(bytes, path);
        const [refused] = refusals;
        return { path, bytes, ...summary, ...(refused !== undefined && { refused }) };
      } catch (error) {
        if (error instanceof ModelError) refusals.push(error.message);
        else if (!(error instanceof FileError && systemCode(error.cause) === "ENOENT")) throw error;
      }
    }
    if (refusals.length > 0) throw new ModelError(refusals[refusals.length - 1]);
    return undefined;
  }

  /** Removes the checkpoints, as after the end of a run. */
  async clear(): Promise<void> {
    for (const name of [NEWEST, PREVIOUS]) await rm(join(this.path, name), { force: true });
  }
}
