/** `wasmlp doctor …`: why a network does not learn. */
import type { Command } from "commander";
import type { Terminal } from "../terminal.js";
import { defineData } from "./data.js";
import { defineDump } from "./dump.js";
import { defineExplain } from "./explain.js";
import { defineSnippet } from "./snippet.js";

export function defineDoctor(command: Command, terminal: Terminal): void {
  defineDump(
    command.command("dump").description("Find the mistakes in one step of any training program"),
    terminal,
  );
  defineData(
    command.command("data").description("Look at a data set and a network before training"),
    terminal,
  );
  defineSnippet(
    command.command("snippet").description("Print the lines that make such a dump"),
    terminal,
  );
  defineExplain(
    command.command("explain").description("Print what a diagnosis means, with an example"),
    terminal,
  );
}
