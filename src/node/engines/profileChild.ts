/** What another version of Node executes for `profileOn`: a profile with the options of its argument. */
import { type ProfileOptions, profile } from "../../profile/index.js";
import { enableRelaxedSimd } from "../relaxedSimd.js";

enableRelaxedSimd();
const options: ProfileOptions = JSON.parse(process.argv[2] ?? "{}");
// Whoever asked has gone: nobody is left to answer.
process.on("disconnect", () => process.exit());
try {
  const onProgress = (progress: number) => process.send?.({ progress });
  process.send?.({ profile: await profile({ ...options, onProgress }) }, () => process.exit());
} catch (error) {
  const failed = error instanceof Error ? error.message : String(error);
  process.send?.({ failed }, () => process.exit(1));
}
