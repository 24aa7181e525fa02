/** Text from the bytes of a file, piece by piece: UTF-8, or UTF-16 where a byte order mark says so. */

/** The encodings that are read, by their byte order marks; without any it is the first. */
const ENCODINGS = [
  { name: "UTF-8", label: "utf-8", mark: undefined },
  { name: "UTF-16", label: "utf-16le", mark: [0xff, 0xfe] },
  { name: "UTF-16", label: "utf-16be", mark: [0xfe, 0xff] },
] as const;

/** Bytes that are no text in the file's encoding. */
export class UndecodableBytes extends Error {
  /** The encoding that was expected. */
  readonly encoding: string;
  /** The text before them. */
  readonly before: string;

  constructor(encoding: string, before: string, cause: unknown) {
    super(`no ${encoding} text`, { cause });
    this.encoding = encoding;
    this.before = before;
  }
}

/** The byte order mark is handed over as a character. */
export class TextBytes {
  /** A single byte tells no mark. */
  #first: Uint8Array | undefined = new Uint8Array();
  #encoding: (typeof ENCODINGS)[number] = ENCODINGS[0];
  #decoder: TextDecoder | undefined;
  /** The last three bytes of those decoded, among them what may begin a character that the next ones end. */
  #tail: readonly number[] = [];
  #length = 0;

  /** @throws UndecodableBytes where these are no text. */
  decode(bytes: Uint8Array): string {
    if (!this.#first) return this.#decode(bytes, true);
    const start = new Uint8Array(this.#first.length + bytes.length);
    start.set(this.#first);
    start.set(bytes, this.#first.length);
    this.#first = start.length < 2 ? start : undefined;
    return this.#first ? "" : this.#decode(start, true);
  }

  /** @throws UndecodableBytes where the bytes end within a character. */
  end(): string {
    return this.#decode(this.#first ?? new Uint8Array(), false);
  }

  #decode(bytes: Uint8Array, stream: boolean): string {
    if (!this.#decoder) {
      this.#encoding =
        ENCODINGS.find(({ mark }) => mark?.every((byte, index) => byte === bytes[index])) ??
        ENCODINGS[0];
      const { label } = this.#encoding;
      this.#decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
    }
    try {
      const text = this.#decoder.decode(bytes, { stream });
      this.#tail = [...this.#tail, ...bytes.slice(-3)].slice(-3);
      this.#length += bytes.length;
      return text;
    } catch (cause) {
      const { name, label } = this.#encoding;
      const lenient = new TextDecoder(label);
      // Of the characters that end here nothing is needed, only what the last bytes leave open.
      const size = name === "UTF-8" ? 3 : 2 + (this.#length % 2);
      lenient.decode(Uint8Array.from(this.#tail.slice(-size)), { stream: true });
      const [before] = lenient.decode(bytes).split("\ufffd", 1);
      throw new UndecodableBytes(name, before, cause);
    }
  }
}
