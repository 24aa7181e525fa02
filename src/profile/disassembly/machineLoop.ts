/** What a processor is given to do, as opposed to what WebAssembly says. */

/** A loop's machine code, as it stands: instructions that are printed, not executed. */
export interface MachineLoop {
  /** How many times the loop's body stands there one after the other: V8 unrolls some. */
  readonly copies: number;
  /** All of them. */
  readonly instructions: number;
  /** Instructions that read memory, and that write it. */
  readonly loads: number;
  /** Instructions that write memory. */
  readonly stores: number;
  /** Those of them that are about the stack: values that no register was left for. */
  readonly stackLoads: number;
  /** Stores to the stack: values that no register was left for. */
  readonly stackStores: number;
}
