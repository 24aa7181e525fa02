/** A folder for one test's files. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new, empty folder, which is gone when the test has ended. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "wasmlp-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  // Open to the user as whom permissions are tested.
  await chmod(directory, 0o777);
  return directory;
}
