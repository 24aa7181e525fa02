/** One HTTP request for the rest of a file, with a limit on how long the server may be silent. */

export interface RequestOptions {
  /** The first byte that is wanted. */
  readonly from: number;
  /** How long the server may take until its next sign of life. */
  readonly silenceSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Which bytes a server sends. */
interface Range {
  /** The first one: as was asked for, or 0 when the server sends the whole file regardless. */
  readonly from: number;
  /** Length of the whole file, where the server says. */
  readonly bytesTotal: number | undefined;
}

/** To be disposed of; the connection is closed then, whatever is left to read. */
export interface Answer extends Range, Disposable {
  /** Throws `MirrorFailure` when the connection breaks off, or the signal's reason. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A server that does not deliver; the message continues a sentence that begins with its address. */
export class MirrorFailure extends Error {}

const WHOLE_FILE = 200;
const PART_OF_FILE = 206;
/** The file has no byte at `from`. */
const NOTHING_LEFT = 416;

/** Bytes of an error page; more are not worth waiting for. */
const LONGEST_DRAINED = 65_536;

/**
 * @throws MirrorFailure when the server cannot be reached or answers with something else.
 * @throws the signal's reason when it aborts.
 */
export async function requestFile(url: string, options: RequestOptions): Promise<Answer> {
  const { from } = options;
  const connection = new Connection(options);
  const request = fetch(url, {
    headers: {
      // Bytes as they are stored: ranges of something compressed on the way mean other bytes.
      "Accept-Encoding": "identity",
      ...(from > 0 && { Range: `bytes=${from}-` }),
    },
    signal: connection.signal,
  });
  const response = await connection.wait(request, "could not be reached");
  try {
    const range = rangeOf(response, from);
    if (response.status === NOTHING_LEFT) await connection.drain(response.body);
    return {
      ...range,
      // With that status, the body has said only that the file ends before.
      chunks: connection.read(response.status === NOTHING_LEFT ? null : response.body),
      [Symbol.dispose]: () => connection.close(),
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** @throws MirrorFailure when the answer is not the rest of the file. */
function rangeOf({ status, statusText, headers }: Response, from: number): Range {
  if (status === WHOLE_FILE) {
    const length = Number(headers.get("content-length") ?? Number.NaN);
    return { from: 0, bytesTotal: Number.isSafeInteger(length) ? length : undefined };
  }
  if (status === PART_OF_FILE) {
    const range = parseContentRange(headers.get("content-range"));
    if (range?.from === from) return range;
    throw new MirrorFailure(`answered with another range of bytes than from ${from}`);
  }
  if (status === NOTHING_LEFT && from > 0) return { from, bytesTotal: from };
  throw new MirrorFailure(`answered ${status} ${statusText}`.trimEnd());
}

/** Waits for a server, but neither longer than it may be silent nor after the caller's signal. */
class Connection {
  /** Ends the request. */
  readonly signal: AbortSignal;
  readonly #end = new AbortController();
  readonly #options: RequestOptions;

  constructor(options: RequestOptions) {
    const signals = [this.#end.signal, ...(options.signal ? [options.signal] : [])];
    this.signal = AbortSignal.any(signals);
    this.#options = options;
  }

  /** @param failure how the message begins when the network fails */
  async wait<T>(event: Promise<T>, failure: string): Promise<T> {
    const { silenceSeconds, signal } = this.#options;
    const timer = setTimeout(() => this.close(), silenceSeconds * 1000);
    try {
      return await event;
    } catch (cause) {
      signal?.throwIfAborted();
      const message = this.#end.signal.aborted
        ? `sent nothing for ${silenceSeconds} s`
        : `${failure} (${reasonOf(cause)})`;
      throw new MirrorFailure(message, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * The body is locked at once, not when it is first read: Node cancels bodies that nobody reads when the garbage
   * collector takes their `Response`, and then they end without an error.
   */
  read(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
    return this.#chunksOf(body?.getReader());
  }

  async *#chunksOf(
    reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  ): AsyncGenerator<Uint8Array> {
    if (!reader) return;
    for (;;) {
      const { done, value } = await this.wait(reader.read(), "broke off");
      if (done) return;
      yield value;
    }
  }

  /**
   * Reads a body of no interest to its end, unless it is long: closing a connection in the middle of
   * an answer must not disturb the next request to the same server, which may reuse it.
   */
  async drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
    let bytes = 0;
    for await (const chunk of this.read(body)) {
      bytes += chunk.length;
      if (bytes > LONGEST_DRAINED) return;
    }
  }

  close(): void {
    this.#end.abort();
  }
}

/** "bytes 200-999/1000"; the last number may be "*". */
function parseContentRange(header: string | null): Range | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? "");
  if (!match) return undefined;
  const [, from, total] = match;
  return { from: Number(from), bytesTotal: total === "*" ? undefined : Number(total) };
}

/** `fetch` says only that it failed; the reason lies beneath. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}
