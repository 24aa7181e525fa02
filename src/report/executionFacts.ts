/** What a host offers to the kernels, and what was chosen of it. */
import type { Execution, Features } from "../index.js";
import { type Fact, facts } from "./facts.js";
import { count } from "./numbers.js";
import type { Layout } from "./table.js";

export interface HostDescription {
  /** "Node 20.20.2, V8 11.3" */
  readonly engine: string;
  /** "linux x64" */
  readonly platform: string;
  readonly features: Features;
  readonly execution: Execution;
}

export function executionFacts(host: HostDescription, layout: Layout): string {
  const { engine, platform, features, execution } = host;
  const { reasons } = execution;
  const found: Fact[] = [
    { name: "Engine", value: engine, note: platform },
    { name: "Cores", value: count(features.cores) },
    { name: "Shared memory", value: yesOrNo(features.sharedMemory) },
    { name: "Relaxed SIMD", value: yesOrNo(features.relaxedSimd), note: "fused multiply-add" },
  ];
  const chosen: Fact[] = [
    { name: "Threads", value: count(execution.threads), note: reasons.threads },
    { name: "Instructions", value: `${execution.simd} SIMD`, note: reasons.simd },
    { name: "Memory", value: execution.memory, note: reasons.memory },
  ];
  return `${facts(found, layout)}\n\n${facts(chosen, layout)}`;
}

function yesOrNo(value: boolean): string {
  return value ? "yes" : "no";
}
