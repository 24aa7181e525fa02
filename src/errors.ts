/**
 * Every error that the library throws on purpose: one class for each kind of cause, one stable
 * `code` for each cause. A message is one sentence that names the place, what was found and what
 * was expected.
 */

/** The stable identifiers of causes; programs compare these, people read the message. */
export type ErrorCode =
  /** An option or argument outside its range. */
  | "invalid-option"
  /** A data file or array that is not what it claims to be. */
  | "invalid-data"
  /** A model file or architecture that is not what it claims to be, or a model whose numbers overflow. */
  | "invalid-model"
  /** A file or folder that is missing, unreadable or unwritable. */
  | "file-access"
  /** No mirror delivered the file that was asked for. */
  | "download-failed"
  /** The loss became NaN or infinite. */
  | "diverged"
  /** WebAssembly, SIMD or memory that this host does not provide. */
  | "unsupported-host"
  /** A model that was used after `dispose()`. */
  | "disposed";

/** The base class: `instanceof WasmlpError` tells the library's own refusals from bugs. */
export class WasmlpError extends Error {
  /** The stable identifier of the cause. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** The name of the class; written out, since bundlers shorten the names of classes. */
  override get name(): string {
    return "WasmlpError";
  }
}

/** An option or argument outside its range; the caller's to change. */
export class OptionError extends WasmlpError {
  constructor(message: string, options?: ErrorOptions) {
    super("invalid-option", message, options);
  }

  override get name(): string {
    return "OptionError";
  }
}

/** Data that is not what it claims to be: wrong magic, wrong length, a label out of range. */
export class DataError extends WasmlpError {
  constructor(message: string, options?: ErrorOptions) {
    super("invalid-data", message, options);
  }

  override get name(): string {
    return "DataError";
  }
}

/** A model file or an architecture that is not what it claims to be, or a model whose numbers overflow. */
export class ModelError extends WasmlpError {
  constructor(message: string, options?: ErrorOptions) {
    super("invalid-model", message, options);
  }

  override get name(): string {
    return "ModelError";
  }
}

/** A file or folder that is missing, unreadable or unwritable. */
export class FileError extends WasmlpError {
  constructor(message: string, options?: ErrorOptions) {
    super("file-access", message, options);
  }

  override get name(): string {
    return "FileError";
  }
}

/** No mirror delivered the file that was asked for. */
export class DownloadError extends WasmlpError {
  constructor(message: string, options?: ErrorOptions) {
    super("download-failed", message, options);
  }

  override get name(): string {
    return "DownloadError";
  }
}

/** Training that cannot go on: the loss became NaN or infinite. */
export class TrainingError extends WasmlpError {
  constructor(message: string, options?: ErrorOptions) {
    super("diverged", message, options);
  }

  override get name(): string {
    return "TrainingError";
  }
}

/** Something that this host does not provide, or that has been disposed of. */
export class EngineError extends WasmlpError {
  // biome-ignore lint/complexity/noUselessConstructor: it narrows the codes
  constructor(code: "unsupported-host" | "disposed", message: string, options?: ErrorOptions) {
    super(code, message, options);
  }

  override get name(): string {
    return "EngineError";
  }
}
