/** A profile as comma-separated values: a line for each measurement. */
import type { Measurement, Profile } from "../profile/index.js";
import { csvLine } from "./csvLine.js";
import { shapeName } from "./profileTable.js";

const COLUMNS: readonly (readonly [string, (one: Measurement) => string | number])[] = [
  ["kernel", ({ kernel }) => kernel],
  ["shape", shapeName],
  ["variant", ({ way }) => way],
  ["threads", ({ threads }) => threads],
  ["operations", ({ operations }) => operations],
  ["bytes_read", ({ bytesRead }) => bytesRead],
  ["bytes_written", ({ bytesWritten }) => bytesWritten],
  ["seconds", ({ seconds }) => seconds],
  ["seconds_low", ({ interval }) => interval.low],
  ["seconds_high", ({ interval }) => interval.high],
  ["uncertainty", ({ uncertainty }) => uncertainty],
  ["is_warm", ({ isWarm }) => String(isWarm)],
  ["is_complete", ({ isComplete }) => String(isComplete)],
  ["gflops", ({ gflops }) => gflops],
  ["gigabytes_per_second", ({ gigabytes }) => gigabytes],
  ["flops_per_byte", ({ intensity }) => intensity],
  ["bound", ({ bound }) => bound],
  ["share_of_roof", ({ share }) => share],
];

const HEADING = COLUMNS.map(([name]) => name).join(",");

export function profileCsv({ measurements }: Profile): string {
  return [HEADING, ...measurements.map(lineOf)].join("\n");
}

/** Those of several engines, of which each line names its own first. */
export function enginesCsv(profiles: readonly Profile[]): string {
  const lines = profiles.flatMap(({ host, measurements }) =>
    measurements.map((one) => `${csvLine([host.engine])},${lineOf(one)}`),
  );
  return [`engine,${HEADING}`, ...lines].join("\n");
}

function lineOf(one: Measurement): string {
  return COLUMNS.map(([, value]) => value(one)).join(",");
}
