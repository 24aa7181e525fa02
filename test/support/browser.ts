/** Lets the code that is being tested believe that it runs in a browser. */
import { vi } from "vitest";

/**
 * Hides what tells Node apart, until `vi.unstubAllGlobals()`.
 *
 * @param globals what a page has beside that
 */
export function pretendToBeBrowser(globals: Record<string, unknown> = {}): void {
  // The test runner itself goes on using the rest.
  const hidden = { getBuiltinModule: { value: undefined } };
  vi.stubGlobal("process", Object.create(process, hidden));
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
}
