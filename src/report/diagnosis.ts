/** What the doctor says of somebody's program. */
import type { Diagnosis } from "../doctor/dump/diagnosis.js";
import { type Finding, LANGUAGES, type Language } from "../doctor/finding.js";
import { findingHeading } from "./findings.js";
import type { Layout } from "./table.js";
import { textWidth } from "./text.js";
import { wrap } from "./wrap.js";

const LANGUAGE_NAMES: Record<Language, string> = {
  numpy: "NumPy",
  pytorch: "PyTorch",
  javascript: "JavaScript",
};

const MARGIN = 3;

export interface DiagnosisReportOptions {
  /** Languages to write the right lines in; all unless given. */
  readonly languages?: readonly Language[] | undefined;
}

export function diagnosisReport(
  diagnosis: Diagnosis,
  layout: Layout,
  { languages = LANGUAGES }: DiagnosisReportOptions = {},
): string {
  const { notes, ignored, findings } = diagnosis;
  const { style, width } = layout;
  const parts = [wrap(summary(diagnosis), width), chain(diagnosis, layout)];
  const remarks = [...notes];
  if (ignored.length > 0) remarks.push(`not looked at: ${ignored.join(", ")}`);
  if (remarks.length > 0) {
    parts.push(remarks.map((text) => style.faint(wrap(`· ${text}`, width, 2))).join("\n"));
  }
  const groups = grouped(findings);
  parts.push(
    groups.length === 0
      ? style.good(verdict(diagnosis))
      : style.bad(groups.length === 1 ? "1 mistake:" : `${groups.length} mistakes:`),
  );
  groups.forEach((group, index) => {
    parts.push(findingText(group, index + 1, { languages, layout, groups }));
  });
  return parts.join("\n\n");
}

function verdict({ chain: links }: Diagnosis): string {
  const isWhole = links.every(({ verdict }) => verdict !== "unjudged");
  return isWhole
    ? "Nothing is wrong with this step."
    : "Nothing that could be judged is wrong with this step.";
}

function summary({ samples, sizes, activations, loss, orientation }: Diagnosis): string {
  const layers = activations.join(", ");
  return `${samples} samples in ${orientation.samples}, weights ${orientation.weights}; ${sizes.join("-")}, ${layers}, ${loss}`;
}

const MARKS = { right: "✓", wrong: "✗", unjudged: "?" } as const;

/** "Z1 ✓  A1 ✓  Z2 ✗ …" in lines of the terminal's width. */
function chain({ chain: links }: Diagnosis, { width, style }: Layout): string {
  if (links.length === 0) return "Nothing that is computed is in the dump.";
  const lines: string[][] = [[]];
  let used = 0;
  for (const { name, verdict } of links) {
    const text = `${name} ${MARKS[verdict]}`;
    if (used > 0 && used + 2 + textWidth(text) > width) {
      lines.push([]);
      used = 0;
    }
    used += (used > 0 ? 2 : 0) + textWidth(text);
    const paint =
      verdict === "wrong" ? style.bad : verdict === "right" ? (t: string) => t : style.faint;
    lines[lines.length - 1].push(paint(text));
  }
  return lines.map((line) => line.join("  ")).join("\n");
}

/** The same mistake in several quantities is one. */
function grouped(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    // Numbers of units differ from layer to layer.
    const key = `${finding.id} ${finding.cause.replaceAll(/\d+/g, "")}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function findingText(
  group: readonly Finding[],
  number: number,
  {
    languages,
    layout: { width, style },
    groups,
  }: {
    readonly languages: readonly Language[];
    readonly layout: Layout;
    readonly groups: readonly (readonly Finding[])[];
  },
): string {
  const [{ id, evidence, cause, advice, code, follows }] = group;
  const place = group.map(({ at }) => at).join(", ");
  const indent = " ".repeat(MARGIN);
  const line = (text: string) => indent + wrap(text, width - MARGIN, MARGIN);
  const lines = [
    findingHeading({ mark: `${number}.`, id, place }, { width, style }),
    line(`${evidence}.`),
    line(`${capitalised(cause)}.`),
    ...(follows
      ? [
          line(
            `Follows from ${groups.findIndex(([first]) => first.id === follows) + 1}, ${follows}.`,
          ),
        ]
      : []),
    line(`Try: ${advice}.`),
  ];
  if (code) {
    const label = Math.max(...languages.map((language) => LANGUAGE_NAMES[language].length));
    for (const language of languages) {
      const name = LANGUAGE_NAMES[language].padEnd(label);
      lines.push(`${indent}${style.faint(name)}  ${code[language]}`);
    }
  }
  lines.push(`${indent}${style.faint(`More: wasmlp doctor explain ${id}`)}`);
  return lines.join("\n");
}

/** Names of arrays keep their case: they are the person's. */
function capitalised(text: string): string {
  return /^[a-z]{2,}\b/.test(text) && !/^(dW|db|dZ|dA|loss|cost|lr)/.test(text)
    ? text[0].toUpperCase() + text.slice(1)
    : text;
}
