import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CATALOGUE, type DiagnosisId, titleOf } from "../../src/doctor/catalogue.js";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = join(ROOT, "docs/diagnoses");
const IDENTIFIERS = Object.keys(CATALOGUE) as DiagnosisId[];
const SECTIONS = ["Symptom", "Rule", "Before and after", "Effect on MNIST"];

const EFFECTS = readFileSync(join(ROOT, "bench/doctor/effects.md"), "utf8").split("\n");

/** Rows of bench/doctor/effects.md that are of a mistake, without its identifier. */
function effectsOf(id: string): string[] {
  const start = `| ${id} `;
  return EFFECTS.flatMap((line) => (line.startsWith(start) ? line.slice(start.length) : []));
}

function pageOf(id: string): string {
  return readFileSync(join(PAGES, `${id}.md`), "utf8");
}

test("every identifier has a page, and every page an identifier", () => {
  const pages = readdirSync(PAGES).filter((name) => name !== "README.md");
  expect(pages.toSorted()).toEqual(IDENTIFIERS.map((id) => `${id}.md`).toSorted());
});

test.each(IDENTIFIERS)("the page of %s has its title, its sections and an example", (id) => {
  const page = pageOf(id);
  const title = titleOf(id);
  expect(page).toContain(`# \`${id}\`\n\n${title[0].toUpperCase()}${title.slice(1)}.\n`);
  expect(page.match(/(?<=^## ).*$/gm)).toEqual(SECTIONS);
  expect(page.match(/^```(python|sh)$/gm)).toHaveLength(2);
});

test.each(IDENTIFIERS)("the page of %s gives all that was measured of it", (id) => {
  const page = pageOf(id);
  expect(page.match(/^\| .* \|$/gm)?.slice(1) ?? []).toEqual(effectsOf(id));
});

test("the index links to every page, and so do pages to each other", () => {
  const index = pageOf("README");
  for (const id of IDENTIFIERS) expect(index).toContain(`[\`${id}\`](${id}.md)`);
  for (const id of [...IDENTIFIERS, "README"]) {
    for (const [, target] of pageOf(id).matchAll(/\]\(([a-z-]+)\.md\)/g)) {
      expect(IDENTIFIERS).toContain(target);
    }
  }
});
