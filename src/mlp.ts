/// <reference lib="esnext.disposable" preserve="true" />
/** The library's face: define → fit → evaluate → predict → save. */
import { checkOptions, checkStrings, checkType, wrongType } from "./arguments.js";
import { checkDataset, type Dataset, type Targets, type ValueTargets } from "./data/dataset.js";
import { type ImageShape, isImageOf } from "./data/imageShape.js";
import { checkPreprocessing, type Preprocessing } from "./data/preprocessing.js";
import { unclamped } from "./data/unclamped.js";
import {
  chooseExecution,
  EXECUTION_OPTIONS,
  type Execution,
  type ExecutionOptions,
} from "./engine/execution.js";
import { OptionError } from "./errors.js";
import {
  type Architecture,
  checkArchitecture,
  countClasses,
  countParameters,
  fitsTargets,
} from "./model/architecture.js";
import { type PredictAllOptions, predictAll } from "./model/batchPredictor.js";
import { decodeModel, encodeExactly } from "./model/formats/modelFile.js";
import {
  checkSnapshot,
  type ModelDescription,
  type ModelSnapshot,
  snapshotLayers,
  type TrainingRecord,
  writeParameters,
} from "./model/formats/snapshot.js";
import { type Initialization, initialize } from "./model/initialization.js";
import { Network } from "./model/network.js";
import type { PredictionInputs } from "./model/predictionArguments.js";
import { Predictor } from "./model/predictor.js";
import { checkParameters } from "./model/soundness.js";
import { type LayerSummary, summarize } from "./model/summary.js";
import { evaluate, evaluateRegression } from "./training/evaluate.js";
import { trainEpochs } from "./training/fit.js";
import {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateCurve,
} from "./training/learningRateFinder.js";
import type {
  EpochReport,
  Evaluation,
  FitOptions,
  History,
  RegressionEvaluation,
} from "./training/options.js";
import { checkSeed } from "./training/resolveOptions.js";

/** What `Mlp.create` makes, and on what it runs. */
export interface MlpOptions extends ExecutionOptions {
  /** Inputs and layers: see `perceptron`. */
  readonly architecture: Architecture;
  /** Default "glorot". */
  readonly initialization?: Initialization;
  /** Chooses the initial weights, 0 … 2³² − 1; default 0. */
  readonly seed?: number;
  /** One for each output unit; default "0", "1", … */
  readonly classNames?: readonly string[];
  /** The shape of the inputs, when they are images. */
  readonly image?: ImageShape;
  /**
   * What becomes of raw inputs, and of raw values to be predicted: `fit`, `evaluate` and `predict` take and give
   * raw values, which the network never sees. Default: nothing.
   */
  readonly preprocessing?: Preprocessing;
}

const OPTIONS = {
  ...EXECUTION_OPTIONS,
  architecture: "checked",
  initialization: "checked",
  seed: "checked",
  classNames: "checked",
  image: "object",
  preprocessing: "object",
} as const satisfies Record<keyof MlpOptions, string>;

/** How a saved model is called, and on what it runs. */
export interface LoadOptions extends ExecutionOptions {
  /** What the file is called in messages; default "model". */
  readonly name?: string;
}

/** What may end an evaluation. */
export interface EvaluateOptions {
  /** Ends the pass after the step under way; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What is kept with the model's parameters. */
export interface SaveOptions {
  /** How the model was trained, so that the run can be repeated from its file; JSON. */
  readonly training?: TrainingRecord | undefined;
}

/**
 * A multilayer perceptron whose parameters live in WebAssembly's linear memory. Dispose of it when
 * done (`dispose()`, or `using model = …`) to give the memory back at once.
 */
export class Mlp implements Disposable {
  /** One for each output unit. */
  readonly classNames: readonly string[];
  /** The shape of the inputs, when they are images. */
  readonly image: ImageShape | undefined;
  /** What becomes of raw inputs and of raw values to be predicted, and what their columns are called. */
  readonly preprocessing: Preprocessing | undefined;
  /** How it was trained, as whoever saved it put it; JSON. */
  readonly training: TrainingRecord | undefined;
  readonly #network: Network;
  #predictor: Predictor | undefined;

  private constructor(
    network: Network,
    { classNames, image, preprocessing, training }: Omit<ModelDescription, "architecture">,
  ) {
    this.training = training;
    this.#network = network;
    this.classNames = classNames;
    this.image = image;
    this.preprocessing = preprocessing;
  }

  /**
   * A new network with initial weights; the same options give the same bits on every host.
   *
   * @throws OptionError when an option is out of range.
   * @throws ModelError when there are more parameters than linear memory can hold.
   * @throws EngineError when the host lacks WebAssembly SIMD or memory.
   */
  static async create(options: MlpOptions): Promise<Mlp> {
    checkOptions("Mlp.create", options, OPTIONS);
    const { architecture, initialization = "glorot", seed = 0, image } = options;
    const { preprocessing } = options;
    checkSeed(seed);
    const execution = chooseExecution(options, options.seed !== undefined);
    checkArchitecture(architecture);
    const classes = countClasses(architecture);
    const { classNames = Array.from({ length: classes }, (_, index) => String(index)) } = options;
    checkClassNames(classNames, architecture);
    checkImage(image, architecture.inputs);
    if (preprocessing) checkPreprocessing(preprocessing, architecture.inputs, classNames);
    const network = await Network.create(architecture, execution, preprocessing);
    try {
      initialize(network, initialization, seed);
    } catch (error) {
      network.dispose();
      throw error;
    }
    return new Mlp(network, {
      classNames: [...classNames],
      ...(image && { image: { ...image } }),
      ...(preprocessing && { preprocessing: structuredClone(preprocessing) }),
    });
  }

  /**
   * A network from the bytes that `save` or `encodeModel` gave. Files of other programs are what
   * `decodeStateDict` and `fromSnapshot` are for.
   *
   * @throws OptionError when an option is out of range.
   * @throws ModelError when the bytes are not a saved model.
   * @throws EngineError when the host lacks WebAssembly SIMD or memory.
   */
  static async load(file: Uint8Array, options: LoadOptions = {}): Promise<Mlp> {
    checkOptions("Mlp.load", options, { ...EXECUTION_OPTIONS, name: "string" });
    const execution = chooseExecution(options, false);
    const name = options.name ?? "model";
    if (typeof file === "string") {
      throw wrongType(name, file, "a Uint8Array; loadModel of wasmlp/node takes paths");
    }
    return Mlp.#restore(decodeModel(file, name), execution);
  }

  /**
   * A network from what `snapshot` gave, or from arrays of one's own.
   *
   * @throws OptionError when the parts of the snapshot do not fit together, or an option is out of range.
   * @throws ModelError when there are more parameters than linear memory can hold.
   * @throws EngineError when the host lacks WebAssembly SIMD or memory.
   */
  static async fromSnapshot(snapshot: ModelSnapshot, options: ExecutionOptions = {}): Promise<Mlp> {
    checkOptions("Mlp.fromSnapshot", options, EXECUTION_OPTIONS);
    const execution = chooseExecution(options, false);
    checkType("snapshot", snapshot, "object");
    const { architecture, classNames, image, preprocessing } = snapshot;
    checkSnapshot(snapshot);
    checkClassNames(classNames, architecture);
    checkImage(image, architecture.inputs);
    if (preprocessing) checkPreprocessing(preprocessing, architecture.inputs, classNames);
    return Mlp.#restore(snapshot, execution);
  }

  static async #restore(
    { architecture, layers, ...rest }: ModelSnapshot,
    execution: Execution,
  ): Promise<Mlp> {
    const network = await Network.create(architecture, execution, rest.preprocessing);
    writeParameters(network, layers);
    return new Mlp(network, structuredClone(rest));
  }

  /** Inputs, layers and loss, as it was made or loaded. */
  get architecture(): Architecture {
    return this.#network.architecture;
  }

  /** On how many threads and with which instructions it runs, and why. */
  get execution(): Execution {
    return this.#network.execution;
  }

  /** Weights and biases of all layers. */
  get parameters(): number {
    return countParameters(this.architecture);
  }

  /** One entry a layer. */
  summary(): LayerSummary[] {
    return summarize(this.architecture);
  }

  /**
   * Trains on `dataset`. Resolves after the last epoch. Until then a copy of the parameters of the last whole epoch is held,
   * 4 bytes a parameter, to go back to when training diverges; `earlyStopping` holds another, of the best epoch.
   *
   * @throws OptionError when an option is out of range or a data set does not fit the network.
   * @throws DataError when a number of a data set is NaN or infinite.
   * @throws TrainingError when the loss or a parameter becomes NaN or infinite. The model then has the parameters of
   * the last whole epoch, or those that it had before the first.
   * @throws the signal's reason when `options.signal` aborts; what was learned is kept.
   */
  async fit(dataset: Dataset<Targets>, options?: FitOptions): Promise<History> {
    const epochs = this.epochs(dataset, options);
    for (;;) {
      const next = await epochs.next();
      if (next.done) return next.value;
    }
  }

  /**
   * The same as an iterator, an epoch at each turn: `for await (const epoch of model.epochs(…))`.
   * Leaving the loop ends the training; what was learned is kept. Until then nobody else can train the model: who steps the
   * iterator by hand and leaves it before its end calls its `return()`.
   */
  epochs(
    dataset: Dataset<Targets>,
    options?: FitOptions,
  ): AsyncGenerator<EpochReport, History, undefined> {
    return trainEpochs(this.#network, dataset, options);
  }

  /**
   * Tries learning rates on `dataset` and suggests one; the model stays as it is.
   *
   * @throws OptionError when an option is out of range or there are too few batches.
   */
  async findLearningRate(
    dataset: Dataset<Targets>,
    options?: FindLearningRateOptions,
  ): Promise<LearningRateCurve> {
    return findLearningRate(this.#network, dataset, options);
  }

  /**
   * Says of every sample of `dataset` what the network makes of it, and compares with its labels or values. Of targets whose kind only
   * the table tells, `"accuracy" in evaluation` says that they were classes.
   *
   * @throws OptionError when the data set does not fit the network.
   * @throws DataError when a number of it is NaN or infinite.
   * @throws TrainingError when the loss is NaN or infinite, ModelError when a parameter is.
   * @throws the signal's reason when `options.signal` aborts.
   */
  evaluate(dataset: Dataset, options?: EvaluateOptions): Promise<Evaluation>;
  evaluate(
    dataset: Dataset<ValueTargets>,
    options?: EvaluateOptions,
  ): Promise<RegressionEvaluation>;
  evaluate(
    dataset: Dataset<Targets>,
    options?: EvaluateOptions,
  ): Promise<Evaluation | RegressionEvaluation>;
  async evaluate(
    dataset: Dataset | Dataset<ValueTargets>,
    options: EvaluateOptions = {},
  ): Promise<Evaluation | RegressionEvaluation> {
    checkOptions("evaluate", options, { signal: "signal" });
    const { signal } = options;
    checkDataset(dataset);
    if (isOfClasses(dataset)) return evaluate(this.#network, dataset, signal);
    return evaluateRegression(this.#network, dataset, signal);
  }

  /**
   * Outputs `[samples, outputs]`, class probabilities where the last layer is a softmax, of inputs `[samples, features]`, both row-major; a
   * single sample is simply `[features]`. Bytes stand for byte / 255. Works while `fit` runs.
   *
   * @param outputs room for `samples · outputs` numbers, which is filled and returned; asked about single samples
   * over and over, `predict` then allocates nothing
   * @throws OptionError when the inputs are not whole samples of finite numbers, or `outputs` has another length.
   * @throws ModelError when an output is NaN or infinite.
   * @throws EngineError "disposed" after `dispose()`.
   */
  predict(inputs: PredictionInputs, outputs?: Float32Array): Float32Array {
    this.#predictor ??= new Predictor(this.#network);
    return this.#predictor.predict(unclamped(inputs), outputs);
  }

  /**
   * The same of many samples, on all threads, to the same bits and all by the same weights: a `fit` under way
   * goes on when all is done. The calling thread is busy only for some milliseconds at a time, to copy, and
   * memory does not grow with the number of samples.
   *
   * @throws OptionError when the inputs are not whole samples of finite numbers, or `options.outputs` has another
   * length than samples · outputs.
   * @throws ModelError when an output is NaN or infinite.
   * @throws EngineError "disposed" after `dispose()`.
   * @throws the signal's reason when `options.signal` aborts; of the room for outputs some is then filled.
   */
  async predictAll(inputs: PredictionInputs, options?: PredictAllOptions): Promise<Float32Array> {
    return predictAll(this.#network, unclamped(inputs), options);
  }

  /**
   * The weights `[inputs, units]` and biases `[units]` of a layer, counted from 0, copied.
   *
   * @throws OptionError when there is no such layer.
   */
  layerParameters(index: number): {
    /** `[inputs, units]`, row-major */
    weights: Float32Array;
    /** `[units]` */
    biases: Float32Array;
  } {
    const layer = this.#network.layers[index];
    if (layer === undefined || typeof index !== "number") {
      throw new OptionError(
        `layer ${index} was asked for, expected 0 to ${this.#network.layers.length - 1}`,
      );
    }
    const { memory } = this.#network.engine;
    return {
      weights: memory.floats(layer.weights, layer.inputs * layer.units).slice(),
      biases: memory.floats(layer.biases, layer.units).slice(),
    };
  }

  /**
   * The model as the bytes of a safetensors file, which PyTorch reads too.
   *
   * @param options `training` is kept in the file, default what was loaded
   * @throws OptionError when `training` has more than strings, numbers and booleans.
   * @throws ModelError when a parameter is NaN or infinite.
   * @throws EngineError "disposed" after `dispose()`.
   */
  save(options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
    checkOptions("save", options, { training: "checked" });
    const { training = this.training } = options;
    const { training: _, ...snapshot } = this.snapshot();
    return encodeExactly({ ...snapshot, ...(training && { training }) });
  }

  /**
   * What the model is and its parameters as they are now, copied: what exports are made of.
   *
   * @throws ModelError when a parameter is NaN or infinite.
   * @throws EngineError "disposed" after `dispose()`.
   */
  snapshot(): ModelSnapshot {
    const { architecture, classNames, image, preprocessing, training } = this;
    checkParameters(this.#network);
    return {
      architecture,
      classNames,
      ...(image && { image }),
      ...(preprocessing && { preprocessing }),
      ...(training && { training }),
      layers: snapshotLayers(this.#network),
    };
  }

  /**
   * Gives the memory back. The description of the model (architecture, summary, classNames …) can
   * still be read; whatever needs the parameters throws an EngineError "disposed", also a `fit`
   * that is under way. The second call does nothing.
   */
  dispose(): void {
    this.#predictor?.free();
    this.#predictor = undefined;
    this.#network.dispose();
  }

  /** The same as `dispose`, for `using` and `await using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function isOfClasses(dataset: Dataset | Dataset<ValueTargets>): dataset is Dataset {
  return dataset.targets.kind === "classes";
}

function checkClassNames(classNames: readonly string[], architecture: Architecture): void {
  checkStrings("classNames", classNames);
  if (!fitsTargets(architecture, classNames.length)) {
    throw new OptionError(
      `classNames has ${classNames.length} entries, expected ${countClasses(architecture)} as the network tells apart`,
    );
  }
}

function checkImage(image: ImageShape | undefined, inputs: number): void {
  if (image && !isImageOf(image, inputs)) {
    throw new OptionError(
      `image is ${image.width} × ${image.height}, expected ${inputs} pixels as there are inputs`,
    );
  }
}
