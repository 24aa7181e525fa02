/** The real files of MNIST, for the tests that want them: where CI or the developer has them. */
import { existsSync } from "node:fs";
import { join } from "node:path";

const BESIDE_THE_REPOSITORY = join(import.meta.dirname, "../../../shared/mnist");

/** A folder with the four files, packed; undefined where there is none. */
export const realMnist: string | undefined = [
  process.env.WASMLP_DATA_DIR ?? "",
  BESIDE_THE_REPOSITORY,
].find((directory) => existsSync(join(directory, "train-images-idx3-ubyte.gz")));
