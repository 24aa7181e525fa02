/** What the package offers on Node beside `wasmlp` itself: files, downloads, and V8's flags. */
export type { Mnist, MnistPart } from "../data/mnist.js";
export { readArrays, writeNpz } from "./arrayFiles.js";
export { CheckpointDirectory, type FoundCheckpoint } from "./checkpointDirectory.js";
export { type ReadCsvOptions, readCsvFile } from "./csvFile.js";
export type { DownloadProgress } from "./download.js";
export { checkWritable, readFileBytes, writeFileAtomically } from "./files.js";
export { openRunLog, type RunLog, type RunLogOptions } from "./logs/runLog.js";
export { openTensorBoardLog } from "./logs/tensorBoard.js";
export {
  type FindMnistOptions,
  findMnist,
  loadMnist,
  loadMnistTest,
  type MnistLocation,
  type MnistOptions,
} from "./mnist.js";
export { type LoadModelOptions, loadModel, saveModel } from "./modelFiles.js";
export { decodePicture } from "./pictures/readPicture.js";
export { enableRelaxedSimd } from "./relaxedSimd.js";
export {
  type FileSamples,
  holdsArrays,
  type ReadSamplesOptions,
  readSamples,
  readTestFiles,
  requireTargets,
  type SampleFile,
} from "./samples.js";
