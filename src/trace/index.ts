/** `wasmlp/trace`: where the time of a training goes. */
export type { Activity } from "../engine/tracer.js";
export { PHASES, type Phase } from "./recorder.js";
export {
  type ActivitySpan,
  type PhaseSeconds,
  type ThreadRecording,
  type ThreadSeconds,
  Trace,
  type TracedEpoch,
  type TraceOptions,
} from "./trace.js";
export { encodeTrace, type TraceEvent, traceEvents } from "./traceEvents.js";
