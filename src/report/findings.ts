/** What the doctor found, and what it found in order. */
import { titleOf } from "../doctor/catalogue.js";
import type { Finding } from "../doctor/finding.js";
import type { Layout } from "./table.js";
import { wrap } from "./wrap.js";

const MARGIN = 3;

/** A paragraph for a finding: where, what shows it, why that is bad, what to try. */
export function findingText(
  { id, at, epoch, evidence, cause, advice }: Finding,
  { width, style }: Layout,
): string {
  const place = epoch === undefined ? at : `${at}, epoch ${epoch}`;
  const line = (text: string) => " ".repeat(MARGIN) + wrap(text, width - MARGIN, MARGIN);
  return [
    findingHeading({ mark: "✗", id, place }, { width, style }),
    ...[evidence, cause, `try: ${advice}`].map((text) =>
      line(`${text[0].toUpperCase()}${text.slice(1)}.`),
    ),
  ].join("\n");
}

/** What a finding is called and where it is, after its mark: "✗" or its number. */
export function findingHeading(
  { mark, id, place }: { mark: string; id: Finding["id"]; place: string },
  { width, style }: Layout,
): string {
  const text = wrap(`${mark} ${id} at ${place}: ${titleOf(id)}`, width, MARGIN);
  // Styled when it is broken: escape codes have no width.
  const name = mark.length + 1 + id.length;
  const title = text.indexOf(":", name) + 1;
  const styled = mark === "✗" ? style.bad(mark) : style.heading(mark);
  return [
    styled + style.heading(text.slice(mark.length, name)),
    style.faint(text.slice(name, title)),
    text.slice(title),
  ].join("");
}

/** A line for each fact, then a paragraph for each finding. */
export function findingsReport(
  findings: readonly Finding[],
  facts: readonly string[],
  layout: Layout,
): string {
  const { style, width } = layout;
  const good = facts.map((fact) => wrap(`${style.good("✓")} ${fact}`, width, 2));
  const parts = good.length > 0 ? [good.join("\n")] : [];
  parts.push(...findings.map((finding) => findingText(finding, layout)));
  if (findings.length === 0) parts.push(style.good("Nothing is wrong."));
  return parts.join("\n\n");
}
