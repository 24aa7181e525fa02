/** What two profiles were measured on: times are comparable only where that was the same. */
import type { Profile, Roof } from "./profile.js";
import { LEVELS } from "./roofs.js";
import { variantName } from "./variant.js";

/** Something that two profiles do not have in common. */
export interface HostDifference {
  /** "engine", "processor" and "cores", or a roof by its name: "relaxed × 2 peak", "L1 read", "memory update × 2". */
  readonly what: string;
  /** What the earlier profile says. */
  readonly before: string | number;
  /** What the later one says. */
  readonly now: string | number;
  /** Of roofs. */
  readonly unit?: "GFLOP/s" | "GB/s";
}

/** Ratios from which roofs differ. Other programs use the last cache and the memory as well, so that these vary more. */
const DIFFERENT = { core: 1.1, shared: 1.3 } as const;

/** Names first, then roofs that both have measured, of which the furthest apart comes first. */
export function hostDifferences(before: Profile, now: Profile): HostDifference[] {
  const names = (["engine", "processor", "cores"] as const).flatMap((what): HostDifference[] => {
    const [old, own] = [before.host[what], now.host[what]];
    // A browser does not name its processor.
    if (old === undefined || own === undefined || old === own) return [];
    return [{ what, before: old, now: own }];
  });
  const roofs = now.roofs.flatMap((own, index): HostDifference[] => {
    const old = before.roofs.find(({ way, threads }) => way === own.way && threads === own.threads);
    if (!old) return [];
    const peak = { before: old.peak, now: own.peak };
    // Streams are measured once for each number of threads, whatever the instructions of the peak.
    const isFirst = now.roofs.findIndex(({ threads }) => threads === own.threads) === index;
    return [
      ...differing({ what: `${variantName(own)} peak`, unit: "GFLOP/s", ...peak }, DIFFERENT.core),
      ...(isFirst ? bandwidthDifferences(old, own) : []),
    ];
  });
  return [...names, ...roofs.sort((one, other) => distance(other) - distance(one))];
}

function bandwidthDifferences(before: Roof, { threads, bandwidth }: Roof): HostDifference[] {
  const suffix = threads === 1 ? "" : ` × ${threads}`;
  return LEVELS.flatMap(({ name: level }) => {
    const ratio = level === "L3" || level === "memory" ? DIFFERENT.shared : DIFFERENT.core;
    return (["read", "update"] as const).flatMap((stream) => {
      const speeds = { before: before.bandwidth[level][stream], now: bandwidth[level][stream] };
      return differing({ what: `${level} ${stream}${suffix}`, unit: "GB/s", ...speeds }, ratio);
    });
  });
}

function differing(one: HostDifference, ratio: number): HostDifference[] {
  return distance(one) > Math.log(ratio) ? [one] : [];
}

function distance({ before, now }: HostDifference): number {
  return Math.abs(Math.log(Number(now) / Number(before)));
}
