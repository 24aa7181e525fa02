/**
 * The ten digits, each with its ways to write it. The descriptions were made by looking at how
 * people write: which forms are common, which proportions vary, and how much. All lengths are
 * fractions of the digit's height, or of the width or height that is named beside them.
 */
import type { Forms } from "../stroke.js";
import { eight } from "./eight.js";
import { five } from "./five.js";
import { four } from "./four.js";
import { nine } from "./nine.js";
import { one } from "./one.js";
import { seven } from "./seven.js";
import { six } from "./six.js";
import { three } from "./three.js";
import { two } from "./two.js";
import { zero } from "./zero.js";

/** Index = digit. */
export const FORMS: readonly Forms[] = [zero, one, two, three, four, five, six, seven, eight, nine];
