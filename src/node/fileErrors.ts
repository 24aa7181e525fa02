/** Turns what the system says of a file into one sentence. */
import { FileError } from "../errors.js";

/** What was found, by the system's code of the error. */
const FINDINGS: Readonly<Record<string, string>> = {
  EACCES: "permission was denied",
  EISDIR: "is a folder",
  ELOOP: "is a symbolic link that leads to itself",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "is no folder, or lies within what is none",
  EPERM: "permission was denied",
  EROFS: "the file system is read-only",
};

/** The error to throw where reading `path` failed; errors that are not the system's stay as they are. */
export function readError(path: string, cause: unknown, what = "a file"): unknown {
  return fileError(path, cause, "does not exist", `${what} that can be read`);
}

/** The error to throw where writing `path` failed; errors that are not the system's stay as they are. */
export function writeError(path: string, cause: unknown): unknown {
  return fileError(path, cause, "its folder does not exist", "a file that can be written");
}

/** "ENOENT" and the like, when the system is the one that refused. */
export function systemCode(error: unknown): string | undefined {
  const isSystems = error instanceof Error && "syscall" in error && "code" in error;
  return isSystems && typeof error.code === "string" ? error.code : undefined;
}

function fileError(path: string, cause: unknown, missing: string, expected: string): unknown {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  const finding = code === "ENOENT" ? missing : (FINDINGS[code] ?? `the system says ${code}`);
  return new FileError(`${path}: ${finding}, expected ${expected}`, { cause });
}
