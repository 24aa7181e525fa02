/** Colours on the terminals that have them. */
import { WriteStream } from "node:tty";
import { styleText } from "node:util";
import { PLAIN_STYLE, type Style } from "../report/style.js";

/** Bits of colour from which the 256-colour palette, and with it a scale of greys, is there. */
const PALETTE_DEPTH = 8;

/** The style for `stream`; without colours where it is no terminal or NO_COLOR is set. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  if (styleText("bold", "x", { stream }) === "x") return PLAIN_STYLE;
  // The stream was asked once: Node 20 does not ask where several formats are given at once.
  const always = { validateStream: false };
  // The method looks at the environment alone, so that it serves for pipes under FORCE_COLOR too.
  const depth = WriteStream.prototype.getColorDepth.call(stream);
  return {
    heading: (text) => styleText("bold", text, always),
    faint: (text) => styleText("dim", text, always),
    good: (text) => styleText("green", text, always),
    bad: (text) => styleText("red", text, always),
    images: depth >= PALETTE_DEPTH ? "colours" : "characters",
  };
}
