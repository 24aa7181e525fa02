/** `wasmlp profile --engines`: the same profile in every engine of this machine, in one table. */
import { EngineError } from "../index.js";
import { findEngines, type MissingEngine } from "../node/engines/find.js";
import { profileOn } from "../node/profileOn.js";
import { checkProfileOptions, type Profile, type ProfileOptions } from "../profile/index.js";
import { enginesTable } from "../report/enginesTable.js";
import { percent } from "../report/numbers.js";
import { enginesCsv } from "../report/profileCsv.js";
import { printable, truncate } from "../report/text.js";
import { Interruption } from "./interruption.js";
import type { Terminal } from "./terminal.js";

export interface EnginesOutput {
  readonly format: "text" | "json" | "csv";
  readonly kind: "overview" | "details";
}

/**
 * @param names as `findEngines` takes them
 * @throws EngineError when none of the engines gave a profile.
 */
export async function profileEngines(
  names: readonly string[] | undefined,
  options: ProfileOptions,
  { format, kind }: EnginesOutput,
  terminal: Terminal,
): Promise<void> {
  checkProfileOptions(options);
  const { found, missing } = await findEngines(names);
  const skipped: MissingEngine[] = [];
  const skip = (name: string, reason: string) => {
    skipped.push({ name, reason });
    terminal.note(printable(`${name} is skipped: ${reason}`));
  };
  for (const { name, reason } of missing) skip(name, reason);
  const profiles: Profile[] = [];
  for (const [index, engine] of found.entries()) {
    const title = `${engine.name} ${engine.version}`;
    const onProgress = (done: number) => {
      const line = `${title} (${index + 1} of ${found.length}): profiling ${percent(done, 0)}`;
      terminal.progress(truncate(line, terminal.progressLayout.width));
    };
    onProgress(0);
    try {
      profiles.push(await profileOn(engine, { ...options, signal: terminal.signal, onProgress }));
    } catch (error) {
      if (error instanceof Interruption || !(error instanceof Error)) throw error;
      skip(title, error.message);
    }
  }
  terminal.progress("");
  if (profiles.length === 0) {
    throw new EngineError(
      "unsupported-host",
      "--engines: no profile came of any engine, expected one at least",
    );
  }
  if (format === "json") {
    terminal.print(JSON.stringify({ format: "wasmlp-profiles", version: 1, profiles, skipped }));
  } else if (format === "csv") {
    terminal.print(enginesCsv(profiles));
  } else {
    terminal.print(enginesTable(profiles, kind, terminal.layout));
  }
}
