/**
 * A module of its own that exported models carry (`wasmlp export --format js`): a single sample, layer by layer,
 * to the same bits as `forwardRow` of `forward.ts`.
 */
export { activate } from "../activation";
export { logistic, softmax } from "../loss";
export { multiplyRow } from "../row";
