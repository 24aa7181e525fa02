/** The pages of `docs/diagnoses`, which come with the package. */
import { readFileSync } from "node:fs";
import { CATALOGUE, type DiagnosisId, OptionError } from "../index.js";

/** The same from `build/cli` and from `build/bundled`. */
const DIRECTORY = new URL("../../docs/diagnoses/", import.meta.url);

export function diagnosisIds(): readonly DiagnosisId[] {
  return Object.keys(CATALOGUE) as DiagnosisId[];
}

/**
 * The page of a diagnosis, in Markdown.
 *
 * @throws OptionError when there is none of that name.
 */
export function readDiagnosisPage(id: string): string {
  if (Object.hasOwn(CATALOGUE, id)) {
    return readFileSync(new URL(`${id}.md`, DIRECTORY), "utf8").trimEnd();
  }
  throw new OptionError(
    `the diagnosis is ${JSON.stringify(id)}, expected one that wasmlp doctor explain lists`,
  );
}
