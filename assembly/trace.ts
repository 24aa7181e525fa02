/**
 * What a thread is doing, told to the host of a traced build. `asconfig.trace.json` alone defines `TRACE`:
 * other builds compile nothing of this, to the byte, and import their memory only.
 */

/** Whether this is a traced build. */
// @ts-expect-error: a name that the compiler is told, not the type checker
export const TRACED: bool = isDefined(TRACE);

/** The phases of a step; `src/trace/recording.ts` holds the same list. */
export const WAIT: i32 = 0;
export const PREPARE: i32 = 1;
export const COMPRESS: i32 = 2;
export const AUGMENT: i32 = 3;
export const FORWARD: i32 = 4;
export const BACKWARD: i32 = 5;
export const UPDATE: i32 = 6;

/** From here on this thread is in `phase`; the one before ends. Called in traced builds only. */
export declare function begin(phase: i32): void;
