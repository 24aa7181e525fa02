/** Runs the profile in another engine of this machine, and brings back what it measured. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { EngineError } from "../errors.js";
import { checkProfile, type Profile, type ProfileOptions } from "../profile/index.js";
import { askPage, folderSite, type Site } from "./engines/browserPage.js";
import type { FoundEngine } from "./engines/find.js";

/** The same from `src/node`, `build/node` and `build/bundled`. */
const BUILD = new URL("../../build/", import.meta.url);
const CHILD = new URL("../../build/node/engines/profileChild.js", import.meta.url);

/**
 * Runs `profile` in a process of that engine, or on a page of it.
 *
 * @throws EngineError when the engine does not start, or fails on the way.
 * @throws whatever the signal is aborted with.
 */
export async function profileOn(
  { name, version, binary }: FoundEngine,
  { signal, onProgress, ...options }: ProfileOptions,
): Promise<Profile> {
  const progress = (message: unknown) => {
    const done = (message as { progress?: unknown }).progress;
    if (typeof done === "number") onProgress?.(done);
  };
  const control = { ...(signal && { signal }), onProgress: progress };
  const answer = (await (name === "Node"
    ? askNode(binary, options, control)
    : askPage({ name, binary }, profileSite(options), { isolated: true, ...control }))) as {
    profile?: unknown;
    failed?: unknown;
  } | null;
  if (answer?.failed !== undefined) {
    throw new EngineError("unsupported-host", `${name} ${version}: ${answer.failed}`);
  }
  return checkProfile(answer?.profile, `${name} ${version}`);
}

interface Control {
  readonly signal?: AbortSignal;
  readonly onProgress: (message: unknown) => void;
}

async function askNode(
  binary: string,
  options: ProfileOptions,
  { signal, onProgress }: Control,
): Promise<unknown> {
  signal?.throwIfAborted();
  const child = spawn(binary, [fileURLToPath(CHILD), JSON.stringify(options)], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const abandon = () => child.kill("SIGKILL");
  process.once("exit", abandon);
  let stop = () => {};
  try {
    return await new Promise((resolve, reject) => {
      stop = () => reject(signal?.reason);
      signal?.addEventListener("abort", stop);
      const fail = (found: string) =>
        reject(
          new EngineError("unsupported-host", `${binary} ${found}, expected it to run the profile`),
        );
      child.on("message", (message: object) => {
        if ("progress" in message) onProgress(message);
        else resolve(message);
      });
      child.on("error", ({ message }) => fail(`did not start (${message})`));
      child.on("exit", (code, killer) => fail(`ended with ${killer ?? `code ${code}`}`));
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    process.off("exit", abandon);
    child.kill();
  }
}

/** A page that runs the profile, over what the package consists of. */
function profileSite(options: ProfileOptions): Site {
  const folder = folderSite(fileURLToPath(BUILD).replace(/[\\/]$/, ""));
  const content = `<!doctype html><meta charset="utf-8"><title>wasmlp profile</title>
<script type="module">
  const post = (path, value) => fetch(path, { method: "POST", body: JSON.stringify(value) });
  const fail = (reason) => post("/answer", { failed: String(reason?.message ?? reason) });
  addEventListener("error", ({ message }) => fail(message ?? "a script did not load"));
  try {
    const { profile } = await import("/build/profile/index.js");
    let last = 0;
    const onProgress = (progress) => {
      // A request takes time from what is being measured: a few will do.
      if (progress < last + 0.02) return;
      last = progress;
      void post("/progress", { progress });
    };
    await post("/answer", { profile: await profile({ ...${JSON.stringify(options)}, onProgress }) });
  } catch (error) {
    await fail(error);
  }
</script>`;
  return (path) => {
    if (path === "/") return { type: "text/html", content };
    return path.startsWith("/build/") ? folder(path.slice("/build".length)) : undefined;
  };
}
