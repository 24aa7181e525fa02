/** `wasmlp doctor explain`: what a diagnosis means. */
import type { Command } from "commander";
import { CATALOGUE } from "../../index.js";
import { table } from "../../report/table.js";
import { diagnosisIds, readDiagnosisPage } from "../diagnosisPages.js";
import type { Terminal } from "../terminal.js";

const EXAMPLES = `
Examples:
  $ wasmlp doctor explain
  $ wasmlp doctor explain softmax-axis
  $ wasmlp doctor explain dead-relu --json
`;

const COLUMNS = [
  { title: "diagnosis", align: "left" },
  { title: "where", align: "left" },
  { title: "what it says", align: "left" },
] as const;

export function defineExplain(command: Command, terminal: Terminal): void {
  command
    .argument("[DIAGNOSIS]", "as findings are called; without it, all are listed")
    .option("--json", "print one JSON object a line")
    .addHelpText("after", EXAMPLES)
    .action((id: string | undefined, { json }: { json?: true }) => {
      if (id === undefined) list(terminal, json ? "json" : "table");
      else {
        const page = readDiagnosisPage(id);
        terminal.print(json ? JSON.stringify({ id, page }) : page);
      }
    });
}

function list(terminal: Terminal, format: "json" | "table"): void {
  const rows = diagnosisIds().map((id) => [id, ...CATALOGUE[id]] as const);
  if (format === "table") {
    terminal.print(table(COLUMNS, rows, terminal.layout));
    return;
  }
  for (const [id, place, title] of rows) terminal.print(JSON.stringify({ id, place, title }));
}
