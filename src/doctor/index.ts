/**
 * `wasmlp/doctor`: the mistakes in one step of anybody's training program. An entry of its own: it is two fifths of all
 * code, and a program that trains or asks a model does without it.
 */
export type { Link, Verdict } from "./dump/chain.js";
export { type DiagnoseOptions, diagnose } from "./dump/diagnose.js";
export type { Diagnosis } from "./dump/diagnosis.js";
export type { LossName } from "./dump/losses.js";
export { isDumpName } from "./dump/names.js";
export type { Orientation } from "./dump/orientation.js";
