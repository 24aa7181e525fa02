/** How reports are emphasised, so that one function writes for terminals, pipes and tests alike. */

/** Each function wraps text whose width has been settled before. */
export interface Style {
  readonly heading: (text: string) => string;
  /** For what is there to be passed over: units, zeros, hints. */
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  /**
   * How images are drawn:
   * - "colours": half-block characters in the greys of the 256-colour palette
   * - "characters": characters of different density, without escape codes
   */
  readonly images: "colours" | "characters";
}

const unchanged = (text: string) => text;

/** Text without escape codes. */
export const PLAIN_STYLE: Style = {
  heading: unchanged,
  faint: unchanged,
  good: unchanged,
  bad: unchanged,
  images: "characters",
};
