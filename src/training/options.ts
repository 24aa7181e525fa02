/** What training and evaluation take and report. */

import type { Dataset, Targets } from "../data/dataset.js";
import type { Tracer } from "../engine/tracer.js";
import type { Augmentation } from "../model/learning.js";
import type { LayerState } from "../model/session.js";
import type { OptimizerName, OptimizerOptions } from "./optimizers.js";
import type { Schedule } from "./schedule.js";

/** How a model is trained; ranges are checked before the first step. */
export interface FitOptions {
  /** Passes over the training set; default 10. */
  readonly epochs?: number;
  /** Samples a step, or "full" for all of them at once; default 32. */
  readonly batchSize?: number | "full";
  /** Size of a step against the gradient of the mean loss; default 0.1. */
  readonly learningRate?: number;
  /** How the learning rate changes; default constant. */
  readonly schedule?: Schedule;
  /** Epochs, perhaps a part of one, over which the learning rate rises from near 0; default 0. */
  readonly warmup?: number;
  /** Default "sgd". */
  readonly optimizer?: OptimizerName | OptimizerOptions;
  /**
   * By which fraction of the learning rate weights shrink at each update, decoupled from the gradient
   * (Loshchilov and Hutter, ICLR 2019). Biases do not. Default 0, of AdamW 0.01.
   */
  readonly weightDecay?: number;
  /** The gradient of all parameters is scaled down to this norm; default 0, no limit. */
  readonly clipNorm?: number;
  /** The weights into each unit are scaled down to this norm; default 0, no limit. */
  readonly maxNorm?: number;
  /** Fraction of a label's target that is spread over all classes; default 0. Cross-entropy only. */
  readonly labelSmoothing?: number;
  /** Probabilities that an input, and a hidden unit, is left out; default 0. */
  readonly dropout?: {
    /** Probability that an input is left out, 0 to below 1; default 0. */
    readonly input?: number;
    /** Probability that a hidden unit is left out, 0 to below 1; default 0. */
    readonly hidden?: number;
  };
  /**
   * An average of the parameters follows them with this factor, as 0.999, and takes their place for
   * validation and in the end; default 0, none.
   */
  readonly averaging?: number;
  /** Distorts images each time they are used; what is absent is 0, `smoothness` 4. */
  readonly augmentation?: Partial<Augmentation>;
  /** Ends training when validation improves no more, and restores the best parameters. */
  readonly earlyStopping?: EarlyStoppingOptions;
  /** A fresh order of the samples for each epoch; default true. */
  readonly shuffle?: boolean;
  /** Chooses the orders of the samples, 0 … 2³²−1; default 0. */
  readonly seed?: number;
  /** Evaluated after each epoch; reported as `validationLoss` and `validationAccuracy`. */
  readonly validation?: Dataset<Targets>;
  /**
   * Called after each epoch with all that it takes to go on from there to the same bits; training waits
   * for the promise.
   */
  readonly onCheckpoint?: (checkpoint: Uint8Array<ArrayBuffer>) => void | Promise<void>;
  /** A checkpoint of a run with the same options on the same data, to go on from. */
  readonly resume?: Uint8Array;
  /** Stops training after the step under way; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each epoch; where it returns a promise, training waits for it. */
  readonly onEpoch?: (report: EpochReport) => unknown;
  /**
   * Called after each epoch with what its last batch left in every layer; the arrays are valid during the call
   * only, and are not to be changed.
   */
  readonly inspect?: (report: EpochReport, layers: readonly LayerState[]) => void;
  /**
   * Records where the time goes, on every thread: a `Trace` of `wasmlp/trace`. The result stays the same, to the
   * bit. Only where memory is shared between threads.
   */
  readonly trace?: Tracer | undefined;
  /** Called several times a second while an epoch runs. */
  readonly onProgress?: (progress: Progress) => void;
}

/** When training ends before its last epoch. */
export interface EarlyStoppingOptions {
  /** Epochs without improvement that are let pass. */
  readonly patience: number;
  /** What is to improve on the validation set; default "loss". */
  readonly monitor?: "loss" | "accuracy";
}

/** One epoch's result. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** Mean loss over the epoch's samples, each before the update that it took part in. */
  readonly loss: number;
  /**
   * Fraction of the epoch's samples classified correctly, likewise before their update; absent where
   * values are predicted.
   */
  readonly accuracy?: number;
  /** Mean loss on `validation`, after the epoch. */
  readonly validationLoss?: number;
  /** Accuracy on `validation`, after the epoch. */
  readonly validationAccuracy?: number;
  /** Of the epoch's last update. */
  readonly learningRate: number;
  /** Time of the training steps, without validation. */
  readonly seconds: number;
}

/** Where a running epoch stands. */
export interface Progress {
  /** From 1. */
  readonly epoch: number;
  /** Epochs of the run in all. */
  readonly epochs: number;
  /** Samples of this epoch done so far, and in all. */
  readonly samplesDone: number;
  /** Samples of an epoch in all. */
  readonly samples: number;
  /** Mean loss and accuracy over the samples done so far in this epoch; of values no accuracy. */
  readonly loss: number;
  /**
   * Fraction of the samples done so far that was classified correctly; absent where values are predicted.
   */
  readonly accuracy?: number;
  /** Since the epoch began, without validation. */
  readonly seconds: number;
}

/** What `fit` resolves to. */
export interface History {
  /** Those of the run that was resumed come first. */
  readonly epochs: readonly EpochReport[];
  /** The epoch whose parameters were restored, where early stopping did. */
  readonly restoredEpoch?: number;
  /** Time of all training steps, without validation. */
  readonly seconds: number;
}

/** A data set seen through a network. */
export interface Evaluation {
  /** How many there were. */
  readonly samples: number;
  /** Those that were classified correctly. */
  readonly correct: number;
  /** correct / samples */
  readonly accuracy: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** `[samples]`: the class that the network holds most likely. */
  readonly predicted: Int32Array;
  /** `[samples]`: the cross-entropy of each sample in nats. */
  readonly losses: Float32Array;
  /** `[classes, classes]`, row-major: row = true class, column = predicted class. */
  readonly confusion: Uint32Array;
  /** One entry a class. */
  readonly classes: readonly ClassReport[];
}

/** A data set of values seen through a network. */
export interface RegressionEvaluation {
  /** How many there were. */
  readonly samples: number;
  /** Mean loss. */
  readonly loss: number;
  /** `[samples]`: the loss of each sample. */
  readonly losses: Float32Array;
  /** `[samples, outputs]`, row-major: what the network says. */
  readonly predictions: Float32Array;
  /** One entry an output. */
  readonly values: readonly ValueReport[];
}

/** How well one value is predicted. */
export interface ValueReport {
  /** What the value is called. */
  readonly name: string;
  /** √(mean of (prediction − value)²), in the value's unit. */
  readonly rootMeanSquareError: number;
  /** Mean of |prediction − value|, in the value's unit. */
  readonly meanAbsoluteError: number;
  /** R² = 1 − Σ (prediction − value)² / Σ (value − mean)²; 1 is perfect, 0 as good as the mean; undefined where all values are the same. */
  readonly determination: number | undefined;
}

/** How one class fares; a ratio whose denominator is 0 is 0. */
export interface ClassReport {
  /** What the class is called. */
  readonly name: string;
  /** Of the samples predicted as this class, the fraction that is of it. */
  readonly precision: number;
  /** Of the samples of this class, the fraction predicted as it. */
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** Samples of this class. */
  readonly samples: number;
}
