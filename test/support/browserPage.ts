/** The browsers of this machine, on pages of a folder. */
import {
  askPage as ask,
  folderSite,
  type Browser as Installed,
} from "../../src/node/engines/browserPage.js";
import { browserBinary } from "../../src/node/engines/find.js";

export interface Browser {
  readonly name: Installed["name"];
  /** `undefined` where it is not installed. */
  readonly binary: string | undefined;
}

export const CHROMIUM: Browser = { name: "Chromium", binary: browserBinary("chromium") };
export const FIREFOX: Browser = { name: "Firefox", binary: browserBinary("firefox") };

/** Opens `index.html` of `folder` and resolves to the JSON that the page posts to `/answer`. */
export async function askPage(
  { name, binary }: Browser,
  folder: string,
  { isolated }: { isolated: boolean },
): Promise<unknown> {
  if (binary === undefined) throw new Error(`${name} is not installed`);
  return ask({ name, binary }, folderSite(folder), { isolated });
}
