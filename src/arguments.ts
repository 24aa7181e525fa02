/**
 * Types and ranges of arguments. Callers may have no type checker: what is of another type than said is refused in
 * one sentence, before it does harm.
 */
import { OptionError } from "./errors.js";

/** What `typeof` says of a value, except that neither `null` nor an array is an object. */
type Type = "array" | "boolean" | "function" | "number" | "object" | "string";

/** What is known of options by their names: a type, an `AbortSignal`, or that they are checked elsewhere. */
export type OptionTypes = Readonly<Record<string, Type | "signal" | "checked">>;

/**
 * @param name what the argument is called in the message
 * @throws OptionError unless `value` is of the type.
 */
export function checkType(name: string, value: unknown, type: Type): void {
  if (typeOf(value) !== type) throw wrongType(name, value, `${articleOf(type)} ${type}`);
}

/**
 * Checks the names and types of options; those that are undefined count as not given.
 *
 * @param owner the function whose options they are, for messages
 * @throws OptionError when `options` is no object, has an option that is not in `types`, or one of another type.
 */
export function checkOptions(owner: string, options: object, types: OptionTypes): void {
  checkType("options", options, "object");
  checkNames(owner, options, types);
  for (const [name, value] of Object.entries(options)) {
    const type = types[name];
    if (value === undefined || type === "checked") continue;
    if (type === "signal") checkSignal(value);
    else checkType(name, value, type);
  }
}

/**
 * Names that nobody reads are taken for misspelt; those that begin alike are offered, or all of them.
 *
 * @param owner the function or option whose object it is, for messages
 * @param known an object with all the names that there are
 * @throws OptionError when `given` has a value by another name.
 */
export function checkNames(owner: string, given: object, known: object): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    const names = Object.keys(known);
    const start = name.slice(0, 2).toLowerCase();
    const alike = names.filter((other) => other.toLowerCase().startsWith(start));
    throw new OptionError(
      `${owner} was given a property ${JSON.stringify(name.slice(0, 60))}, expected ${(alike.length > 0 ? alike : names).join(", ")}`,
    );
  }
}

/** @throws OptionError unless `value` is a whole number from `least` to `most`. */
export function checkWhole(name: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && isWithin(value, least, most)) return;
  throw wrongType(name, value, `a whole number from ${least} to ${most}`);
}

/** @throws OptionError unless `value` is a number from `least` to `most`. */
export function checkRange(name: string, value: unknown, least: number, most: number): void {
  if (!isWithin(value, least, most)) {
    throw wrongType(name, value, `a number from ${least} to ${most}`);
  }
}

/** @throws OptionError unless `value` is a number from 0 to below 1, as float32 too. */
export function checkFraction(name: string, value: unknown): void {
  if (isWithin(value, 0, 1) && Math.fround(value) < 1) return;
  throw wrongType(name, value, "a number from 0 to below 1");
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && least <= value && value <= most;
}

/** @throws OptionError unless `value` is one of `choices`, or undefined, which counts as not given. */
export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.some((choice) => choice === value)) return;
  const quoted = choices.map((choice) => JSON.stringify(choice));
  throw wrongType(name, value, quoted.join(", ").replace(/, (?=[^,]*$)/, " or "));
}

/** @throws OptionError unless `value` is an array of strings. */
export function checkStrings(name: string, value: unknown): void {
  checkType(name, value, "array");
  for (const item of value as readonly unknown[]) checkType(`an entry of ${name}`, item, "string");
}

/** @throws OptionError unless `value` is a `Uint8Array`, as the content of a file is. */
export function checkBytes(name: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw wrongType(name, value, "a Uint8Array");
}

/** @throws OptionError unless `value` is an `AbortSignal`, also that of another library. */
function checkSignal(value: AbortSignal | null): void {
  if (typeof value?.throwIfAborted === "function") return;
  throw wrongType("signal", value, "an AbortSignal");
}

/** @param expected with its article, like "a Float32Array" */
export function wrongType(name: string, value: unknown, expected: string): OptionError {
  return new OptionError(`${name} is ${describe(value)}, expected ${expected}`);
}

/** Whether `value` is an object, and no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeOf(value) === "object";
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** A number or the like itself, of an object its class: "an Array", "a Float64Array". */
function describe(value: unknown): string {
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 60))}`;
  if (typeof value !== "function" && (typeof value !== "object" || value === null)) {
    return String(value);
  }
  const name = Object.prototype.toString.call(value).slice(8, -1);
  return `${articleOf(name)} ${name}`;
}

function articleOf(noun: string): string {
  return /^[aio]/i.test(noun) ? "an" : "a";
}
