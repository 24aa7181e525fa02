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
    `${style.bad("✗")} ${style.heading(id)} ${style.faint(`at ${place}:`)} ${titleOf(id)}`,
    ...[evidence, cause, `try: ${advice}`].map((text) =>
      line(`${text[0].toUpperCase()}${text.slice(1)}.`),
    ),
  ].join("\n");
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
