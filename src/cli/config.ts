/** Settings from files: configurations in JSON or YAML, and saved models. */
import { extname } from "node:path";
import { parse as parseYaml } from "yaml";
import { OptionError } from "../index.js";
import { loadModel, readFileBytes } from "../node/index.js";
import { TRAINED_ON } from "./trainedRows.js";
import {
  SETTING_NAMES,
  type SettingName,
  type SettingSource,
  type SettingTexts,
} from "./trainSettings.js";

/**
 * Reads `path`: a `.json`, `.yaml` or `.yml` file with settings by name, or a model in a `.safetensors`
 * file that was saved with the settings of its training.
 *
 * @throws FileError when it cannot be read.
 * @throws ModelError when it is a model file that is damaged.
 * @throws OptionError when it holds something else; it names the key.
 */
export async function readConfig(path: string): Promise<SettingSource> {
  switch (extname(path)) {
    case ".json":
    case ".yaml":
    case ".yml":
      return sourceOf(path, parseText(path, await readText(path)));
    case ".safetensors": {
      using model = await loadModel(path, { threads: 1 });
      if (!model.training) {
        throw new OptionError(
          `${path}: the model does not say how it was trained, expected one that "wasmlp train" saved`,
        );
      }
      const { [TRAINED_ON]: _, ...settings } = model.training;
      return sourceOf(path, settings);
    }
    default:
      throw new OptionError(
        `${path}: has the extension "${extname(path)}", expected .json, .yaml, .yml or .safetensors`,
      );
  }
}

/**
 * The settings that `value` gives by name.
 *
 * @throws OptionError when it is no object, or has a key that is no setting.
 */
export function sourceOf(path: string, value: unknown): SettingSource {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OptionError(
      `${path}: holds no settings, expected names and values such as "epochs: 5"`,
    );
  }
  const texts: SettingTexts = {};
  for (const [key, item] of Object.entries(value)) {
    if (!isSetting(key)) {
      throw new OptionError(
        `${path}: has the unknown key ${JSON.stringify(key)}, expected one of ${SETTING_NAMES.join(", ")}`,
      );
    }
    texts[key] = textOf(path, key, item);
  }
  return { texts, place: (name) => `${path}: ${name}` };
}

function isSetting(key: string): key is SettingName {
  return SETTING_NAMES.some((name) => name === key);
}

function textOf(path: string, key: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map((item) => textOf(path, key, item)).join(",");
  throw new OptionError(
    `${path}: ${key} is ${JSON.stringify(value)}, expected a number, a text or a list of numbers`,
  );
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readFileBytes(path));
}

function parseText(path: string, text: string): unknown {
  try {
    return extname(path) === ".json" ? JSON.parse(text) : parseYaml(text, { logLevel: "error" });
  } catch (cause) {
    const [reason] = cause instanceof Error ? cause.message.split(/[\r\n]/, 1) : [""];
    const kind = extname(path) === ".json" ? "JSON" : "YAML";
    throw new OptionError(`${path}: is not ${kind} (${reason}), expected it to be`, { cause });
  }
}
