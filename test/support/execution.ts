/** Where the tests that need no threads run their kernels. */
import { chooseExecution } from "../../src/engine/execution.js";

export const ONE_THREAD = chooseExecution({ threads: 1 }, true);
/** As on a host whose threads share no memory: kernels run in slices on the calling thread. */
export const PRIVATE = chooseExecution({ threads: 1 }, true, {
  sharedMemory: false,
  relaxedSimd: false,
  cores: 1,
});
