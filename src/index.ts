/** The public interface of the package; it loads in Node and in browsers alike. */
export type {
  ArrayValues,
  DType,
  NumericArray,
  TextArray,
  UnnamedArray,
} from "./data/arrays/namedArray.js";
export { decodeNpy, encodeNpy } from "./data/arrays/npy.js";
export { decodeNpyTexts } from "./data/arrays/npyTexts.js";
export {
  type DecodeNpzOptions,
  decodeNpz,
  type EncodeNpzOptions,
  encodeNpz,
} from "./data/arrays/npz.js";
export type { ZipLimits } from "./data/arrays/zipFormat.js";
export type { Cell } from "./data/csv/cell.js";
export { MOST_CATEGORIES, type TableColumn } from "./data/csv/column.js";
export type { DecimalSeparator, UnclearNumber } from "./data/csv/decimalSeparator.js";
export type { Delimiter } from "./data/csv/delimiter.js";
export {
  type EncodingOptions,
  encodeInputs,
  encodeTable,
  inferTask,
  learnEncoding,
  selectTargets,
  standardizedDataset,
  type TableEncoding,
  type Task,
} from "./data/csv/encode.js";
export { encodeRow } from "./data/csv/encodeRow.js";
export { type MixedColumnKind, MOST_CODES } from "./data/csv/mixedColumn.js";
export { type SplitTableOptions, splitTable } from "./data/csv/splitTable.js";
export { type Table, type TableOptions, TableReader } from "./data/csv/table.js";
export { type UnknownCategory, unknownCategories } from "./data/csv/unknownCategories.js";
export {
  type ClassTargets,
  createDataset,
  type Dataset,
  type DatasetParts,
  sliceDataset,
  type Targets,
  type ValueTargets,
} from "./data/dataset.js";
export {
  type DigitsOptions,
  type DrawDigitsOptions,
  digits,
  drawDigits,
} from "./data/digits/index.js";
export type { GreyImage } from "./data/digits/prepare.js";
export { decodeIdxArray } from "./data/idx.js";
export type { ImageShape } from "./data/imageShape.js";
export {
  type DigitsOfOptions,
  digitsOf,
  type FoundDigit,
  type FoundDigits,
  findDigits,
  type LeftOut,
} from "./data/pictures/digitsOf.js";
export { type ColourImage, greyImage } from "./data/pictures/greyImage.js";
export type {
  CategoryColumn,
  InputColumn,
  NumberColumn,
  Preprocessing,
  TargetColumn,
} from "./data/preprocessing.js";
export type { ArrayInputs } from "./data/samples/arrayInputs.js";
export type {
  ArraySamples,
  LabelledSamples,
  TargetArray,
} from "./data/samples/arraySamples.js";
export { inferArrayTask } from "./data/samples/arrayTargets.js";
export {
  encodeSampleInputs,
  encodeSamples,
  learnSamplesEncoding,
  type SamplesEncoding,
  type SamplesEncodingOptions,
} from "./data/samples/encodeSamples.js";
export { type SplitSamplesOptions, splitSamples } from "./data/samples/splitSamples.js";
export { type SplitOptions, splitDataset, takeSamples } from "./data/split.js";
export {
  CATALOGUE,
  type DiagnosisId,
  type Place as DiagnosisPlace,
  titleOf,
} from "./doctor/catalogue.js";
export type { Examination } from "./doctor/data/examination.js";
export { type ExamineDataOptions, examineData } from "./doctor/data/examineData.js";
export { examineStart } from "./doctor/data/start.js";
export { type Finding, LANGUAGES, type Language } from "./doctor/finding.js";
export {
  type CheckedParameter,
  type GradientCheck,
  type GradientCheckOptions,
  gradientCheck,
  type LossFunction,
} from "./doctor/gradientCheck.js";
export {
  checkNetwork,
  type NetworkCheck,
  type NetworkCheckOptions,
} from "./doctor/networkCheck.js";
export { RunExaminer, type RunExaminerOptions } from "./doctor/run/examiner.js";
export { snippet } from "./doctor/snippet.js";
export { chooseExecution, type Execution, type ExecutionOptions } from "./engine/execution.js";
export { detectFeatures, type Features } from "./engine/features.js";
export { type EngineFile, type FileLocator, locateFiles } from "./engine/locate.js";
export {
  DataError,
  DownloadError,
  EngineError,
  type ErrorCode,
  FileError,
  ModelError,
  OptionError,
  TrainingError,
  WasmlpError,
} from "./errors.js";
export {
  type EvaluateOptions,
  type LoadOptions,
  Mlp,
  type MlpOptions,
  type SaveOptions,
} from "./mlp.js";
export {
  type Architecture,
  countParameters,
  HIDDEN_ACTIVATIONS,
  type HiddenActivation,
  type Layer,
  LOSSES,
  type Loss,
  lossOf,
  type OutputActivation,
  perceptron,
} from "./model/architecture.js";
export type { PredictAllOptions } from "./model/batchPredictor.js";
export { encodeJavaScript } from "./model/formats/javascript.js";
export { encodeModel } from "./model/formats/modelFile.js";
export { decodeModelNpz, encodeModelNpz } from "./model/formats/npz.js";
export { encodeOnnx, ONNX_OPSET } from "./model/formats/onnx.js";
export {
  type EncodeOptions,
  QUANTIZATIONS,
  type Quantization,
  quantizeModel,
} from "./model/formats/quantization.js";
export type {
  LayerSnapshot,
  ModelDescription,
  ModelSnapshot,
  TrainingRecord,
} from "./model/formats/snapshot.js";
export type { MissingActivations } from "./model/formats/stateDict.js";
export { decodeStateDict } from "./model/formats/stateDictFile.js";
export { type Initialization, parseInitialization } from "./model/initialization.js";
export type { Augmentation } from "./model/learning.js";
export type { PredictionInputs } from "./model/predictionArguments.js";
export type { LayerState } from "./model/session.js";
export type { LayerSummary } from "./model/summary.js";
export type { ProgramName } from "./reproduce/published.js";
export {
  type ReproduceOptions,
  type Reproduction,
  type ReproductionEpoch,
  type ReproductionRow,
  reproduce,
} from "./reproduce/reproduce.js";
export { type CheckpointSummary, summarizeCheckpoint } from "./training/checkpoint.js";
export type {
  FindLearningRateOptions,
  LearningRateCurve,
} from "./training/learningRateFinder.js";
export {
  OPTIMIZERS,
  type OptimizerName,
  type OptimizerOptions,
} from "./training/optimizers.js";
export type {
  ClassReport,
  EarlyStoppingOptions,
  EpochReport,
  Evaluation,
  FitOptions,
  History,
  Progress,
  RegressionEvaluation,
  ValueReport,
} from "./training/options.js";
export { DEFAULT_FIT_OPTIONS, type DefaultFitOptions } from "./training/resolveOptions.js";
export { formatSchedule, parseSchedule, SCHEDULES, type Schedule } from "./training/schedule.js";
