/** What a training run writes while it goes on: checkpoints and logs. */
import type { EpochReport, FitOptions } from "../index.js";
import { OptionError } from "../index.js";
import { CheckpointDirectory, openRunLog, openTensorBoardLog, type RunLog } from "../node/index.js";
import type { Terminal } from "./terminal.js";

export interface RecordFlags {
  readonly checkpointDir?: string;
  readonly resume?: true;
  readonly log?: string;
  readonly tensorboard?: string;
}

export interface RunRecords {
  /** What `fit` is to be told for them. */
  readonly fitOptions: Pick<FitOptions, "onCheckpoint" | "resume">;
  /** Writes an epoch's figures to the logs. */
  readonly epoch: (report: EpochReport) => Promise<void>;
}

/**
 * Opens what the flags ask for; a run that is resumed goes on with its logs.
 *
 * @throws OptionError when the flags do not fit together, or a run would overwrite another's checkpoint.
 * @throws FileError or ModelError when a file cannot be used.
 */
export async function openRecords(flags: RecordFlags, terminal: Terminal): Promise<RunRecords> {
  const { checkpointDir, resume, log, tensorboard } = flags;
  if (resume && checkpointDir === undefined) {
    throw new OptionError("--resume was given alone, expected --checkpoint-dir too");
  }
  const directory =
    checkpointDir === undefined ? undefined : await CheckpointDirectory.open(checkpointDir);
  const found = await directory?.read();
  if (found && !resume) {
    throw new OptionError(
      `${checkpointDir}: holds the checkpoint of another run, expected --resume or another folder`,
    );
  }
  if (found?.refused !== undefined) {
    terminal.note(`${found.refused}; going on from ${found.path} instead.`);
  }
  if (resume && !found) {
    terminal.note(`${checkpointDir}: holds no checkpoint; the run begins at its first epoch.`);
  }
  const options = found ? { resumeAfter: found.epochs } : {};
  const logs: RunLog[] = [];
  if (log !== undefined) logs.push(await openRunLog(log, options));
  if (tensorboard !== undefined) logs.push(await openTensorBoardLog(tensorboard, options));
  return {
    fitOptions: {
      ...(directory && { onCheckpoint: (checkpoint) => directory.write(checkpoint) }),
      ...(found && { resume: found.bytes }),
    },
    async epoch(report) {
      for (const opened of logs) await opened.epoch(report);
    },
  };
}
