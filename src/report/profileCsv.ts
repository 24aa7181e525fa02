/** A profile as comma-separated values: a line for each measurement. */
import type { Measurement, Profile } from "../profile/index.js";
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
  ["gflops", ({ gflops }) => gflops],
  ["gigabytes_per_second", ({ gigabytes }) => gigabytes],
  ["flops_per_byte", ({ intensity }) => intensity],
  ["bound", ({ bound }) => bound],
  ["share_of_roof", ({ share }) => share],
];

export function profileCsv({ measurements }: Profile): string {
  const lines = measurements.map((one) => COLUMNS.map(([, value]) => value(one)).join(","));
  return [COLUMNS.map(([name]) => name).join(","), ...lines].join("\n");
}
