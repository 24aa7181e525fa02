/** `wasmlp/trace`: where the time of a training goes. */
export { PHASES, type Phase } from "./recorder.js";
export {
  type PhaseSeconds,
  type ThreadSeconds,
  Trace,
  type TracedEpoch,
  type TraceOptions,
} from "./trace.js";
export { encodeTrace, type TraceEvent, traceEvents } from "./traceEvents.js";
