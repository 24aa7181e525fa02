/** The inputs of a data set, before anybody trains on them. */
import type { Dataset } from "../../data/dataset.js";
import type { Finding } from "../finding.js";
import type { Examination } from "./examination.js";

/** Inputs of this size in the quadratic mean drive every activation into its flat part. */
const LARGE = 10;
/** Scaled to 1 twice over, the largest pixel is 1/255 ≈ 0.004. */
const SMALL = 1 / 128;

export function examineInputs({ inputs, samples, features }: Dataset): Examination {
  // Bytes stand for byte / 255.
  const unit = inputs instanceof Uint8Array ? 1 / 255 : 1;
  let largest = 0;
  let squares = 0;
  for (const value of inputs) {
    largest = Math.max(largest, Math.abs(value));
    squares += value * value;
  }
  const at = "inputs";
  const size = unit * Math.sqrt(squares / inputs.length);
  const most = unit * largest;
  const range = `up to ${show(most)}, ${show(size)} in the quadratic mean`;
  const findings: Finding[] = [];
  if (samples > 1 && isConstant(inputs, features)) {
    findings.push({
      id: "inputs-constant",
      at,
      evidence: `all ${samples} samples are the same in each of their ${features} features`,
      cause: "the inputs say nothing about the targets",
      advice: "look at how the samples are read",
    });
  } else if (size > LARGE) {
    findings.push({
      id: "inputs-unscaled",
      at,
      evidence: `the inputs are ${range}, expected about 1`,
      cause: "the inputs are as they came, not scaled",
      advice: "divide pixels by 255, or standardise each feature",
      value: size,
      threshold: LARGE,
    });
  } else if (most > 0 && most <= SMALL) {
    findings.push({
      id: "inputs-scaled-twice",
      at,
      evidence: `the largest input is ${show(most)}, expected about 1`,
      cause: "the inputs are divided by 255 although they were scaled already",
      advice: "scale the inputs in one place only; bytes are divided by 255 here",
      value: most,
      threshold: SMALL,
    });
  }
  return { findings, facts: findings.length > 0 ? [] : [`inputs ${range}`] };
}

function isConstant(inputs: ArrayLike<number>, features: number): boolean {
  for (let index = features; index < inputs.length; index++) {
    if (inputs[index] !== inputs[index % features]) return false;
  }
  return true;
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}
